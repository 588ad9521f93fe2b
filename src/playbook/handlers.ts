import type { Context, Cursor } from './context.js';
import type { Scope, Task } from './model.js';

/** A list of handlers: tasks that run when notified. A block among them lends them its keywords only. */
export function handlersOf(context: Context, list: Cursor, scope: Scope): Task[] {
  return context.loadNodes(list, { ...scope, isHandler: true }).filter((node) => node.kind === 'task');
}
