// A flame graph as text, of profiles that `node --cpu-prof` wrote: who called whom, and the share of the time that was not idle.
//   node test/bench/flame.mjs [--least PERCENT] FILE.cpuprofile…
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { least: { type: 'string', default: '2' } },
  allowPositionals: true,
});
const least = Number(values.least);
const BAR = 30;
const HANDED_ON = 0.9;

const frame = (name) => ({ name, own: 0, all: 0, below: new Map() });
const within = (parent, name) => {
  const found = parent.below.get(name) ?? frame(name);
  parent.below.set(name, found);
  return found;
};

/** Adds a profile's time to the frames below `root`; functions without a name are their callers'. */
function add(root, { nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const frames = new Map();
  const visit = (node, parent) => {
    const { functionName } = node.callFrame;
    const own =
      functionName === '' || functionName === '(anonymous)'
        ? parent
        : within(parent, functionName.replace(/.*node_modules\//, ''));
    frames.set(node.id, own);
    for (const id of node.children ?? []) visit(byId.get(id), own);
  };
  for (const id of nodes[0].children ?? []) visit(byId.get(id), root);
  samples.forEach((id, index) => {
    const at = frames.get(id);
    if (at && at.name !== '(idle)') at.own += timeDeltas[index] / 1000;
  });
}

function total(at) {
  at.all = at.own + [...at.below.values()].reduce((sum, child) => sum + total(child), 0);
  return at.all;
}

/** Who hands nearly all of its time on stands on the line of the one it hands it to. */
function print(from, depth, whole) {
  const share = (100 * from.all) / whole;
  if (share < least) return;
  let at = from;
  let below = [];
  for (;;) {
    below = [...at.below.values()].sort((a, b) => b.all - a.all);
    if (!below[0] || below[0].all < HANDED_ON * from.all) break;
    [at] = below;
  }
  const bar = '#'.repeat(Math.round((BAR * share) / 100)).padEnd(BAR);
  const name = at === from ? at.name : `${from.name} … ${at.name}`;
  console.log(
    `${bar} ${share.toFixed(1).padStart(5)}% ${from.all.toFixed(0).padStart(6)} ms ${'  '.repeat(depth)}${name}`,
  );
  for (const child of below) print(child, depth + 1, whole);
}

const root = frame('all');
for (const file of positionals) add(root, JSON.parse(readFileSync(file, 'utf8')));
print(root, 0, total(root));
