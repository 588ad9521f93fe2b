import { KprovError } from '../../errors/index.js';
import type { Task } from '../../playbook/index.js';
import type { Templar, Variables } from '../../template/index.js';
import { isMapping } from '../../values/index.js';

/** `environment` of the task and of what is around it. Throws KprovError for what is none. */
export function environmentOf(task: Task, templar: Templar, variables: Variables): Record<string, string> {
  const merged: Record<string, string> = Object.create(null);
  for (const layer of task.environment) {
    const rendered = templar.render(layer, variables);
    if (rendered === null || rendered === '') continue;
    if (!isMapping(rendered)) throw new KprovError('bad-environment', 'environment is no mapping of names to values');
    for (const [name, value] of Object.entries(rendered)) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        throw new KprovError('bad-environment', `${JSON.stringify(name)} is no name of an environment variable`);
      }
      merged[name] = typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value ?? '');
    }
  }
  return merged;
}
