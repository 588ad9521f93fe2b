import type { Task } from '../task.js';
import { assemble } from './assemble.js';
import { find } from './find.js';
import { iniFile } from './ini-file.js';

/** Further modules of ansible.builtin, ansible.posix and community.general. */
export const toolTasks: readonly Task[] = [find, assemble, iniFile];
