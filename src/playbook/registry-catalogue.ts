import { findTask, taskNames } from '../tasks/index.js';
import type { TaskCatalogue, TaskDescription } from './catalogue.js';
import { describeTask } from './describe-task.js';

/** The tasks that come with kprov, as the playbook loader wants to see them. */
export function registryCatalogue(): TaskCatalogue {
  const described = new Map<string, TaskDescription>();
  return {
    find: (name) => {
      const task = findTask(name);
      if (task === undefined) return undefined;
      const known = described.get(task.name) ?? describeTask(task);
      described.set(task.name, known);
      return known;
    },
    names: taskNames,
  };
}
