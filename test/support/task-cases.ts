import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodeFiles } from '../../src/engine/index.js';
import type { Frame } from '../../src/shell/index.js';
import { parseArguments } from '../../src/tasks/index.js';
import type { Diff, Outcome, Program, Report, Status, Task, TaskContext } from '../../src/tasks/task.js';
import { type Files, isLarge, type Mapping } from '../../src/values/index.js';
import { ShellHost, shells } from './shells.js';

const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

const realFiles: Files = {
  read: (path) => attempt(() => readFileSync(path, 'utf8')),
  readBytes: (path) => attempt(() => readFileSync(path)),
  kind: (path) =>
    attempt(() => {
      const stats = statSync(path);
      return stats.isDirectory() ? ('directory' as const) : stats.isFile() ? ('file' as const) : undefined;
    }),
  isExecutable: (path) => attempt(() => (statSync(path).mode & 0o111) !== 0) ?? false,
  permissions: (path) => attempt(() => statSync(path).mode & 0o7777),
  ...(nodeFiles.look && { look: nodeFiles.look }),
  list: (path) => attempt(() => readdirSync(path).sort()),
};

/** What a task may ask for, on this machine's files and with no variables; `overrides` replace parts of it. */
export function taskContext(overrides: Partial<TaskContext> = {}): TaskContext {
  const missing = (what: string) => (): never => {
    throw new Error(`this test gives its task no ${what}`);
  };
  return {
    host: 'n1',
    becomeUser: undefined,
    local: (path) => path,
    checkMode: false,
    diffMode: true,
    files: realFiles,
    find: (_kind, name) => name,
    render: (source) => source,
    test: missing('conditions'),
    evaluate: missing('expressions'),
    variable: () => undefined,
    ...overrides,
  };
}

/** A host's frame as a task reads it. */
export function reportOf(frame: Frame & { stderr: Buffer }): Report {
  const bytes = (field: string) =>
    field === 'stderr' && frame.fields.has('stdout') ? frame.stderr : frame.fields.get(field);
  const status = frame.status === 'discarded' ? 'failed' : frame.status;
  return { status, bytes, text: (field) => bytes(field)?.toString('utf8') };
}

/** Everything that a run of one task came to. */
export interface TaskRun {
  status: Status;
  result: Mapping;
  diff: readonly Diff[];
  incomplete: boolean;
  saved: readonly { path: string; content: Uint8Array; mode?: number }[];
  secrets: readonly string[];
  /** How many programs the host ran: each is a round trip. */
  roundTrips: number;
}

export interface RunOptions {
  check?: boolean;
  diff?: boolean;
  context?: Partial<TaskContext>;
}

const fromOutcome = (outcome: Outcome, roundTrips: number): TaskRun => ({
  status: outcome.status,
  result: outcome.result,
  diff: outcome.diff ?? [],
  incomplete: outcome.incomplete ?? false,
  saved: [],
  secrets: [],
  roundTrips,
});

const copied = ['msg', 'reason', 'rc', 'cmd', 'output'] as const;

/** The fields that are taken over from the host where a task does not read them itself. */
function plainFields(report: Report): Mapping {
  const fields = copied.map((name) => [name, report.text(name)] as const).filter(([, text]) => text !== undefined);
  return Object.fromEntries(fields.map(([name, text]) => [name, name === 'rc' ? Number(text) : (text ?? '')]));
}

/** A shell with the runner in it that runs whole tasks: arguments parsed, programs compiled, uploads made, reports read. */
export class TaskHost {
  readonly #host: ShellHost;

  constructor(argv: readonly string[], env?: NodeJS.ProcessEnv) {
    this.#host = new ShellHost(argv, env);
  }

