import type { Task } from '../task.js';
import { blockinfile } from './blockinfile.js';
import { command } from './command.js';
import { copy } from './copy.js';
import { file } from './file.js';
import { lineinfile } from './lineinfile.js';
import { replace } from './replace.js';
import { shell } from './shell.js';
import { stat } from './stat.js';
import { systemTasks } from './system.js';
import { template } from './template.js';

/** The tasks that Ansible's users know, in the order of the documentation. */
export const generalTasks: readonly Task[] = [
  command,
  shell,
  copy,
  template,
  file,
  lineinfile,
  blockinfile,
  replace,
  stat,
  ...systemTasks,
];
