import type { Task } from '../task.js';
import { apt } from './apt.js';
import { command } from './command.js';
import { copyExample } from './copy.js';
import { shell } from './shell.js';
import { stat } from './stat.js';

/** The tasks that Ansible's users know, in the order of the documentation. */
export const generalTasks: readonly Task[] = [command, shell, copyExample, stat, apt];
