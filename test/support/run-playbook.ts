import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { type RunFlags, runOptions } from '../../src/cli/options.js';
import { withRunSettings } from '../../src/cli/settings/apply.js';
import { engineSettings } from '../../src/cli/settings/engine-settings.js';
import { readSettings } from '../../src/cli/settings/settings.js';
import { connectionDefaults, makeTransport, readPlaybooks, setUp } from '../../src/cli/setup.js';
import {
  type HostStats,
  nodeFiles,
  type OncePrompts,
  type ResultStatus,
  type RunEvent,
  runPlaybook,
} from '../../src/engine/index.js';
import { InputError, KprovError } from '../../src/errors/index.js';
import type { Transport } from '../../src/transport/index.js';
import type { Mapping } from '../../src/values/index.js';

/** One task on one host, as it was reported. */
export interface TaskRecord {
  task: string;
  action: string;
  status: ResultStatus;
  ignored: boolean;
  result: Mapping;
}

export interface PlaybookRun {
  /** Per host, in the order in which the results stood. */
  hosts: Record<string, TaskRecord[]>;
  recap: Record<string, HostStats>;
  events: RunEvent[];
  /** Files under `out/` after the run. */
  files: Record<string, string>;
  /** Kind, mode, owner and group of what is under `out/`. */
  attributes: Record<string, string>;
  /** What was asked at the terminal. */
  questions: string[];
  /** The codes of errors found before anything ran. */
  refused: string[];
  directory: string;
}

/** Several names that are all this machine; any real user of the tests may be logged in. */
export const localHosts = (names: readonly string[]): string =>
  `${names.join('\n')}\n[all:vars]\nansible_connection=local\nansible_python_interpreter=/usr/bin/python3\n`;

export interface RunSpec {
  /** Path under the work folder → content. `hosts.ini` and `playbook.yml` are what is run. */
  files: Readonly<Record<string, string>>;
  /** Options of `kprov up`. */
  args?: readonly string[];
  /** What is typed at the terminal, in turn or to each question; undefined: there is none. */
  answers?: readonly string[] | ((question: string) => string | undefined);
  /** `--step`. */
  step?: boolean;
  /** ANSIBLE_* variables that count. Default: no configuration counts, neither a file's nor the environment's. */
  settings?: Readonly<Record<string, string>> | undefined;
  /** Stands between the engine and the real transport: to count, to break. */
  wrap?(transport: Transport): Transport;
  signal?: AbortSignal;
}

/** A temporary folder with these files and an empty `out/`. */
export function workFolder(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'kprov-engine-'));
  mkdirSync(join(directory, 'out'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

export function filesUnder(directory: string, prefix = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(directory, prefix)).sort()) {
    const path = join(prefix, name);
    if (statSync(join(directory, path)).isDirectory()) Object.assign(found, filesUnder(directory, path));
    else found[path] = readFileSync(join(directory, path), 'utf8');
  }
  return found;
}

/** Path → kind, mode, owner and group, as `ls -l` tells them. */
export function attributesUnder(directory: string, prefix = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(directory, prefix)).sort()) {
    const path = join(prefix, name);
    const { mode, uid, gid } = lstatSync(join(directory, path));
    const kind = (mode & 0o170000) === 0o120000 ? 'link' : (mode & 0o170000) === 0o040000 ? 'directory' : 'file';
    found[path] = `${kind} ${(mode & 0o7777).toString(8).padStart(4, '0')} ${uid}:${gid}`;
    if (kind === 'directory') Object.assign(found, attributesUnder(directory, path));
  }
  return found;
}

const flagsOf = (args: readonly string[], directory: string): RunFlags => {
  const command = runOptions(new Command());
  command.parse(['-i', join(directory, 'hosts.ini'), ...args.map((arg) => arg.replaceAll('WORK', directory))], {
    from: 'user',
  });
  return command.opts<RunFlags>();
};

/** Runs `playbook.yml` on real local shells through the very modules of `kprov up`; only the listener is ours. */
export async function runPlaybookFiles(spec: RunSpec): Promise<PlaybookRun> {
  const directory = workFolder(spec.files);
  try {
    return await runIn(directory, spec);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function settledFlags(directory: string, { args = [], settings: env }: RunSpec): RunFlags {
  const flags = flagsOf(args, directory);
  if (env === undefined) return flags;
  return withRunSettings(flags, readSettings({ env, cwd: directory, homeDirectory: directory, files: nodeFiles }));
}

async function runIn(directory: string, spec: RunSpec): Promise<PlaybookRun> {
  const { wrap = (t) => t, signal } = spec;
  const run: PlaybookRun = {
    hosts: {},
    recap: {},
    events: [],
    files: {},
    attributes: {},
    refused: [],
    questions: [],
    directory,
  };
  const flags = settledFlags(directory, spec);
  const stop = signal ?? new AbortController().signal;
  try {
    const setup = await setUp(flags, () => undefined);
    const { playbook, diagnostics, loader } = readPlaybooks([join(directory, 'playbook.yml')], setup);
    const errors = [...setup.diagnostics, ...diagnostics].filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw new InputError(errors);
    const connection = await connectionDefaults(flags, setup, stop);
    const transport = wrap(makeTransport(flags, setup, stop, { warn: () => undefined }));
    try {
      const { stats } = await runPlaybook({
        playbook,
        loader,
        inventory: setup.inventory,
        reloadInventory: setup.reloadInventory,
        limit: flags.limit,
        extraVars: setup.extraVars,
        options: {
          ...(spec.settings !== undefined && engineSettings(setup.settings)),
          checkMode: flags.check,
          diffMode: flags.diff,
          tags: { only: flags.tags, skip: flags.skipTags },
          ...(flags.startAtTask !== undefined && { startAtTask: flags.startAtTask }),
          ...(spec.step === true && { step: true }),
          ...(flags.forks !== undefined && { forks: flags.forks }),
          connection,
          forceHandlers: flags.forceHandlers,
          verbosity: flags.verbose,
          ...(flags.handOn === true && { handsOn: true }),
          workingDirectory: directory,
          homeDirectory: directory,
        },
        templar: setup.templar,
        transport,
        files: setup.files,
        redactor: setup.redactor,
        prompts: spec.answers === undefined ? setup.prompts : answering(run, spec.answers),
        emit: (event) => listen(run, event),
        signal: stop,
      });
      run.recap = Object.fromEntries(stats);
    } finally {
      await transport.close();
    }
  } catch (error) {
    if (error instanceof InputError) {
      run.refused = error.diagnostics.map(({ code, message }) => `${code}: ${message}`);
    } else if (error instanceof KprovError) run.refused = [`${error.code}: ${error.message}`];
    else throw error;
  }
  run.files = filesUnder(join(directory, 'out'));
  run.attributes = attributesUnder(join(directory, 'out'));
  return run;
}

function answering(run: PlaybookRun, answers: NonNullable<RunSpec['answers']>): OncePrompts {
  const left = typeof answers === 'function' ? [] : [...answers];
  return {
    ask: async (question) => {
      run.questions.push(`${question}after ${Object.values(run.hosts).flat().length}`);
      return typeof answers === 'function' ? answers(question) : left.shift();
    },
  };
}

function listen(run: PlaybookRun, event: RunEvent): void {
  run.events.push(event);
  if (event.type !== 'task-finished') return;
  const { host, task, result, ignored } = event;
  run.hosts[host] ??= [];
  run.hosts[host].push({
    task: task.name,
    action: task.action,
    status: result.status,
    ignored,
    result: JSON.parse(JSON.stringify(result.value)),
  });
}
