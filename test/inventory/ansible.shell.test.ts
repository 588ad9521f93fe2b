import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { renderGraph, renderHost, renderList } from '../../src/cli/commands/inventory.js';
import { corpus } from './corpus.js';
import { load } from './memory.js';
import { patternCases, patternInventory } from './pattern-cases.js';

const isInstalled = spawnSync('ansible-inventory', ['--version']).status === 0;
const testWithAnsible = isInstalled ? test : test.skip;

function ansible(folder: string, args: string[]): string {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    LC_ALL: 'C.UTF-8',
    ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: '1',
  };
  return execFileSync('ansible-inventory', args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kprov-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const golden = new URL('golden.json', import.meta.url).pathname;
const isRecording = process.env.KPROV_RECORD_ANSIBLE === '1';
const recorded: Record<string, string[]> = isRecording ? {} : JSON.parse(readFileSync(golden, 'utf8'));

describe.each(corpus)('$name', ({ name, files, sources, playbookDir, hosts = [] }) => {
  testWithAnsible(
    'is listed as by ansible-inventory',
    async () => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
        chmodSync(join(folder, path), text.startsWith('#!') ? 0o755 : 0o644);
      }
      const common = [
        ...sources.flatMap((source) => ['-i', source]),
        ...(playbookDir === undefined ? [] : ['--playbook-dir', playbookDir]),
      ];
      const calls = [['--list'], ['--graph'], ...hosts.map((host) => ['--host', host])];
      const theirs = calls.map((call) => ansible(folder, [...common, ...call]).trimEnd());
      recorded[name] = theirs;
      const { inventory } = await load(files, sources, async (path, args) => {
        const { stdout, stderr, status } = spawnSync(join(folder, relative('/w', path)), args, { encoding: 'utf8' });
        return { stdout, stderr, code: status };
      });
      const options = playbookDir === undefined ? {} : { playbookDir };
      const ours = [
        renderList(inventory, options),
        renderGraph(inventory),
        ...hosts.map((host) => renderHost(inventory, host, options)),
      ];
      expect(ours).toEqual(theirs);
    },
    60_000,
  );
});

testWithAnsible(
  'the table of patterns selects in Ansible what it says',
  () => {
    writeFileSync(join(folder, 'hosts'), patternInventory);
    const plays = patternCases.map(([pattern]) => ({ hosts: pattern, gather_facts: false }));
    writeFileSync(join(folder, 'plays.yml'), JSON.stringify(plays));
    const printed = execFileSync('ansible-playbook', ['-i', 'hosts', 'plays.yml', '--list-hosts'], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // It prints a play's hosts in no particular order.
    const theirs = printed
      .split(/^ {2}play #/m)
      .slice(1)
      .map((play) => [...play.matchAll(/^ {6}(\S+)$/gm)].map((match) => match[1]).sort());
    expect(theirs).toEqual(patternCases.map(([, hosts]) => [...hosts].sort()));
  },
  60_000,
);

afterAll(() => {
  if (isRecording) writeFileSync(golden, `${JSON.stringify(recorded, null, 2)}\n`);
});
