import { type Play, tasksIn, tasksOf } from '../../playbook/index.js';

const opensUp = new Set(['include_tasks', 'include_role', 'include_vars', 'add_host']);

/** What tasks of the play register or set; undefined where includes may bring more. */
export function dynamicNamesOf(play: Play): Set<string> | undefined {
  const names = new Set<string>();
  for (const task of [...tasksOf(play), ...tasksIn(play.handlers)]) {
    if (opensUp.has(task.action)) return undefined;
    if (task.register !== undefined) names.add(task.register);
    if (task.action !== 'set_fact') continue;
    if (task.variableArgs !== undefined) return undefined;
    for (const name of Object.keys(task.args)) {
      if (name.includes('{{')) return undefined;
      names.add(name);
    }
  }
  return names;
}
