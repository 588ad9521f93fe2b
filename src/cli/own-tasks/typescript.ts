import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import type { Diagnostic, Position } from '../../errors/index.js';
import { publicTaskApi, type Task } from '../../tasks/index.js';
import { guarded } from './guarded.js';

interface BuildMessage {
  text: string;
  location: { file: string; line: number; column: number; length: number } | null;
}
interface Esbuild {
  buildSync(options: object): { outputFiles: { text: string }[] };
}

export const startOf = (file: string): Position => ({ file, line: 1, column: 1 });

export const problem = (
  position: Position,
  code: string,
  message: string,
  more: { why?: string; fix?: string } = {},
): Diagnostic => ({
  severity: 'error',
  code,
  message,
  position,
  ...more,
});

/** One file of JavaScript that asks for nothing but `kprov/task` and what Node itself has. */
function bundle(file: string): { code: string } | { problems: Diagnostic[] } {
  // Not imported: whoever has no tasks of his own does not wait for it.
  const { buildSync } = createRequire(import.meta.url)('esbuild') as Esbuild;
  try {
    const { outputFiles } = buildSync({
      entryPoints: [file],
      bundle: true,
      write: false,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      external: ['kprov/task'],
      sourcemap: 'inline',
      logLevel: 'silent',
      absWorkingDir: dirname(file),
    });
    return { code: outputFiles[0]?.text ?? '' };
  } catch (error) {
    const errors = (error as { errors?: BuildMessage[] }).errors ?? [{ text: String(error), location: null }];
    const problems = errors.map(({ text, location }) =>
      problem(
        location === null
          ? startOf(file)
          : {
              file: resolve(dirname(file), location.file),
              line: location.line,
              column: location.column + 1,
              length: location.length,
            },
        'own-task-broken',
        text,
        { why: 'a task of your own cannot be read' },
      ),
    );
    return { problems };
  }
}

/** What the file exports. Its `kprov/task` is the running program's, so that both mean the same classes. */
function evaluate(file: string, code: string): Record<string, unknown> {
  const own = createRequire(file);
  const require = (id: string): unknown => (id === 'kprov/task' ? publicTaskApi : own(id));
  const module = { exports: {} as Record<string, unknown> };
  const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
  compileFunction(code, parameters, { filename: file })(module.exports, require, module, file, dirname(file));
  return module.exports;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** What is wrong with a task whose author had no compiler to tell him. */
function flaws(task: Task): string[] {
  const found: string[] = [];
  const given: Record<string, unknown> = { ...task };
  const need = (isThere: boolean, what: string): void => {
    if (!isThere) found.push(what);
  };
  need(typeof given.name === 'string' && /^[a-z][a-z0-9_]*$/.test(given.name), '`name` must be of a-z, 0-9 and _');
  need(typeof given.summary === 'string', '`summary` must say in a sentence what it does');
  need(isRecord(given.parameters), '`parameters` must be a mapping of names to text(…), flag(…) and the like');
  for (const [name, parameter] of Object.entries(isRecord(given.parameters) ? given.parameters : {})) {
    need(
      isRecord(parameter) && typeof parameter.parse === 'function',
      `parameter \`${name}\` must be made with text(…), flag(…) or the like`,
    );
  }
  need(isRecord(given.returns), '`returns` must say what each field of the result holds; {} where there is none');
  need(typeof given.example === 'string', '`example` must be YAML that uses it');
  need(
    given.inCheckMode === 'predicts' || given.inCheckMode === 'skips',
    "`inCheckMode` must be 'predicts' or 'skips'",
  );
  need(typeof given.compile === 'function', '`compile` must be a function that makes a program of the arguments');
  return found;
}

/** The tasks that a file of TypeScript or JavaScript exports, and what is wrong with it. */
export function tasksOf(file: string): { tasks: Task[]; problems: Diagnostic[] } {
  const made = bundle(file);
  if ('problems' in made) return { tasks: [], problems: made.problems };
  let exported: Record<string, unknown>;
  try {
    exported = evaluate(file, made.code);
  } catch (error) {
    const message = error instanceof Error || isRecord(error) ? String((error as Error).message) : String(error);
    return {
      tasks: [],
      problems: [
        problem(startOf(file), 'own-task-broken', message, { why: 'a task of your own failed while it was loaded' }),
      ],
    };
  }
  const tasks = Object.values(exported).filter(publicTaskApi.isTask);
  const problems: Diagnostic[] = [];
  if (tasks.length === 0) {
    problems.push(
      problem(startOf(file), 'no-task', 'the file exports no task', {
        fix: "export const my_task = defineTask({…}), with defineTask of 'kprov/task'; helper files go into a folder of their own",
      }),
    );
  }
  const sound = [...new Set(tasks)].filter((task) => {
    const found = flaws(task);
    for (const flaw of found)
      problems.push(problem(startOf(file), 'bad-task', `the task ${String(task.name)}: ${flaw}`));
    return found.length === 0;
  });
  return { tasks: sound.map((task) => guarded(task, file)), problems };
}
