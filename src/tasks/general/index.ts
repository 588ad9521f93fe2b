import type { Task } from '../task.js';
import { apt } from './apt.js';
import { command } from './command.js';
import { copy } from './copy.js';
import { file } from './file.js';
import { shell } from './shell.js';
import { stat } from './stat.js';
import { template } from './template.js';

/** The tasks that Ansible's users know, in the order of the documentation. */
export const generalTasks: readonly Task[] = [command, shell, copy, template, file, stat, apt];
