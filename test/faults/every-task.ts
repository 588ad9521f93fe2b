import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseArguments, tasks } from '../../src/tasks/index.js';
import type { Parameter } from '../../src/tasks/parameters.js';
import type { Program, Report, Task } from '../../src/tasks/task.js';
import type { Mapping, Value } from '../../src/values/index.js';
import { ShellHost } from '../support/shells.js';
import { reportOf, taskContext } from '../support/task-cases.js';
import { soon } from './support.js';

/** What gives texts to every parameter of every task, as the tasks declare them, and runs the programs in a cage. */

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
export const refusesAll = new Set(['firewall', 'set_stats', 'taint']);
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

/** The parameters that take any text. */
export const textParameters = (task: Task): [string, Parameter<unknown>][] =>
  Object.entries(task.parameters).filter(([name, parameter]) => {
    const { enum: choices } = parameter.schema as { enum?: unknown };
    return choices === undefined && !isCode.has(`${task.name}.${name}`) && filled(parameter, 'x y') !== undefined;
  });

/** How long a task waits; here for nothing, or next to it. Undefined where a parameter is about something else. */
const patience = (name: string, parameter: Parameter<unknown>): Value | undefined =>
  /(^|_)(timeout|delay|sleep|wait|retries)$/.test(name)
    ? [0.01, 0, 1, '0s', '1s', false].find((time) => accepts(parameter, time))
    : undefined;

/** Arguments that satisfy the groups and needs of the task, with `text` as the value of one parameter, or of all. */
export function argumentsWith(
  task: Task,
  text: string,
  names: readonly string[],
  pick: (count: number) => number,
): Mapping {
  const args: Mapping = {};
  const put = (name: string): void => {
    const parameter = task.parameters[name];
    if (parameter === undefined || args[name] !== undefined) return;
    const value = names.includes(name) ? filled(parameter, text) : plain(parameter);
    if (value !== undefined) args[name] = value;
  };
  for (const name of names) put(name);
  for (const [name, parameter] of Object.entries(task.parameters)) {
    const short = patience(name, parameter);
    if (short !== undefined) args[name] = short;
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

/** The arguments of the task's own examples, with `text` as the value of one parameter. */
export function examplesWith(task: Task, name: string, text: string): Mapping[] {
  const parameter = task.parameters[name];
  const value = parameter && filled(parameter, text);
  const written: unknown = parse(task.example);
  if (value === undefined || !Array.isArray(written)) return [];
  const rivals = [...(task.exactlyOne ?? []), ...(task.atMostOne ?? [])].filter((group) => group.includes(name)).flat();
  return written.flatMap((step: Readonly<Record<string, unknown>>) => {
    const args = step[task.name];
    if (typeof args !== 'object' || args === null) return [];
    const kept = Object.entries(args).filter(([key]) => !rivals.includes(key));
    const short = Object.entries(task.parameters).flatMap(([key, each]) => {
      const time = patience(key, each);
      return time === undefined ? [] : [[key, time]];
    });
    return [{ ...Object.fromEntries([...kept, ...short]), [name]: value } as Mapping];
  });
}

const isRefusal = (error: unknown): boolean =>
  error instanceof Error && /^(KprovError|TemplateError)$/.test(error.name);

/** What the task makes of those arguments first; undefined where it refuses them. */
function compiled(task: Task, args: Mapping, checkMode: boolean): ReturnType<Task['compile']> | undefined {
  const parsed = parseArguments(task, args);
  if (!parsed.ok) return undefined;
  const files = {
    ...taskContext().files,
    read: () => 'text\n',
    readBytes: () => Buffer.from('bytes\n'),
    kind: () => 'file' as const,
    permissions: () => 0o644,
    list: () => ['f'],
    look: () => ({ kind: 'file' as const, mode: 0o644, size: 6, mtime: 1, uid: 0, gid: 0 }),
  };
  const find = (_kind: string, name: string) => join('/nonexistent', name);
  try {
    return task.compile(parsed.args, taskContext({ checkMode, files, find, test: () => true, evaluate: () => 'x' }));
  } catch (error) {
    // Refused on the control side, by name: nothing was sent.
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

/** Runs the programs that the task makes of those arguments, in check mode. False where it refuses them. */
export async function runPrograms(task: Task, args: Mapping, { host }: Cage): Promise<boolean> {
  let step = compiled(task, args, true);
  if (step === undefined) return false;
  for (let round = 0; round < 4 && step?.kind === 'program'; round++) {
    const report = reportOf(await soon(host.run(step.script, { check: true, diff: true })));
    if (report.status === 'failed' || report.status === 'unknown') break;
    try {
      step = step.next?.(report);
    } catch (error) {
      // Refused, by name, after a look at the host.
      if (isRefusal(error)) break;
      throw error;
    }
  }
  return true;
}

/** The programs that the task makes of those arguments, those included that follow when a host answers `1` to all. */
export function programsOf(task: Task, args: Mapping): string[] {
  const report: Report = { status: 'changed', text: () => '1', bytes: () => Buffer.from('1') };
  return [true, false].flatMap((checkMode) => {
    const texts: string[] = [];
    let step: ReturnType<NonNullable<Program['next']>> = compiled(task, args, checkMode);
    while (step?.kind === 'program' && texts.length < 4) {
      texts.push(step.script.toString());
      try {
        step = step.next?.(report);
      } catch {
        // No answer of its own.
        break;
      }
    }
    return texts;
  });
}

/** The tasks whose programs are tried. */
export const candidates = tasks.filter(
  (task) => !byEngine(task) && textParameters(task).length > 0 && (isCaged || task.inCheckMode === 'predicts'),
);

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

export interface Cage {
  /** The only one that can be written to. */
  folder: string;
  host: ShellHost;
  close(): Promise<void>;
}

/** A shell with the runner in it, caged where that can be had. `hear` is given what comes on its standard error. */
export function openCage(argv: readonly string[], hear?: (chunk: Buffer) => void): Cage {
  const folder = mkdtempSync(join(tmpdir(), 'kprov-canary-'));
  for (const name of ['tmp', 'bin']) mkdirSync(join(folder, name));
  for (const name of idle) writeFileSync(join(folder, 'bin', name), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const PATH = `${join(folder, 'bin')}:${process.env.PATH}`;
  const env = { ...process.env, HOME: folder, TMPDIR: join(folder, 'tmp'), PATH };
  const host = new ShellHost(isCaged ? [...cage(folder), ...argv] : argv, env, hear);
  const close = async () => {
    // One that does not answer may not end either.
    await soon(host.close()).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, host, close };
}
