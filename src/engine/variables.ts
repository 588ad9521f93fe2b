import type { Inventory } from '../inventory/index.js';
import { type Play, type RoleContext, roleDefaults, roleParameters, roleVars, type Task } from '../playbook/index.js';
import { type LazyMapping, OMIT, type Templar, type Variable, type Variables } from '../template/index.js';
import { isMapping, type Mapping, mapping, Pending, Unknowable, type Value } from '../values/index.js';
import type { Order } from './events.js';
import type { Entry, HostState } from './host-state.js';
import { includingRoles, namesOfRoles } from './role-names.js';
import { searchPath } from './search.js';

/** What all hosts of a run share. */
export interface RunScope {
  inventory: Inventory;
  templar: Templar;
  extraVars: Mapping;
  states: ReadonlyMap<string, HostState>;
  /** Variables that describe the run itself: ansible_version, ansible_check_mode, ansible_forks ... */
  constants: Mapping;
}

/** What all tasks of a play share. */
export interface PlayScope {
  run: RunScope;
  play: Play;
  /** Contents of vars_files. */
  fileVars: Mapping;
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

const connectionVariables =
  /^ansible_(host|port|user|password|connection|become.*|ssh_.*|private_key_file|shell_.*|python_interpreter|group_priority|check_mode|diff_mode|version|verbosity|forks|limit|run_tags|skip_tags|play_.*|role_.*|parent_role_.*|collection_name|search_path|config_file|inventory_sources|loop.*|failed_.*|index_var|managed|date_time_now)$/;

/** Could a host's facts bring this variable? */
const isFactName = (name: string): boolean => name.startsWith('ansible_') && !connectionVariables.test(name);

const data = (value: unknown): Variable => ({ value, template: false });
const template = (value: unknown): Variable => ({ value, template: true });

/** An incomplete result: known fields can be read, any other is unknowable. */
class IncompleteResult implements LazyMapping {
  constructor(
    readonly known: Mapping,
    readonly reason: string,
  ) {}
  lazyGet(key: string): Variable | undefined {
    if (Object.hasOwn(this.known, key)) return data(this.known[key]);
    throw new Unknowable(this.reason);
  }
  lazyKeys(): Iterable<string> {
    return Object.keys(this.known);
  }
}

function read(entry: Entry, what: string): Variable {
  if (entry.state === 'pending') throw new Pending(what, entry.ready);
  return data(entry.state === 'incomplete' ? new IncompleteResult(entry.value, entry.reason) : entry.value);
}

/** `ansible_facts`: gathered facts without their prefix. */
class Facts implements LazyMapping {
  constructor(readonly state: HostState) {}
  lazyGet(key: string): Variable | undefined {
    if (this.state.gathering) throw new Pending(`the facts of ${this.state.name}`, this.state.gathering);
    const entry = this.state.facts.get(key.replace(/^ansible_/, ''));
    return entry && read(entry, key);
  }
  lazyKeys(): Iterable<string> {
    if (this.state.gathering) throw new Pending(`the facts of ${this.state.name}`, this.state.gathering);
    return this.state.facts.keys();
  }
}

/** The layers of one host that do not depend on a play: what `hostvars` shows. */
function hostLayers(
  run: RunScope,
  host: string,
  playbookDir: string | undefined,
  order?: Order,
): ((name: string) => Variable | undefined)[] {
  const state = run.states.get(host);
  let inventoryVars: Mapping | undefined;
  return [
    (name) => {
      const entry = state?.at('setFacts', name, order);
      return entry && read(entry, name);
    },
    (name) => {
      const entry = state?.at('included', name, order);
      return entry && (entry.state === 'known' ? template(entry.value) : read(entry, name));
    },
    (name) => {
      if (!isFactName(name) || !state) return undefined;
      return new Facts(state).lazyGet(name);
    },
    (name) => {
      inventoryVars ??= run.inventory.hosts.has(host)
        ? run.inventory.variablesOf(host, playbookDir === undefined ? {} : { playbookDir })
        : mapping();
      return Object.hasOwn(inventoryVars, name) ? template(inventoryVars[name]) : undefined;
    },
  ];
}

/** `hostvars['name']`: every value rendered with that host's own variables. */
class HostVars implements LazyMapping {
  constructor(
    readonly scope: PlayScope,
    readonly asking: string,
    readonly host: string,
  ) {}

