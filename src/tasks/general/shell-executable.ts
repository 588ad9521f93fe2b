import type { TaskContext } from '../task.js';

/** The shell of command lines whose task names none: `ansible_shell_executable`, else the setting `executable`. */
export function shellExecutable({ variable, shell }: TaskContext): string {
  const given = variable('ansible_shell_executable');
  return typeof given === 'string' && given !== '' ? given : (shell ?? '/bin/sh');
}
