import type { Diagnostic, Position } from '../errors/index.js';
import type { Files, HashBehaviour, Mapping, Value } from '../values/index.js';

export interface InventoryHost {
  readonly name: string;
  /** All groups of the host, ancestors included, sorted, without `all`: Ansible's `group_names`. */
  readonly groups: string[];
  /** The source that named the host first: an absolute path, a host list as written, undefined when added at run time. */
  readonly source: string | undefined;
}

export interface InventoryGroup {
  readonly name: string;
  /** The group's own hosts and those of all its descendants, in Ansible's order. */
  readonly hosts: readonly string[];
  /** Hosts that are members without the help of a child group. */
  readonly directHosts: readonly string[];
  readonly children: readonly string[];
  readonly parents: readonly string[];
  /** Longest way down from `all`, which has 0. */
  readonly depth: number;
  /** `ansible_group_priority`, default 1: among groups of one depth the higher one wins. */
  readonly priority: number;
}

export interface VariableScope {
  /** Directory of the playbook, whose `group_vars/` and `host_vars/` count too; of several the later ones win. */
  playbookDir?: string | readonly string[];
}

export interface NewHost {
  groups?: readonly string[];
  variables?: Mapping;
}

export interface Inventory {
  /** In the order in which the hosts were defined; the order of execution is `groups.get('all').hosts`. */
  readonly hosts: ReadonlyMap<string, InventoryHost>;
  /** `all` and `ungrouped` included, in the order of definition. */
  readonly groups: ReadonlyMap<string, InventoryGroup>;
  /** What was given with -i, as written. */
  readonly sources: readonly { file: string }[];
  /**
   * The variables of a host as written (templates unexpanded), merged with Ansible's precedence, lowest first: vars of
   * `all`, vars of groups (parents before children, then `ansible_group_priority`, then name), `group_vars/all` beside
   * the inventory, beside the playbook, `group_vars/*` beside the inventory, beside the playbook, vars of the host,
   * `host_vars/*` beside the inventory, beside the playbook. Not to be changed: whoever asks
   * again gets the same mapping until `add_host` or `group_by` changes something.
   */
  variablesOf(host: string, scope?: VariableScope): Mapping;
  /** Where the winning value of a variable was written. */
  positionOf(host: string, variable: string, scope?: VariableScope): Position | undefined;
  /** Everything that is wrong in `group_vars/` and `host_vars/` beside a playbook. */
  checkPlaybookDir(playbookDir: string): Diagnostic[];
  /** `add_host`: true where it changed anything. */
  addHost(name: string, host?: NewHost): boolean;
  /** `group_by`: makes the group (and its parents) where needed and adds the host; true where it changed anything. */
  addToGroup(host: string, group: string, parents?: readonly string[]): boolean;
}

/** A value together with the place where the user wrote it. */
export interface Written {
  value: Value;
  /** Undefined for what came at run time, or by itself (the connection of the implicit localhost). */
  position: Position | undefined;
}

/** A value that certainly came from a file. */
export type WrittenInFile = Written & { position: Position };

/** Variables from one place: a host line, a `vars` section, a file. */
export type Layer = ReadonlyMap<string, Written>;

export interface Executed {
  stdout: string;
  stderr: string;
  /** Exit code; null where a signal ended it. */
  code: number | null;
}

export interface InventoryIo {
  files: Files;
  /** Runs an executable inventory with `--list`, or `--host NAME`. */
  runExecutable(path: string, args: string[]): Promise<Executed>;
  /** Absolute; relative sources start here. */
  cwd: string;
  /**
   * What becomes of names of groups that could not be a variable's: `never` and `ignore` leave them, `always` and
   * `silently` put underscores in; `never` and `always` say so. Default `ignore`.
   */
  oddGroupNames?: 'never' | 'ignore' | 'always' | 'silently';
  /** Whether mappings of variables are merged; default: replace. */
  hashBehaviour?: HashBehaviour | undefined;
}
