import { argumentSchema, parameterNames } from '../tasks/arguments.js';
import type { Task } from '../tasks/task.js';
import type { Value } from '../values/index.js';
import type { TaskDescription } from './catalogue.js';

function checkNames(task: Task, given: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  const count = (names: readonly string[]): number => names.filter((name) => given.has(name)).length;
  const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
  for (const names of task.exactlyOne ?? []) {
    if (count(names) === 0) problems.push(`\`${task.name}\` needs one of ${list(names)}`);
    if (count(names) > 1) problems.push(`\`${task.name}\` takes only one of ${list(names)}`);
  }
  for (const names of task.atLeastOne ?? []) {
    if (count(names) === 0) problems.push(`\`${task.name}\` needs at least one of ${list(names)}`);
  }
  for (const names of task.atMostOne ?? []) {
    if (count(names) > 1) problems.push(`\`${task.name}\` takes only one of ${list(names)}`);
  }
  return problems;
}

/** What the loader has to know about a task. */
export function describeTask(task: Task): TaskDescription {
  const canonical = parameterNames(task);
  return {
    name: task.name,
    parameters: task.parameters,
    ...(task.freeForm !== undefined && { freeForm: task.freeForm }),
    ...(task.refusedParameters !== undefined && { refusedParameters: task.refusedParameters }),
    schema: argumentSchema(task),
    checkValue: (parameter, value) => {
      const name = canonical.get(parameter);
      if (name === undefined || value === null) return undefined;
      try {
        task.parameters[name]?.parse(value as Value);
        return undefined;
      } catch (error) {
        if (error instanceof RangeError) return error.message;
        throw error;
      }
    },
    checkNames: (given) => checkNames(task, given),
  };
}
