import { dirname, isAbsolute, join, normalize } from 'node:path';
import { KprovError } from '../errors/index.js';
import type { Task } from '../playbook/index.js';
import type { Files } from '../values/index.js';

/** Where a task's files are looked for, nearest first: its role and the roles around it, its own folder, the playbook's. */
export function searchPlaces(task: Task, kind: string): string[] {
  const places: string[] = [];
  const roles = task.role ? [task.role, ...[...task.role.parents].reverse()] : [];
  for (const role of roles) places.push(join(role.path, kind), role.path);
  const folder = dirname(task.position.file);
  places.push(join(folder, kind), folder, join(task.scope.directory, kind), task.scope.directory);
  return [...new Set(places)];
}

/** The file that a task means. Throws KprovError naming the places that were searched. */
export function findFile(files: Files, task: Task, kind: string, name: string): string {
  if (name.startsWith('~/')) return normalize(join(process.env.HOME ?? '/', name.slice(2)));
  if (isAbsolute(name)) return name;
  const places = searchPlaces(task, kind);
  for (const place of places) {
    const candidate = normalize(join(place, name));
    if (files.kind(candidate) !== undefined) return name.endsWith('/') ? `${candidate.replace(/\/$/, '')}/` : candidate;
  }
  throw new KprovError('file-not-found', `${name} was not found`, {
    why: `looked in ${places.join(', ')}`,
    position: task.position,
  });
}
