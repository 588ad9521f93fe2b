import { controlTasks } from './control/index.js';
import { generalTasks } from './general/index.js';
import { kubernetesTasks } from './kubernetes/index.js';
import { refusalOf as refusalOfKnown } from './refused.js';
import type { Task } from './task.js';

const collections = ['ansible.builtin', 'ansible.legacy', 'ansible.posix', 'community.general', 'kprov.kubernetes'];

/** Every task there is, in the order of the documentation. */
export const tasks: readonly Task[] = [...generalTasks, ...kubernetesTasks, ...controlTasks];

const byName = new Map<string, Task>();
for (const task of tasks) for (const name of [task.name, ...(task.aliases ?? [])]) byName.set(name, task);

const own = new Map<string, Task>();
const foreign = new Map<string, string>();

/**
 * The tasks of the user's own: of this run, in place of those of an earlier one. `refused` are modules of his that kprov
 * cannot run, by name, with the reason.
 */
export function useOwnTasks(given: readonly Task[], refused: ReadonlyMap<string, string> = new Map()): void {
  own.clear();
  foreign.clear();
  for (const task of given) for (const name of [task.name, ...(task.aliases ?? [])]) own.set(name, task);
  for (const [name, why] of refused) foreign.set(name, why);
}

/** Why kprov does not run a module that it knows of; undefined where it runs it, or has never heard of it. */
export const refusalOf = (name: string): string | undefined => foreign.get(name) ?? refusalOfKnown(name);

/** The task of a short or fully qualified name. */
export function findTask(name: string): Task | undefined {
  const collection = collections.find((prefix) => name.startsWith(`${prefix}.`));
  return byName.get(collection === undefined ? name : name.slice(collection.length + 1)) ?? own.get(name);
}

/** Is it the name or the alias of a task that comes with kprov? */
export const isShipped = (name: string): boolean => byName.has(name);

/** Every name and alias, for suggestions. */
export const taskNames = (): string[] => [...byName.keys(), ...own.keys()];