  /** Throws where the arguments are refused. */
  async run(task: Task, written: Mapping, options: RunOptions = {}): Promise<TaskRun> {
    const parsed = parseArguments(task, written);
    if (!parsed.ok) throw new Error(parsed.diagnostics.map((d) => d.message).join('\n'));
    const check = options.check ?? false;
    const diff = options.diff ?? true;
    const context = taskContext({ checkMode: check, diffMode: diff, ...options.context });
    if (check && task.inCheckMode === 'skips') {
      return fromOutcome({ status: 'skipped', result: {}, incomplete: true }, 0);
    }
    let step: Program | Outcome = task.compile(parsed.args, context);
    let changed = false;
    for (let roundTrips = 1; ; roundTrips++) {
      if (step.kind !== 'program') return fromOutcome(step, roundTrips - 1);
      for (const { path, content } of step.uploads ?? []) {
        if (isLarge(content)) copyFileSync(content.path, path);
        else writeFileSync(path, content, { mode: 0o600 });
      }
      const frame = await this.#host.run(step.script, { check, diff });
      const report = reportOf(frame);
      changed ||= report.status === 'changed';
      const isSettled = report.status === 'failed' || report.status === 'unknown';
      const following: Program | Outcome | undefined = isSettled ? undefined : step.next?.(report);
      if (following !== undefined) {
        step = following;
        continue;
      }
      const read = task.interpret?.(report, parsed.args, context);
      const fallback = task.interpret === undefined || isSettled ? plainFields(report) : {};
      return {
        status: read?.status ?? (report.status === 'ok' && changed ? 'changed' : report.status),
        result: { ...fallback, ...read?.result },
        diff: read?.diff ?? [],
        incomplete: read?.incomplete ?? false,
        saved: read?.save ?? [],
        secrets: read?.secrets ?? [],
        roundTrips,
      };
    }
  }

  close(): Promise<void> {
    return this.#host.close();
  }
}

/** `directory`, a link (`-> target`), or a file's content; with `{mode}` where it matters. */
export type FileState = string | Uint8Array | { directory: true; mode?: number } | { link: string } | FileWithMode;
interface FileWithMode {
  content: string | Uint8Array;
  mode: number;
}

/** Makes files and directories under a folder; parents are made too. */
export function putFiles(folder: string, files: Readonly<Record<string, FileState>>): void {
  for (const [name, state] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (typeof state === 'string' || state instanceof Uint8Array) {
      writeFileSync(path, state);
      chmodSync(path, 0o644);
    } else if ('link' in state) symlinkSync(state.link, path);
    else if ('directory' in state) {
      mkdirSync(path, { recursive: true });
      chmodSync(path, state.mode ?? 0o755);
    } else {
      writeFileSync(path, state.content);
      chmodSync(path, state.mode);
    }
  }
}

/** Every path under a folder with what it is and holds: equal before and after what must not change anything. */
export function snapshot(folder: string): Record<string, string> {
  const seen: Record<string, string> = {};
  const visit = (path: string, name: string) => {
    const stats = lstatSync(path);
    const mode = (stats.mode & 0o7777).toString(8);
    if (stats.isSymbolicLink()) seen[name] = `link ${readlinkSync(path)}`;
    else if (stats.isDirectory()) {
      seen[name] = `directory ${mode} ${stats.uid}:${stats.gid}`;
      for (const child of readdirSync(path).sort()) visit(join(path, child), join(name, child));
    } else {
      const content = stats.isFile() ? readFileSync(path).toString('latin1') : '';
      seen[name] = `file ${mode} ${stats.uid}:${stats.gid} ${stats.ino} ${stats.mtimeMs} ${content}`;
    }
  };
  visit(folder, '.');
  return seen;
}

