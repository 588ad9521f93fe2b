import type { Task } from '../../playbook/index.js';
import { findTask, parameterNames } from '../../tasks/index.js';
import { pythonText } from '../../template/index.js';
import { MASK } from '../../values/index.js';

/** A task's arguments as they are written. None under no_log, nor where that is only known at its turn. */
export function writtenArguments({ action, args, noLog = false }: Task): string {
  if (noLog !== false) return '';
  const definition = findTask(action);
  const isSecret = (name: string): boolean =>
    definition?.parameters[parameterNames(definition).get(name) ?? '']?.secret === true;
  return Object.entries(args)
    .map(([name, value]) => `${name}=${isSecret(name) ? MASK : pythonText(value)}`)
    .join(', ');
}
