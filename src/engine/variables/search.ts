import { dirname, isAbsolute, join } from 'node:path';
import { KprovError } from '../../errors/index.js';
import type { Task } from '../../playbook/index.js';
import type { Files } from '../../values/index.js';

/** Nearest first: the task's role and the roles around it, its own folder. */
export function taskFolders(task: Task): string[] {
  const roles = task.role ? [task.role, ...[...task.role.parents].reverse()] : [];
  return [...new Set([...roles.map((role) => role.path), dirname(task.position.file)])];
}

/** `ansible_search_path`: these, and the playbook's. */
export const searchPath = (task: Task): string[] => [...new Set([...taskFolders(task), task.scope.directory])];

const known = new WeakMap<Task, Map<string, readonly string[]>>();

/** Where a task's files of a kind ("files", "templates", ...) are looked for, nearest first. Asked for by every host. */
function searchPlaces(task: Task, kind: string): readonly string[] {
  const places = known.get(task) ?? new Map<string, readonly string[]>();
  known.set(task, places);
  const found = places.get(kind) ?? searchPath(task).flatMap((folder) => [join(folder, kind), folder]);
  places.set(kind, found);
  return found;
}

/** The file that a task means. Throws KprovError naming the places that were searched. */
export function findFile(files: Files, task: Task, kind: string, name: string): string {
  if (name.startsWith('~/')) return join(process.env.HOME ?? '/', name.slice(2));
  if (isAbsolute(name)) return name;
  const places = searchPlaces(task, kind);
  for (const place of places) {
    const candidate = join(place, name);
    if (files.kind(candidate) !== undefined) return name.endsWith('/') ? `${candidate.replace(/\/$/, '')}/` : candidate;
  }
  throw new KprovError('file-not-found', `Could not find or access '${name}' on the control machine`, {
    why: `searched in ${places.join(', ')}`,
    position: task.position,
  });
}
