import { exportedVars, type RoleContext, roleDefaults, roleParameters, roleVars } from '../../playbook/index.js';
import { type LazyMapping, OMIT, type Variable, type Variables } from '../../template/index.js';
import { type HashBehaviour, isMapping, type Mapping, mapping } from '../../values/index.js';
import { inheritedKeyword } from '../attempts/keyword.js';
import { originOfItem } from '../attempts/loop.js';
import { data, HostLayers, injects, lookIn } from './host-layers.js';
import { magic } from './magic-variables.js';
import { mergedVariable } from './merged-variable.js';
import { taskFolders } from './search.js';
import type { TaskScope } from './variable-scopes.js';

export type { PlayScope, RunScope, TaskScope } from './variable-scopes.js';

function lookInAll(layers: readonly Mapping[], name: string): Variable | undefined {
  for (let i = layers.length - 1; i >= 0; i--) {
    const found = lookIn(layers[i], name);
    if (found) return found;
  }
  return undefined;
}

type OfRole = (role: RoleContext, behaviour?: HashBehaviour) => Mapping;

const remembered = (compute: OfRole): OfRole => {
  const known = { replace: new WeakMap<RoleContext, Mapping>(), merge: new WeakMap<RoleContext, Mapping>() };
  return (role, behaviour = 'replace') => {
    const found = known[behaviour].get(role) ?? compute(role, behaviour);
    known[behaviour].set(role, found);
    return found;
  };
};

const ofRole = {
  params: remembered(roleParameters),
  vars: remembered(roleVars),
  exported: remembered(exportedVars),
  defaults: remembered(roleDefaults),
} as const;

const lookInOwnRole = ({ play, task }: TaskScope, name: string, kind: 'params' | 'vars' | 'defaults') =>
  task?.role && lookIn(ofRole[kind](task.role, play.run.hashBehaviour), name);

/** Those of the play's roles, which all its tasks see; later roles win. */
function lookInRoles({ play }: TaskScope, name: string, kind: keyof typeof ofRole): Variable | undefined {
  const { roles } = play.play;
  if (play.run.hashBehaviour === 'merge') {
    return mergedVariable([...roles].reverse().map((role) => lookIn(ofRole[kind](role, 'merge'), name)));
  }
  for (let i = roles.length - 1; i >= 0; i--) {
    const role = roles[i];
    const found = role && lookIn(ofRole[kind](role), name);
    if (found) return found;
  }
  return undefined;
}

/** Data, but for an item that the playbook itself names. */
function localVariable(local: Mapping, name: string): Variable {
  const origin = name === local.ansible_loop_var ? originOfItem(local) : undefined;
  return { ...data(local[name]), ...(origin !== undefined && { origin }) };
}

type Level = (scope: TaskScope, layers: HostLayers, name: string) => Variable | undefined;

/** What nothing is merged into: loop variables, what Ansible itself says, and what the running task has found. */
const momentary: Level = (scope, layers, name) =>
  (scope.local && Object.hasOwn(scope.local, name) ? localVariable(scope.local, name) : undefined) ??
  magic(scope, name) ??
  layers.live(name);

/** Ansible's 22 levels of precedence, highest first. */
const levels: readonly Level[] = [
  ({ task }, _, name) => lookIn(task?.overrides, name),
  ({ play }, _, name) => lookIn(play.run.extraVars, name),
  momentary,
  ({ task }, _, name) => task && lookInAll(task.includeParams, name),
  (scope, _, name) => lookInOwnRole(scope, name, 'params'),
  (_, layers, name) => layers.setFact(name),
  (_, layers, name) => layers.included(name),
  ({ task }, _, name) => task && lookInAll(task.varsChain, name),
  (scope, _, name) => lookInOwnRole(scope, name, 'vars'),
  (scope, _, name) => lookInRoles(scope, name, 'exported'),
  ({ play, host }, _, name) => lookIn(play.fileVarsOf?.(host) ?? play.fileVars, name),
  ({ play }, _, name) => lookIn(play.play.vars, name),
  // Up to ansible-core 2.16 the `vars` at the use of a role are seen by all tasks; playbooks count on it.
  (scope, _, name) => lookInRoles(scope, name, 'vars'),
  (_, layers, name) => layers.fact(name),
  (_, layers, name) => layers.inventory(name),
  (scope, _, name) => lookInOwnRole(scope, name, 'defaults'),
  (scope, _, name) => lookInRoles(scope, name, 'defaults'),
];

