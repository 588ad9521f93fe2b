import type { Task } from '../task.js';
import { archive } from './archive.js';
import { assemble } from './assemble.js';
import { debconf } from './debconf.js';
import { find } from './find.js';
import { git } from './git.js';
import { iniFile } from './ini-file.js';
import { iptables } from './iptables.js';
import { knownHosts } from './known-hosts.js';
import { packageFacts } from './package-facts.js';
import { pip } from './pip.js';
import { serviceFacts } from './service-facts.js';
import { setStats } from './set-stats.js';
import { subversion } from './subversion.js';
import { sysvinit } from './sysvinit.js';
import { uri } from './uri.js';

/** Further modules of ansible.builtin, ansible.posix and community.general. */
export const toolTasks: readonly Task[] = [
  uri,
  find,
  assemble,
  git,
  subversion,
  pip,
  iptables,
  knownHosts,
  debconf,
  sysvinit,
  serviceFacts,
  packageFacts,
  setStats,
  iniFile,
  archive,
];
