import { controlTasks } from './control/index.js';
import { generalTasks } from './general/index.js';
import { kubernetesTasks } from './kubernetes/index.js';
import type { Task } from './task.js';

const collections = ['ansible.builtin', 'ansible.legacy', 'ansible.posix', 'community.general', 'kprov.kubernetes'];

/** Every task there is, in the order of the documentation. */
export const tasks: readonly Task[] = [...generalTasks, ...kubernetesTasks, ...controlTasks];

const byName = new Map<string, Task>();
for (const task of tasks) for (const name of [task.name, ...(task.aliases ?? [])]) byName.set(name, task);

/** The task of a short or fully qualified name. */
export function findTask(name: string): Task | undefined {
  const collection = collections.find((prefix) => name.startsWith(`${prefix}.`));
  return byName.get(collection === undefined ? name : name.slice(collection.length + 1));
}

/** Every name and alias, for suggestions. */
export const taskNames = (): string[] => [...byName.keys()];
