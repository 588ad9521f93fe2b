import { posix } from 'node:path';
import type { Position } from '../errors/index.js';
import { type Context, type Cursor, positionOf, readDocument, report, warn } from './context.js';
import type { Scope } from './model.js';
import { describe, suggestion } from './words.js';

/** Deeper than this only a mistake goes. */
const DEEPEST_CHAIN = 100;

/** Where a task file may be, as Ansible looks: beside the files that led here, then in the role, then by the playbook. */
function candidates(name: string, scope: Scope): string[] {
  if (posix.isAbsolute(name)) return [name];
  const folder = scope.isHandler ? 'handlers' : 'tasks';
  const directories = scope.fileChain.map((file) => posix.dirname(file)).reverse();
  if (scope.role !== undefined) {
    directories.push(...[folder, 'tasks', ''].map((part) => posix.join(scope.role?.path ?? '', part)));
  }
  directories.push(posix.join(scope.directory, folder), scope.directory);
  return [...new Set(directories.map((directory) => posix.join(directory, name)))];
}

export interface TaskFile {
  cursor: Cursor;
  scope: Scope;
}

interface Request {
  name: string;
  position: Position;
  scope: Scope;
  /** A static import must not lead back to itself; a dynamic include may, its condition ends it. */
  isStatic: boolean;
}

/** Finds and reads a list of tasks; undefined where it cannot be used, which is reported. */
export function readTaskFile(context: Context, request: Request): TaskFile | undefined {
  const { name, position, scope } = request;
  const places = candidates(name, scope);
  const file = places.find((place) => context.options.files.kind(place) === 'file');
  if (file === undefined) {
    const folder = posix.dirname(places[0] ?? '.');
    report(context, position, {
      code: 'missing-file',
      message: `no file \`${name}\``,
      why: `looked at ${places.join(', ')}`,
      fix: suggestion(posix.basename(name), context.options.files.list(folder) ?? []),
      failsTask: true,
    });
    return undefined;
  }
  const chain = [...scope.fileChain, file];
  if (chain.length > DEEPEST_CHAIN || (request.isStatic && scope.fileChain.includes(file))) {
    const from = Math.max(0, scope.fileChain.indexOf(file));
    report(context, position, {
      code: 'import-cycle',
      message: 'task files that lead back to themselves',
      why: chain.slice(from).slice(-10).join(' → '),
      fix: 'break the circle; include_tasks with a condition may recur',
    });
    return undefined;
  }
  const document = readDocument(context, file);
  if (document === undefined || document.value === null) {
    const start = { file, line: 1, column: 1 };
    const isBroken = context.diagnostics.some((d) => d.severity === 'error' && d.position?.file === file);
    if (!isBroken) warn(context, start, { code: 'empty-file', message: 'a task file without tasks' });
    return undefined;
  }
  const cursor: Cursor = { value: document.value, document, path: [] };
  if (!Array.isArray(document.value)) {
    report(context, positionOf(cursor), {
      code: 'wrong-type',
      message: `a task file that holds ${describe(document.value)}`,
      why: 'expected a list of tasks',
      fix: 'begin each task with `- `',
      failsTask: true,
    });
    return undefined;
  }
  return { cursor, scope: { ...scope, fileChain: chain } };
}
