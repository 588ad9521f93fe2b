import type { Node, Play, Task } from './model.js';

/** Every task of these lists, blocks opened, in order. */
export function* tasksIn(nodes: readonly Node[]): Iterable<Task> {
  for (const node of nodes) {
    if (node.kind === 'task') yield node;
    else yield* tasksIn([...node.tasks, ...node.rescue, ...node.always]);
  }
}

/** Every task of a play in the order of its parts, blocks opened; its handlers are left out. */
export const tasksOf = ({ preTasks, roleTasks, tasks, postTasks }: Play): Task[] => [
  ...tasksIn([...preTasks, ...roleTasks, ...tasks, ...postTasks]),
];
