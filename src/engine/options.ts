import type { HashBehaviour } from '../values/index.js';
import type { ConnectionDefaults } from './conversation/connection-variables.js';
import type { RunLock } from './conversation/run-lock.js';
import type { DebuggerOptions } from './debugger/debugging.js';
import type { TagSelection } from './scheduler/tags.js';
import type { FactCacheOptions } from './variables/fact-cache.js';

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
  /** Asks before each task. Default false. */
  step?: boolean;
  /** Default: only where a play or task asks for it. */
  debugger?: DebuggerOptions;
  /** Arguments of tasks are part of what is said of them, unless these have no_log. Default false. */
  showsArguments?: boolean;
  forceHandlers: boolean;
  /** Has a change failed that notifies a handler which is not there? Default true. */
  errorOnMissingHandler?: boolean;
  /** What a pattern of hosts is that nothing matches. Default warning. */
  patternMismatch?: 'warning' | 'error' | 'ignore';
  /** `playbook_vars_root`, where it is not `top`. */
  varsRoot?: 'all' | 'bottom';
  verbosity: number;
  /** Ansible's `executable`: the shell of command lines. Default /bin/sh. */
  shell?: string;
  /** Ansible's jinja2_native, of which the templar has to know too. Default false. */
  native?: boolean;
  /** Ansible's hash_behaviour, of which the inventory has to know too. Default replace. */
  hashBehaviour?: HashBehaviour;
  /** The ansible.cfg that counts: `ansible_config_file`. */
  configFile?: string;
  /** Where what runs in the background is recorded on hosts, where `ansible_async_dir` does not say. Default ~/.ansible_async. */
  jobsFolder?: string;
  /** The text of `ansible_managed`, with its `{file}` and the codes of strftime. Default: Ansible managed. */
  managed?: string;
  /** Are facts variables of their own, beside ansible_facts? Default true. */
  injectsFacts?: boolean;
  /** Facts are gathered only where there are none yet, of this run or of an earlier one. Default false. */
  smartGathering?: boolean;
  /** Where facts are kept from run to run; undefined: they are forgotten. */
  factCache?: FactCacheOptions;
  /** `--flush-cache`: what is kept does not count. Default false. */
  flushesCache?: boolean;
  /** Hosts hand large files on to each other, where those are no secret. Default false. */
  handsOn?: boolean;
  /** Makes the run take the lock of each host that it changes as root; undefined: none is taken. */
  lock?: RunLock;
  /** Where relative paths of the control machine start. */
  workingDirectory: string;
  homeDirectory: string;
}