/** One row of a table about a task. `{dir}` in any text stands for a fresh folder of the test. */
export interface TaskCase {
  /** The sentence that it proves. */
  name: string;
  args: Mapping;
  /** What is in the folder beforehand. */
  files?: Readonly<Record<string, FileState>>;
  /** Default: changed. */
  status?: Status;
  /** What the result has at least. */
  result?: Readonly<Record<string, unknown>>;
  /** Text of the files afterwards; undefined: there is none. `-> target` for a link, `directory` for one.. */
  after?: Readonly<Record<string, string | undefined>>;
  /** Permissions afterwards, octal digits. */
  modes?: Readonly<Record<string, string>>;
  /** `after` of the first diff; `before` is asserted where given as a pair. */
  diff?: { before: string; after: string };
  /** What a second run says; default ok, or the same as the first one where that failed or skipped. */
  again?: Status;
  /** What check mode says; default: what the real run says. */
  check?: Status;
  /** Default 1. */
  roundTrips?: number;
  context?: Partial<TaskContext>;
}

function fill<T>(value: T, folder: string): T;
function fill(value: unknown, folder: string): unknown {
  if (typeof value === 'string') return value.replaceAll('{dir}', folder);
  if (Array.isArray(value)) return value.map((item) => fill(item, folder));
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, folder)])) : value;
}

function expectFiles(folder: string, testCase: TaskCase): void {
  for (const [name, content] of Object.entries(testCase.after ?? {})) {
    const path = join(folder, name);
    const stats = attempt(() => lstatSync(path));
    const found = stats?.isSymbolicLink()
      ? `-> ${readlinkSync(path)}`
      : stats?.isDirectory()
        ? 'directory'
        : attempt(() => readFileSync(path, 'utf8'));
    expect([name, found]).toEqual([name, content?.replaceAll('{dir}', folder)]);
  }
  for (const [name, mode] of Object.entries(testCase.modes ?? {})) {
    expect([name, (statSync(join(folder, name)).mode & 0o7777).toString(8).padStart(4, '0')]).toEqual([name, mode]);
  }
}

/** No temporary file of ours is left anywhere below. */
export function expectNoLeftovers(folder: string): void {
  expect(Object.keys(snapshot(folder)).filter((name) => name.includes('.kprov'))).toEqual([]);
}

/**
 * Proves a table of cases in every shell: check mode changes nothing and foretells the status, the real run does what
 * the row says and leaves nothing else behind, and a second run finds nothing to do.
 */
export function proveTaskCases(task: Task, cases: readonly TaskCase[]): void {
  describe.each(shells)(`${task.name} in %s`, (_name, argv) => {
    test.each(cases.map((testCase) => [testCase.name, testCase] as const))('%s', async (_title, testCase) => {
      const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kprov-')));
      const host = new TaskHost(argv);
      const status = testCase.status ?? 'changed';
      const options = testCase.context === undefined ? {} : { context: testCase.context };
      try {
        putFiles(folder, testCase.files ?? {});
        const args = fill(testCase.args, folder);
        const before = snapshot(folder);
        const foretold = await host.run(task, args, { check: true, ...options });
        expect(snapshot(folder)).toEqual(before);
        expect([foretold.status, foretold.result]).toEqual([testCase.check ?? status, expect.anything()]);
        const run = await host.run(task, args, options);
        expect([run.status, run.result]).toEqual([
          status,
          expect.objectContaining(fill(testCase.result ?? {}, folder)),
        ]);
        expect(run.roundTrips).toBe(testCase.roundTrips ?? 1);
        if (testCase.diff) {
          for (const seen of [foretold, run]) expect(seen.diff[0]).toMatchObject(fillDiff(testCase.diff, folder));
        }
        expectFiles(folder, testCase);
        expectNoLeftovers(folder);
        const settled = status === 'failed' || status === 'skipped' ? status : 'ok';
        const after = snapshot(folder);
        const second = await host.run(task, args, options);
        expect([second.status, second.result]).toEqual([testCase.again ?? settled, expect.anything()]);
        if (second.status === 'ok') expect(snapshot(folder)).toEqual(after);
      } finally {
        await host.close();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
}

const fillDiff = (diff: { before: string; after: string }, folder: string) => ({
  before: diff.before.replaceAll('{dir}', folder),
  after: diff.after.replaceAll('{dir}', folder),
});
