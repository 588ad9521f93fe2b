import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { parseArguments, tasks } from '../../src/tasks/index.js';
import type { Parameter } from '../../src/tasks/parameters.js';
import type { Task } from '../../src/tasks/task.js';
import type { Mapping, Value } from '../../src/values/index.js';
import { ShellHost, shells } from '../support/shells.js';
import { reportOf, taskContext } from '../support/task-cases.js';

jest.setTimeout(300_000);

/**
 * No value is ever code: programs of every task are made with values that would leave a mark if a shell read them, and
 * run in check mode, in a shell that finds no program that could change anything. Driven by the parameters that tasks
 * declare: a new task is covered as soon as it is in the list.
 */

/** What a user hands over to be run; its parameters are code by intent. */
const isCode = new Set([
  'command.cmd',
  'command.argv',
  'shell.cmd',
  'raw.cmd',
  'script.cmd',
  'script.executable',
  'shell.executable',
  'raw.executable',
]);
/** Tasks that take nothing but names of a form of their own, and refuse the rest before anything is sent. */
const refusesAll = new Set(['firewall', 'taint']);
/** The engine carries these out itself: nothing is sent. */
const byEngine = (task: Task): boolean => /executed by the engine/.test(String(attemptCompile(task)));

function attemptCompile(task: Task): unknown {
  try {
    task.compile({}, taskContext());
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * Whoever runs a program here finds the machine read-only but for one folder, no network and no other processes, so that
 * tasks that are left out of dry runs can be tried as well. Where that cannot be had, those are passed over.
 */
const cage = (folder: string): string[] => [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['-r']),
  ...['-m', '-n', '-p', '-f', '--', 'sh', '-c'],
  'mount --make-rprivate / && mount --bind "$1" "$1" && mount -o remount,bind,ro / && mount -t proc proc /proc && shift && exec "$@"',
  'sh',
  folder,
];
const isCaged = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'kprov-'));
  try {
    const [program = '', ...args] = cage(folder);
    execFileSync(program, [...args, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
})();

/** How a value would break out of every kind of quoting, or be taken for an option. */
const attacks = (mark: string): string[] => [
  `$(: >${mark})`,
  `\`: >${mark}\``,
  `'; : >${mark}; '`,
  `"; : >${mark}; "`,
  `\n: >${mark}\n`,
  `'"'"'$(: >${mark})`,
  `\\'; : >${mark} #`,
  `; : >${mark} #`,
  `| : >${mark}`,
  `x\nEOF\n: >${mark}\n`,
  `\${x:-$(: >${mark})}`,
  `a[$(: >${mark})]`,
  `) : >${mark} (`,
  `}; : >${mark}; {`,
  `-x$(: >${mark})`,
  `--output=${mark}`,
  `@{\`: >${mark}\`}`,
  `*) : >${mark} ;; esac`,
];

/** Values of the kind that the parameter takes, with the text in them where it takes a text. */
function filled(parameter: Parameter<unknown>, text: string): Value | undefined {
  const forms: Value[] = [text, [text], { name: text, [text]: text }, `/tmp/${text}`, [`/tmp/${text}`]];
  return forms.find((form) => accepts(parameter, form));
}

function accepts(parameter: Parameter<unknown>, value: Value): boolean {
  try {
    parameter.parse(value);
    return true;
  } catch {
    return false;
  }
}

/** A value that the parameter takes, where it takes no text. */
function plain(parameter: Parameter<unknown>): Value | undefined {
  const { enum: choices } = parameter.schema as { enum?: readonly Value[] };
  return [...(choices ?? []), true, 1, 'x', ['x'], {}, '/tmp/x'].find((value) => accepts(parameter, value));
}

const textParameters = (task: Task): [string, Parameter<unknown>][] =>
  Object.entries(task.parameters).filter(([name, parameter]) => {
    const { enum: choices } = parameter.schema as { enum?: unknown };
    return choices === undefined && !isCode.has(`${task.name}.${name}`) && filled(parameter, 'x y') !== undefined;
  });

/** Arguments that satisfy the groups and needs of the task, with `text` as the value of one parameter, or of all. */
function argumentsWith(task: Task, text: string, names: readonly string[], pick: (count: number) => number): Mapping {
  const args: Mapping = {};
  const put = (name: string): void => {
    const parameter = task.parameters[name];
    if (parameter === undefined || args[name] !== undefined) return;
    const value = names.includes(name) ? filled(parameter, text) : plain(parameter);
    if (value !== undefined) args[name] = value;
  };
  for (const name of names) put(name);
  for (const [name, parameter] of Object.entries(task.parameters)) {
    if (/^(timeout|delay|sleep|wait|connect_timeout)$/.test(name)) args[name] = accepts(parameter, 0) ? 0 : 1;
    const choices = (parameter.schema as { enum?: readonly Value[] }).enum;
    if (parameter.required) put(name);
    const one = choices?.[pick(choices.length)];
    if (one !== undefined && pick(2) === 0 && args[name] === undefined) args[name] = one;
  }
  for (const group of [...(task.exactlyOne ?? []), ...(task.atLeastOne ?? [])]) {
    if (!group.some((name) => args[name] !== undefined)) put(group[pick(group.length)] ?? '');
  }
  for (const group of [...(task.exactlyOne ?? []), ...(task.atMostOne ?? [])]) {
    for (const name of group.filter((each) => args[each] !== undefined).slice(1)) delete args[name];
  }
  return args;
}

/** How the programs that were compiled went: the test must not pass because nothing ran. */
interface Tally {
  ran: number;
  refused: number;
}

async function runPrograms(task: Task, args: Mapping, host: ShellHost, folder: string): Promise<boolean> {
  const parsed = parseArguments(task, args);
  if (!parsed.ok) return false;
  const files = {
    ...taskContext().files,
    read: () => 'text\n',
    readBytes: () => Buffer.from('bytes\n'),
    kind: () => 'file' as const,
    permissions: () => 0o644,
    list: () => ['f'],
    look: () => ({ kind: 'file' as const, mode: 0o644, size: 6, mtime: 1, uid: 0, gid: 0 }),
  };
  const context = taskContext({
    checkMode: true,
    files,
    find: (_kind, name) => join(folder, 'none', name),
    test: () => true,
    evaluate: () => 'x',
  });
  let step: ReturnType<Task['compile']> | undefined;
  try {
    step = task.compile(parsed.args, context);
    for (let round = 0; round < 4 && step?.kind === 'program'; round++) {
      const frame = await host.run(step.script, { check: true, diff: true });
      const report = reportOf(frame);
      if (report.status === 'failed' || report.status === 'unknown') break;
      step = step.next?.(report);
    }
  } catch (error) {
    // Refused on the control side, by name: nothing was sent.
    if (error instanceof Error && /^(KprovError|TemplateError)$/.test(error.name)) return false;
    throw error;
  }
  return true;
}

const candidates = tasks.filter(
  (task) => !byEngine(task) && textParameters(task).length > 0 && (isCaged || task.inCheckMode === 'predicts'),
);

test('most tasks are looked at', () => {
  expect(candidates.length).toBeGreaterThan(60);
});

describe.each(shells.filter(([name]) => name !== 'bash'))('no value is code in %s:', (shell, argv) => {
  let folder: string;
  let host: ShellHost;
  let mark: string;

  /** These take seconds each, and are not what is on trial: they say nothing, and that all is well. */
  const idle = [
    'apt-get',
    'apt-cache',
    'apt-key',
    'add-apt-repository',
    'dnf',
    'yum',
    'rpm',
    'snap',
    'systemctl',
    'git',
    'svn',
    'pip3',
    'kubectl',
    'kubeadm',
    'crictl',
    'ctr',
    'curl',
    'wget',
    'ssh',
    'sleep',
    'modprobe',
    'gpg',
  ];

  const start = (): void => {
    mkdirSync(join(folder, 'bin'));
    for (const name of idle) writeFileSync(join(folder, 'bin', name), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    host = new ShellHost(isCaged ? [...cage(folder), ...argv] : argv, {
      ...process.env,
      HOME: folder,
      TMPDIR: join(folder, 'tmp'),
    });
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kprov-canary-'));
    mkdirSync(join(folder, 'tmp'));
    mark = join(folder, 'MARK');
    start();
  });
  afterAll(async () => {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(candidates.map((task) => [task.name, task] as const))('%s', async (_title, task) => {
    const tally: Tally = { ran: 0, refused: 0 };
    const parameters = textParameters(task).map(([name]) => name);
    const prove = async (text: string, names: readonly string[], pick: (count: number) => number): Promise<void> => {
      const args = argumentsWith(task, text, names, pick);
      if (await runPrograms(task, args, host, folder)) tally.ran++;
      else tally.refused++;
      expect([task.name, args, existsSync(mark)]).toEqual([task.name, args, false]);
      expect(readdirSync(process.cwd()).filter((name) => /MARK/.test(name))).toEqual([]);
    };
    let turn = 0;
    const next = (count: number): number => turn++ % Math.max(count, 1);
    // Each attack in all parameters at once, then each parameter alone, so that a refusal of one hides no other.
    const isThorough = shell === 'dash';
    if (isThorough) for (const text of attacks(mark)) await prove(text, parameters, next);
    for (const [index, name] of isThorough ? parameters.entries() : []) {
      const all = attacks(mark);
      await prove(all[index % all.length] ?? '', [name], next);
    }
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...attacks(mark)),
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.string({ maxLength: 6 }),
        fc.subarray(parameters, { minLength: 1 }),
        fc.nat(),
        (attack, before, after, names, seed) => {
          let at = seed;
          const pick = (count: number): number => {
            at = (at * 31 + 7) % 1009;
            return at % Math.max(count, 1);
          };
          return prove(`${before}${attack}${after}`.replaceAll('\0', ''), names, pick);
        },
      ),
      { numRuns: 4 },
    );
    // A task that refuses all of it has proven nothing.
    const isProven = tally.ran > 0 || refusesAll.has(task.name) || !isThorough;
    expect([task.name, isProven]).toEqual([task.name, true]);
  });
});
