import fc from 'fast-check';
import { Script } from '../../src/shell/index.js';
import type { Task } from '../../src/tasks/task.js';
import { fieldsOf, ShellHost, shells } from '../support/shells.js';
import { argumentsWith, candidates, examplesWith, programsOf, textParameters } from './every-task.js';
import { figure, soon } from './support.js';

/** What a value may look like where a task writes it into something that has quotes of its own, or takes words from it. */
const disguises = (text: string): string[] => [
  text,
  text.trim(),
  JSON.stringify(text).slice(1, -1),
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"'),
  text.replaceAll("'", `'\\''`),
  text.replaceAll('\\\\', '\\'),
  // As a shell reads words.
  text.replace(/[\\"']/g, ''),
];
/** Lists, name=version, folder/name, host:port, user@host and the like are taken apart by tasks. */
const pieces = (text: string): string[] => text.split(/[\s,=/:@#?]+/).filter((piece) => piece.includes('Core'));

/** The words of a program that stand in single quotes, as they are written. */
function quotedWords(script: string): string[] {
  const words: string[] = [];
  // What is open: double quotes, or a command in parentheses within them.
  const open: ('"' | '(')[] = [];
  for (let at = 0; at < script.length; at++) {
    const sign = script[at];
    const isInside = open.at(-1) === '"';
    if (sign === '\\') at++;
    else if (sign === '"') isInside ? open.pop() : open.push('"');
    else if (sign === '$' && script[at + 1] === '(' && isInside) at = open.push('(') && at + 1;
    else if (sign === ')' && open.at(-1) === '(') open.pop();
    else if (isInside) continue;
    else if (sign === '#' && /^[\s;]?$/.test(script[at - 1] ?? '')) at = script.indexOf('\n', at);
    else if (sign === "'") {
      const word = /'[^']*'(?:\\''[^']*')*/y;
      word.lastIndex = at;
      const [text = ''] = word.exec(script) ?? [];
      words.push(text);
      at += Math.max(text.length - 1, 0);
    }
    if (at < 0) break;
  }
  return words;
}

/** The quoted words of a program that hold `core`, and what of the text stands outside of quotes around it. */
function wordsAround(script: string, core: string, text: string): { words: string[]; bare: string[] } {
  const words = [...new Set(quotedWords(script).filter((word) => word.includes(core)))];
  const rest = words.reduce((left, word) => left.replaceAll(word, ' '), script);
  const bare: string[] = [];
  const inText = text.indexOf(core);
  for (let at = rest.indexOf(core); at >= 0; at = rest.indexOf(core, at + 1)) {
    let before = 0;
    while (inText - before > 0 && text[inText - before - 1] === rest[at - before - 1]) before++;
    let length = core.length;
    while (inText + length < text.length && text[inText + length] === rest[at + length]) length++;
    bare.push(rest.slice(at - before, at + length).trim());
  }
  return { words, bare };
}

/** Texts of all kinds of signs around a mark that tells them apart from all others. */
const texts = (core: string): string[] => [
  `x 'a" $(id)${core}\\\\ é \``,
  ...fc
    .sample(fc.tuple(fc.string({ unit: 'binary', maxLength: 8 }), fc.string({ maxLength: 8 })), 2)
    .map(([before, after]) => Buffer.from(`${before}x${core}x${after}`.replaceAll('\0', '')).toString()),
  // Some take nothing but names.
  `x${core}`,
];

/** Patterns are translated from Python's to those of the host; names come through that as they are. */
const isPattern = /^(regexp|insertafter|insertbefore|contains|search_regex|patterns|excludes)$/;

describe('values arrive unharmed', () => {
  const hosts = shells.map(([, argv]) => new ShellHost(argv));
  afterAll(() => Promise.all(hosts.map((host) => host.close())));
  let sequence = 0;
  let arrived = 0;
  const missing: string[] = [];

  /** The programs of the task in which the mark stands. */
  function programs(task: Task, name: string, text: string, core: string): string[] {
    const made = [0, 7, 19].map((seed) => argumentsWith(task, text, [name], (count) => seed % Math.max(count, 1)));
    const all = [...examplesWith(task, name, text), ...made].flatMap((args) => programsOf(task, args));
    return [...new Set(all)].filter((script) => script.includes(core));
  }

  /** Throws where the text is not what the shells read. */
  async function find(name: string, text: string, core: string, script: string): Promise<void> {
    const { words, bare } = wordsAround(script, core, text);
    // Outside of quotes there are words without special signs alone.
    expect({ name, bare: bare.filter((word) => !/^[\w/.,:=@%+-]+$/.test(word)) }).toEqual({ name, bare: [] });
    const step = Script.trusted(words.map((word, i) => `kp_set w${i} ${word}`).join('\n'));
    for (const host of hosts) {
      const all = [...Object.values(fieldsOf(await soon(host.run(step)))), ...bare].join('\n');
      const holds = (part: string) => disguises(part).some((form) => all.includes(form));
      if (!holds(text) && !pieces(text).every(holds))
        throw new Error(`${name}: ${JSON.stringify(text)} came as ${JSON.stringify(all)}`);
    }
  }

  test.each(candidates.map((task) => [task.name, task] as const))('%s', async (_, task) => {
    for (const [name] of textParameters(task)) {
      let isSeen = false;
      for (const kind of [0, 1, 2, 3]) {
        if (kind < 3 && isPattern.test(name)) continue;
        const core = `Core${++sequence}x`;
        const text = texts(core)[kind] ?? core;
        for (const script of programs(task, name, text, core)) {
          isSeen = true;
          await find(name, text, core, script);
        }
      }
      if (isSeen) arrived++;
      else missing.push(`${task.name}.${name}`);
    }
  });

  test('most parameters reach a program', () => {
    process.stdout.write(`not seen: ${missing.join(' ')}\n`);
    figure(
      `parameters that take a text: ${arrived + missing.length}, seen in programs and found unharmed in ${shells.length} shells: ${arrived}`,
    );
    expect(arrived).toBeGreaterThan(200);
  });
});
