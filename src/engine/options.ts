import type { ConnectionDefaults } from './conversation/connection-variables.js';
import type { RunLock } from './conversation/conversation.js';
import type { TagSelection } from './tags.js';

/** What the command line asks of a run. */
export interface RunOptions {
  checkMode: boolean;
  diffMode: boolean;
  tags: TagSelection;
  /** Tasks before the first with this name (or glob) are left out. */
  startAtTask?: string;
  /** Hosts that have work under way at the same time; undefined: all. */
  forks?: number;
  connection: ConnectionDefaults;
  forceHandlers: boolean;
  verbosity: number;
  /** The ansible.cfg that counts: `ansible_config_file`. */
  configFile?: string;
  /** Makes the run take the lock of each host that it changes as root; undefined: none is taken. */
  lock?: RunLock;
  /** Where relative paths of the control machine start. */
  workingDirectory: string;
  homeDirectory: string;
}
