import type { Task } from '../task.js';
import { archive } from './archive.js';
import { assemble } from './assemble.js';
import { find } from './find.js';
import { iniFile } from './ini-file.js';
import { uri } from './uri.js';

/** Further modules of ansible.builtin, ansible.posix and community.general. */
export const toolTasks: readonly Task[] = [uri, find, assemble, iniFile, archive];
