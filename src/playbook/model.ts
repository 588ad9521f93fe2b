import type { Position } from '../errors/index.js';
import type { Mapping, Value } from '../values/index.js';
import type { VarsPrompt } from './vars-prompt.js';

/** A yes/no keyword: a boolean, or template text that renders to one. */
export type Flag = boolean | string;

/** A number, or template text that renders to one. */
export type Count = number | string;

/** What `when`, `until`, `changed_when` and `failed_when` hold: an expression, or a plain boolean. */
export type Condition = string | boolean | number;

/** Keywords that plays, roles, blocks and tasks hand down; here with everything inherited already. */
export interface Inherited {
  /** Outer first. All must hold. */
  when: readonly Condition[];
  tags: readonly string[];
  /** Mappings or templates of mappings, outer first; later ones win. */
  environment: readonly Value[];
  /** Mappings of action or action group → arguments, outer first; later ones win. */
  moduleDefaults: readonly Value[];
  become?: Flag;
  becomeUser?: string;
  becomeMethod?: string;
  becomeFlags?: string;
  becomeExe?: string;
  remoteUser?: string;
  connection?: string;
  port?: Count;
  noLog?: Flag;
  ignoreErrors?: Flag;
  ignoreUnreachable?: Flag;
  anyErrorsFatal?: Flag;
  checkMode?: Flag;
  diff?: Flag;
  runOnce?: Flag;
  delegateTo?: string;
  delegateFacts?: Flag;
  notify?: readonly string[];
  /** Seconds. */
  timeout?: Count;
  throttle?: Count;
  debugger?: string;
  /** What counts for a keyword that is a template where it comes to `omit`: the outer levels' values, innermost first. */
  outer?: Readonly<Record<string, readonly unknown[]>>;
}

export interface LoopControl {
  /** A variable's name, or a template of one. */
  loopVar: string;
  indexVar?: string;
  label?: Value;
  /** Seconds. */
  pause?: Count;
  extended?: Flag;
  extendedAllitems?: Flag;
  /** After an item for which they all hold, no other is begun. */
  breakWhen?: readonly Condition[];
}

export interface Loop {
  items: Value;
  /** `loop`, or the name of the lookup behind `with_…`: items, dict, fileglob … */
  style: string;
  control: LoopControl;
}

/** One use of a role with the same name and parameters. */
export interface RoleContext {
  /** The same for uses that Ansible takes for one and the same (and runs once unless `allowDuplicates`). */
  id: string;
  name: string;
  path: string;
  /** The file of tasks that this use begins with, as written; undefined: main. */
  tasksFrom: string | undefined;
  /** defaults/main.yml */
  defaults: Mapping;
  /** vars/main.yml */
  vars: Mapping;
  /** `vars:` where the role is used. */
  keywordVars: Mapping;
  /** Any other keys where the role is used: `- {role: x, port: 80}`. */
  params: Mapping;
  allowDuplicates: boolean;
  /** The roles that led here, outermost first: dependants, and roles that import or include this one. */
  parents: readonly RoleContext[];
  /** meta/main.yml's dependencies, in order. */
  dependencies: readonly RoleContext[];
  position: Position;
}

export interface Task extends Inherited {
  kind: 'task';
  /** Stable from run to run, unique within a playbook. */
  id: string;
  /** As written, or the action's name; may hold templates. */
  name: string;
  /** Canonical short name; of the engine's own: meta, set_fact, include_tasks, include_role, include_vars. */
  action: string;
  /** Arguments as written; free text stands under its parameter's name, `key=value` text is parsed. */
  args: Mapping;
  /** `copy: "{{ options }}"`, `args: "{{ options }}"`: template of a mapping of arguments that `args` override. */
  variableArgs?: string;
  /** They were written as `key=value` words. */
  argsAreText?: true;
  position: Position;
  /** Where the (part of an) argument stands. */
  at(path: readonly (string | number)[]): Position;
  loop?: Loop;
  register?: string;
  until?: readonly Condition[];
  retries?: Count;
  /** Seconds. */
  delay?: Count;
  changedWhen?: readonly Condition[];
  failedWhen?: readonly Condition[];
  /** Seconds. */
  async?: Count;
  /** Seconds. */
  poll?: Count;
  /** Handlers only: topics it answers to beside its name. */
  listen: readonly string[];
  isHandler: boolean;
  /** `vars` of imports, blocks and the task, outer first; later ones win. */
  varsChain: readonly Mapping[];
  /** `vars` of include_tasks and include_role that led here, outer first. They win over facts and registered variables. */
  includeParams: readonly Mapping[];
  /** Variables set at the debugger. They win over everything. */
  overrides?: Mapping;
  role?: RoleContext;
  /** What the loader needs to load the file or role that an include names. */
  scope: Scope;
}

export interface Block {
  kind: 'block';
  id: string;
  name: string;
  position: Position;
  tasks: readonly Node[];
  rescue: readonly Node[];
  always: readonly Node[];
  /** What the block hands down; its tasks have it already. */
  keywords: Inherited;
  role?: RoleContext;
  /** True where the block is all of one use of `role`: run once per host and `role.id` unless `role.allowDuplicates`. */
  isRole: boolean;
}

export type Node = Task | Block;

export interface Play {
  name: string;
  file: string;
  /** Ansible's playbook_dir. */
  directory: string;
  position: Position;
  /** Where a keyword's value, or a part of it, stands. */
  at(path: readonly (string | number)[]): Position;
  /** A pattern, a list of patterns, or a template. */
  hosts: Value;
  vars: Mapping;
  varsPrompt: readonly VarsPrompt[];
  /** Names, or lists of names of which the first that exists counts. */
  varsFiles: readonly Value[];
  gatherFacts?: Flag;
  gatherSubset?: Value;
  gatherTimeout?: Count;
  factPath?: string;
  serial: readonly Count[];
  strategy?: string;
  order?: string;
  maxFailPercentage?: Count;
  forceHandlers?: Flag;
  /** `when` of import_playbook: also a condition for gathering facts. The tasks have it already. */
  gatherWhen: readonly Condition[];
  keywords: Inherited;
  preTasks: readonly Node[];
  /** Each role's tasks as one block, dependencies before it. */
  roleTasks: readonly Node[];
  tasks: readonly Node[];
  postTasks: readonly Node[];
  /** Of roles first, then the play's own; where names are the same the last counts. */
  handlers: readonly Task[];
  /** Roles used in `roles` and import_role, dependencies before the roles that need them. */
  roles: readonly RoleContext[];
}

export interface Playbook {
  plays: readonly Play[];
}

/** What tasks inherit from what is around them. */
export interface Scope {
  inherited: Inherited;
  varsChain: readonly Mapping[];
  includeParams: readonly Mapping[];
  role?: RoleContext;
  /** The files that led here, outermost first, each imported or included by the one before it. */
  fileChain: readonly string[];
  /** Directory of the playbook. */
  directory: string;
  isHandler: boolean;
  /** Inside the `block` of a block that has a `rescue`. */
  isRescued?: true;
  /** In a block of a list of handlers. */
  isInHandlerBlock?: true;
}
