import type { Task } from '../../playbook/index.js';
import { UndefinedError } from '../../template/index.js';

/** What lacks a variable is told with the kind of field it stands in, in Ansible's words, which playbooks look for. */
export function inField<T>(task: Task, name: string, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof UndefinedError)) throw error;
    const where =
      name === 'args'
        ? 'The task includes an option with an undefined variable'
        : `The field '${name}' has an invalid value, which includes an undefined variable`;
    const { fix, variable } = error;
    const { file, line, column } = task.position;
    const place = `The error appears to be in '${file}': line ${line}, column ${column}`;
    throw new UndefinedError(`${where}. The error was: ${error.message}\n\n${place}`, {
      cause: error,
      variable,
      ...(fix !== undefined && { fix }),
    });
  }
}
