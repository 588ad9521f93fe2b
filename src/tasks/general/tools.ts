import type { Task } from '../task.js';
import { archive } from './archive.js';
import { assemble } from './assemble.js';
import { capabilities } from './capabilities.js';
import { debconf } from './debconf.js';
import { filesystem } from './filesystem.js';
import { find } from './find.js';
import { firewalld } from './firewalld.js';
import { git } from './git.js';
import { iniFile } from './ini-file.js';
import { iptables } from './iptables.js';
import { knownHosts } from './known-hosts.js';
import { packageFacts } from './package-facts.js';
import { pip } from './pip.js';
import { seboolean, selinux } from './selinux.js';
import { serviceFacts } from './service-facts.js';
import { setStats } from './set-stats.js';
import { snap } from './snap.js';
import { subversion } from './subversion.js';
import { sudoers } from './sudoers.js';
import { synchronize } from './synchronize.js';
import { sysvinit } from './sysvinit.js';
import { ufw } from './ufw.js';
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
  synchronize,
  ufw,
  firewalld,
  selinux,
  seboolean,
  snap,
  filesystem,
  sudoers,
  capabilities,
];
