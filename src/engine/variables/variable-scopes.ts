import type { Inventory } from '../../inventory/index.js';
import type { Play, Task } from '../../playbook/index.js';
import type { Templar } from '../../template/index.js';
import type { HashBehaviour, Mapping } from '../../values/index.js';
import type { Order } from '../events.js';
import type { HostState } from './host-state.js';

/** What all hosts of a run share. */
export interface RunScope {
  inventory: Inventory;
  templar: Templar;
  extraVars: Mapping;
  /** `playbook_vars_root`, where it is not `top`: whose group_vars and host_vars count. */
  varsRoot?: 'all' | 'bottom' | undefined;
  /** Ansible's hash_behaviour; default: replace. */
  hashBehaviour?: HashBehaviour | undefined;
  /** inject_facts_as_vars; default true. */
  injectsFacts?: boolean | undefined;
  states: ReadonlyMap<string, HostState>;
  /** Variables that describe the run itself: ansible_version, ansible_check_mode, ansible_forks ... */
  constants: Mapping;
  /** Where paths of the command line begin: playbooks and roles are known to their tasks by absolute paths. */
  workingDirectory: string;
}

/** What all tasks of a play share. */
export interface PlayScope {
  run: RunScope;
  play: Play;
  /** Contents of vars_files. */
  fileVars: Mapping;
  /** The same for one host, where their names are templates. May throw Pending. */
  fileVarsOf?: ((host: string) => Mapping) | undefined;
  /** ansible_play_hosts_all, and how the others stand. */
  hosts(): { all: readonly string[]; alive: readonly string[]; batch: readonly string[] };
  /** Throws Pending while some other host of the batch may still drop out before the point where `asking` is. */
  awaitAll(asking: string): void;
  /** Names that tasks of the play may give a value to; undefined: any name (dynamic includes). */
  dynamicNames: ReadonlySet<string> | undefined;
  /**
   * Throws Pending while `other` has not got as far as the asking host: what it may yet register before that point is
   * not there.
   */
  awaitHost(asking: string, other: string): void;
  /** Where that host is in the play; undefined where it takes no part. */
  orderOf(host: string): Order | undefined;
}

/** Variables of one evaluation: a task on a host, perhaps with the item of a loop. */
export interface TaskScope {
  play: PlayScope;
  host: string;
  task?: Task;
  /** Loop variables and other values of the moment; they win over all but extra vars. Data, not templates. */
  local?: Mapping;
}