function* everyFound(scope: TaskScope, layers: HostLayers, name: string): Generator<Variable | undefined> {
  for (const level of levels) yield level(scope, layers, name);
}

function find(scope: TaskScope, layers: HostLayers, name: string): Variable | undefined {
  if (scope.play.run.hashBehaviour === 'merge') {
    const isExtra = Object.hasOwn(scope.play.run.extraVars, name);
    return (isExtra ? undefined : momentary(scope, layers, name)) ?? mergedVariable(everyFound(scope, layers, name));
  }
  for (const level of levels) {
    const found = level(scope, layers, name);
    if (found) return found;
  }
  return undefined;
}

function* namesOf(scope: TaskScope): Iterable<string> {
  const { run, play, fileVars } = scope.play;
  const state = run.states.get(scope.host);
  const { task } = scope;
  yield* Object.keys(run.extraVars);
  yield* Object.keys(scope.local ?? {});
  yield* ['inventory_hostname', 'group_names', 'groups', 'hostvars', 'playbook_dir', 'ansible_facts', 'omit'];
  if (state) yield* [...state.setFacts.keys(), ...state.included.keys()];
  for (const layer of [...(task?.includeParams ?? []), ...(task?.varsChain ?? [])]) yield* Object.keys(layer);
  for (const role of [...play.roles, ...(task?.role ? [task.role] : [])]) {
    yield* [ofRole.vars(role), ofRole.defaults(role)].flatMap((layer) => Object.keys(layer));
    if (role === task?.role) yield* Object.keys(ofRole.params(role));
  }
  yield* [scope.play.fileVarsOf?.(scope.host) ?? fileVars, play.vars].flatMap((layer) => Object.keys(layer));
  yield* Object.keys(run.inventory.variablesOf(scope.host, { playbookDir: varsFolders(scope) }));
  if (state && !state.gathering) {
    const names = [...state.facts.keys()].map((name) => (state.bareFacts.has(name) ? name : `ansible_${name}`));
    yield* names.filter((name) => injects(run, name));
  }
}

/** The variables that a task on a host sees. Made anew for each evaluation round, since values become known. */
export const variablesOf = (scope: TaskScope): Variables => new TaskVariables(scope);

/** Beside what group_vars and host_vars count: the playbook, or with `playbook_vars_root` the task. */
function varsFolders({ play: { run, play }, task }: TaskScope): string | readonly string[] {
  if (run.varsRoot === undefined || task === undefined) return play.directory;
  const folders = taskFolders(task);
  return run.varsRoot === 'all' ? folders : folders.slice(0, 1);
}

class TaskVariables implements Variables {
  readonly #scope: TaskScope;
  #layers: HostLayers | undefined;

  constructor(scope: TaskScope) {
    this.#scope = scope;
  }

  get(name: string): Variable | undefined {
    if (name === 'vars') {
      return data({ lazyGet: (key: string) => this.get(key), lazyKeys: () => namesOf(this.#scope) });
    }
    if (name === 'ansible_delegated_vars') return this.#delegated();
    const { play, host } = this.#scope;
    this.#layers ??= new HostLayers(play.run, host, varsFolders(this.#scope));
    return find(this.#scope, this.#layers, name);
  }

  /** The variables of the host that the task is delegated to, under its name. */
  #delegated(): Variable | undefined {
    const { play, task } = this.#scope;
    const delegate = task && inheritedKeyword(task, 'delegateTo', { templar: play.run.templar, variables: this });
    if (delegate === undefined) return undefined;
    const to = String(delegate);
    const hosts = this.get('hostvars')?.value as LazyMapping;
    return data({ lazyGet: (host: string) => (host === to ? hosts.lazyGet(host) : undefined), lazyKeys: () => [to] });
  }

  names(): Iterable<string> {
    return namesOf(this.#scope);
  }
}

/** Removes arguments that rendered to `omit`. */
export function withoutOmitted(args: Mapping): Mapping {
  const kept = mapping();
  for (const [name, value] of Object.entries(args)) {
    if (value === OMIT) continue;
    kept[name] = isMapping(value)
      ? withoutOmitted(value)
      : Array.isArray(value)
        ? value.filter((item) => item !== OMIT)
        : value;
  }
  return kept;
}
