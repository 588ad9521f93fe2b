import type { Task } from '../task.js';
import { apt } from './apt.js';
import { group } from './group.js';
import { modprobe } from './modprobe.js';
import { service } from './service.js';
import { setup } from './setup.js';
import { sysctl } from './sysctl.js';
import { systemd } from './systemd.js';
import { user } from './user.js';

/** Packages, services, users, the kernel: what concerns a host as a whole. */
export const systemTasks: readonly Task[] = [setup, apt, service, systemd, user, group, sysctl, modprobe];
