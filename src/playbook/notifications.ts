import { type Context, warn } from './context.js';
import type { Node, Play, Task } from './model.js';
import { isTemplate, suggestion } from './words.js';

const tasksOf = (nodes: readonly Node[]): Task[] =>
  nodes.flatMap((node) => (node.kind === 'task' ? [node] : tasksOf([...node.tasks, ...node.rescue, ...node.always])));

/** What a handler hears, by name and by what it listens to: as such, and behind its role's name, short or in full. */
export function topicsOf({ role, name, listen }: Pick<Task, 'role' | 'name' | 'listen'>): {
  names: string[];
  topics: string[];
} {
  const roles = role === undefined ? [] : [...new Set([role.name, role.name.split('.').at(-1) ?? role.name])];
  const heard = (text: string): string[] => [text, ...roles.map((each) => `${each} : ${text}`)];
  return { names: heard(name), topics: listen.flatMap(heard) };
}

const namesOf = (handler: Task): string[] => Object.values(topicsOf(handler)).flat();

/**
 * Warns about notifications that no handler will hear. Says nothing where handlers may still come: with included roles
 * and files, and with handlers whose names hold templates.
 */
export function checkNotifications(context: Context, play: Play): void {
  const tasks = tasksOf([...play.preTasks, ...play.roleTasks, ...play.tasks, ...play.postTasks]);
  const all = [...tasks, ...play.handlers];
  const mayGrow =
    tasks.some((task) => task.action === 'include_role' || task.action === 'include_tasks') ||
    play.handlers.some((handler) => handler.action.startsWith('include_') || namesOf(handler).some(isTemplate));
  if (mayGrow) return;
  const known = new Set(play.handlers.flatMap(namesOf));
  const said = new Set<string>();
  for (const task of all) {
    for (const name of task.notify ?? []) {
      if (known.has(name) || isTemplate(name) || said.has(name)) continue;
      said.add(name);
      warn(context, task.position, {
        code: 'unknown-handler',
        message: `no handler \`${name}\``,
        why: 'this task notifies it; a change would make the play fail',
        fix: suggestion(name, known) ?? 'add it under `handlers`',
      });
    }
  }
}
