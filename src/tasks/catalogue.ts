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
const foreign = new Map<string, ForeignSource>();

/** Why a module is not run, and what to do about it. */
export interface Refusal {
  why: string;
  fix?: string;
}

/** A module of the user's in another language: the task that runs it, or why it cannot be run. */
export type ForeignSource = () => Task | Refusal;

const isRefusal = (found: Task | Refusal): found is Refusal => 'why' in found;

/** The tasks of the user's own: of this run, in place of those of an earlier one. */
export function useOwnTasks(given: readonly Task[], modules: ReadonlyMap<string, ForeignSource> = new Map()): void {
  own.clear();
  foreign.clear();
  for (const task of given) for (const name of [task.name, ...(task.aliases ?? [])]) own.set(name, task);
  for (const [name, source] of modules) foreign.set(name, source);
}

/** What the engine does itself, or knows by name: a module of the user's cannot take its place. */
const byEngine = new Set(
  [...controlTasks.map(({ name }) => name), 'assert', 'command', 'copy', 'debug', 'raw', 'script', 'set_fact'].concat([
    'setup',
    'shell',
    'template',
  ]),
);

/** As with Ansible a module of the user's goes before one that ships, but not where that is called by its full name. */
function foreignOf(name: string): Task | Refusal | undefined {
  if (foreign.size === 0) return undefined;
  const short = name.replace(/^ansible\.legacy\./, '');
  const source = foreign.get(short);
  if (source === undefined) return undefined;
  return byEngine.has(short) ? { why: `kprov does ${short} itself`, fix: 'give your module another name' } : source();
}

/** Why kprov does not run a module that it knows of; undefined where it runs it, or has never heard of it. */
export function refusalOf(name: string): Refusal | undefined {
  const module = foreignOf(name);
  if (module !== undefined) return isRefusal(module) ? module : undefined;
  const why = refusalOfKnown(name);
  return why === undefined ? undefined : { why };
}

/** The task of a short or fully qualified name. */
export function findTask(name: string): Task | undefined {
  const module = foreignOf(name);
  if (module !== undefined) return isRefusal(module) ? undefined : module;
  const collection = collections.find((prefix) => name.startsWith(`${prefix}.`));
  return byName.get(collection === undefined ? name : name.slice(collection.length + 1)) ?? own.get(name);
}

/** The task that has this very name: what `findTask` found, by its `name`. */
export function taskNamed(name: string): Task | undefined {
  const known = byName.get(name) ?? own.get(name);
  return known ?? findTask(name);
}

/** Is it the name or the alias of a task that comes with kprov? */
export const isShipped = (name: string): boolean => byName.has(name);

/** Every name and alias, for suggestions. */
export const taskNames = (): string[] => [...byName.keys(), ...own.keys(), ...foreign.keys()];