  lazyGet(key: string): Variable | undefined {
    if (this.#mayChange(key)) this.scope.awaitHost(this.asking, this.host);
    const variables = variablesOfHost(this.scope, this.host, this.asking);
    try {
      const found = variables.get(key);
      if (!found?.template) return found;
      return data(this.scope.run.templar.render(found.value as Value, variables));
    } catch (error) {
      if (!(error instanceof Pending) || error instanceof Unknowable || error.on !== undefined) throw error;
      throw new Pending(`${key} of ${this.host}`, error.ready, this.host);
    }
  }

  #mayChange(name: string): boolean {
    if (connectionVariables.test(name)) return false;
    return isFactName(name) || (this.scope.dynamicNames?.has(name) ?? true);
  }

  lazyKeys(): Iterable<string> {
    this.scope.awaitHost(this.asking, this.host);
    return variablesOfHost(this.scope, this.host).names();
  }
}

function magic(scope: TaskScope, name: string): Variable | undefined {
  const { run, play } = scope.play;
  switch (name) {
    case 'inventory_hostname':
      return data(scope.host);
    case 'inventory_hostname_short':
      return data(scope.host.split('.')[0] ?? scope.host);
    case 'group_names':
      return data([...(run.inventory.hosts.get(scope.host)?.groups ?? [])]);
    case 'groups':
      return data(Object.fromEntries([...run.inventory.groups].map(([group, { hosts }]) => [group, [...hosts]])));
    case 'hostvars':
      return data(hostVarsOf(scope));
    case 'ansible_facts': {
      const state = run.states.get(scope.host);
      return data(state ? new Facts(state) : mapping());
    }
    case 'play_hosts':
    case 'ansible_play_batch':
      scope.play.awaitAll(scope.host);
      return data([...scope.play.hosts().batch]);
    case 'ansible_play_hosts':
      scope.play.awaitAll(scope.host);
      return data([...scope.play.hosts().alive]);
    case 'ansible_play_hosts_all':
      return data([...scope.play.hosts().all]);
    case 'ansible_play_name':
      return data(play.name);
    case 'playbook_dir':
      return data(play.directory);
    case 'omit':
      return data(OMIT);
    case 'ansible_search_path':
      return scope.task && data(searchPath(scope.task));
    case 'role_name':
      return scope.task?.role && data(scope.task.role.name);
    case 'role_path':
      return scope.task?.role && data(scope.task.role.path);
    case 'ansible_role_name':
      return scope.task?.role && data(scope.task.role.name);
    case 'role_names':
    case 'ansible_play_role_names':
      return data(namesOfRoles(play.roles).own);
    case 'ansible_role_names':
      return data(namesOfRoles(play.roles).all);
    case 'ansible_dependent_role_names':
      return data(namesOfRoles(play.roles).dependent);
    case 'ansible_collection_name':
      return scope.task?.role && data(null);
    case 'ansible_parent_role_names': {
      const including = includingRoles(scope.task?.role);
      return including && data(including.map(({ name }) => name));
    }
    case 'ansible_parent_role_paths': {
      const including = includingRoles(scope.task?.role);
      return including && data(including.map(({ path }) => path));
    }
    default:
      return Object.hasOwn(run.constants, name) ? data(run.constants[name]) : undefined;
  }
}

const hostVarsOf = (scope: TaskScope): LazyMapping => ({
  lazyGet: (host) => {
    const { run } = scope.play;
    return run.inventory.hosts.has(host) || run.states.has(host)
      ? data(new HostVars(scope.play, scope.host, host))
      : undefined;
  },
  lazyKeys: () => scope.play.run.inventory.hosts.keys(),
});

const lookIn = (layer: Mapping | undefined, name: string): Variable | undefined =>
  layer && Object.hasOwn(layer, name) ? template(layer[name]) : undefined;

function lookInAll(layers: readonly Mapping[], name: string): Variable | undefined {
  for (let i = layers.length - 1; i >= 0; i--) {
    const found = lookIn(layers[i], name);
    if (found) return found;
  }
  return undefined;
}

const remembered = (compute: (role: RoleContext) => Mapping): ((role: RoleContext) => Mapping) => {
  const known = new WeakMap<RoleContext, Mapping>();
  return (role) => {
    const found = known.get(role) ?? compute(role);
    known.set(role, found);
    return found;
  };
};

const ofRole = {
  params: remembered(roleParameters),
  vars: remembered(roleVars),
  defaults: remembered(roleDefaults),
} as const;

/** The task's own role's, then those of the play's roles, which all its tasks see; later roles win. */
function lookInRoles(scope: TaskScope, name: string, kind: 'vars' | 'defaults'): Variable | undefined {
  const { task, play } = scope;
  const own = task?.role && lookIn(ofRole[kind](task.role), name);
  if (own) return own;
  const { roles } = play.play;
  for (let i = roles.length - 1; i >= 0; i--) {
    const role = roles[i];
    const found = role && lookIn(ofRole[kind](role), name);
    if (found) return found;
  }
  return undefined;
}

/** Ansible's 22 levels of precedence, highest first. */
function find(
  scope: TaskScope,
  layers: ((name: string) => Variable | undefined)[],
  name: string,
): Variable | undefined {
  const { run, play, fileVars } = scope.play;
  const { task } = scope;
  const [setFacts, included, facts, inventory] = layers;
  const state = run.states.get(scope.host);
  const live = state?.live.get(name);
  return (
    lookIn(run.extraVars, name) ??
    (scope.local && Object.hasOwn(scope.local, name) ? data(scope.local[name]) : undefined) ??
    magic(scope, name) ??
    (live && read(live, name)) ??
    (task && lookInAll(task.includeParams, name)) ??
    (task?.role && lookIn(ofRole.params(task.role), name)) ??
    setFacts?.(name) ??
    included?.(name) ??
    (task && lookInAll(task.varsChain, name)) ??
    lookInRoles(scope, name, 'vars') ??
    lookIn(fileVars, name) ??
    lookIn(play.vars, name) ??
    facts?.(name) ??
    inventory?.(name) ??
    lookInRoles(scope, name, 'defaults')
  );
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
  yield* [fileVars, play.vars].flatMap((layer) => Object.keys(layer));
  if (run.inventory.hosts.has(scope.host)) {
    yield* Object.keys(run.inventory.variablesOf(scope.host, { playbookDir: play.directory }));
  }
  if (state && !state.gathering) for (const name of state.facts.keys()) yield `ansible_${name}`;
}

/** The variables that a task on a host sees. Made anew for each evaluation round, since values become known. */
export function variablesOf(scope: TaskScope): Variables {
  const layers = hostLayers(scope.play.run, scope.host, scope.play.play.directory);
  const variables: Variables = {
    get: (name) =>
      name === 'vars'
        ? data({ lazyGet: (key: string) => variables.get(key), lazyKeys: () => namesOf(scope) })
        : find(scope, layers, name),
    names: () => namesOf(scope),
  };
  return variables;
}

/** What `hostvars` shows of a host: inventory, facts, set facts and extra vars, but nothing of the play or task. */
function variablesOfHost(play: PlayScope, host: string, asking?: string): Variables {
  const { run } = play;
  const order = asking === undefined || asking === host ? undefined : play.orderOf(asking);
  const layers = hostLayers(run, host, play.play.directory, order);
  const scope: TaskScope = { play, host };
  return {
    get: (name) => {
      const extra = lookIn(run.extraVars, name) ?? magic(scope, name);
      if (extra) return extra;
      for (const layer of layers) {
        const found = layer(name);
        if (found) return found;
      }
      return undefined;
    },
    names: () => {
      const state = run.states.get(host);
      const own = run.inventory.hosts.has(host)
        ? Object.keys(run.inventory.variablesOf(host, { playbookDir: play.play.directory }))
        : [];
      return new Set([
        ...own,
        ...(state?.setFacts.keys() ?? []),
        ...(state?.included.keys() ?? []),
        'inventory_hostname',
        'group_names',
        'ansible_facts',
      ]);
    },
  };
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
