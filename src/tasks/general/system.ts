import type { Task } from '../task.js';
import { alternatives } from './alternatives.js';
import { apt } from './apt.js';
import { aptKey } from './apt-key.js';
import { aptRepository } from './apt-repository.js';
import { authorizedKey } from './authorized-key.js';
import { cron } from './cron.js';
import { deb822Repository } from './deb822-repository.js';
import { dnf } from './dnf.js';
import { dpkgSelections } from './dpkg-selections.js';
import { getent } from './getent.js';
import { group } from './group.js';
import { hostname } from './hostname.js';
import { localeGen } from './locale-gen.js';
import { modprobe } from './modprobe.js';
import { mount } from './mount.js';
import { mountFacts } from './mount-facts.js';
import { packageTask } from './package.js';
import { pamLimits } from './pam-limits.js';
import { rpmKey } from './rpm-key.js';
import { service } from './service.js';
import { setup } from './setup.js';
import { sysctl } from './sysctl.js';
import { systemd } from './systemd.js';
import { timezone } from './timezone.js';
import { user } from './user.js';
import { yumRepository } from './yum-repository.js';

/** Packages, services, users, the kernel: what concerns a host as a whole. */
export const systemTasks: readonly Task[] = [
  setup,
  apt,
  service,
  systemd,
  user,
  group,
  sysctl,
  modprobe,
  cron,
  dpkgSelections,
  getent,
  hostname,
  mount,
  mountFacts,
  timezone,
  aptKey,
  aptRepository,
  authorizedKey,
  dnf,
  packageTask,
  alternatives,
  localeGen,
  pamLimits,
  rpmKey,
  deb822Repository,
  yumRepository,
];
