import { resolve } from 'node:path';
import { localhostNames } from '../../inventory/index.js';
import { type LazyMapping, OMIT, UndefinedError, type Variable, type Variables } from '../../template/index.js';
import { mapping, Pending, Unknowable, type Value } from '../../values/index.js';
import { data, Facts, HostLayers, isFactName, isGiven, lookIn } from './host-layers.js';
import { mergedVariable } from './merged-variable.js';
import { includingRoles, namesOfRoles } from './role-names.js';
import { searchPath } from './search.js';
import type { PlayScope, TaskScope } from './variable-scopes.js';

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
      const { value, isOwn } = this.scope.run.templar.renderTraced(found.value as Value, variables);
      return isOwn ? own(value) : data(value);
    } catch (error) {
      // As in Ansible: what lacks a variable that the host itself does not have stays as it is written.
      if (error instanceof UndefinedError)
        return { value: variables.get(key)?.value, template: false, origin: 'unrendered' };
      if (!(error instanceof Pending) || error instanceof Unknowable || error.on !== undefined) throw error;
      throw new Pending(`${key} of ${this.host}`, error.ready, this.host);
    }
  }

  #mayChange(name: string): boolean {
    if (isGiven(name)) return false;
    return isFactName(name) || (this.scope.dynamicNames?.has(name) ?? true);
  }

  lazyKeys(): Iterable<string> {
    this.scope.awaitHost(this.asking, this.host);
    return variablesOfHost(this.scope, this.host).names();
  }
}

/** Names and places that the author chose, not a host. */
const own = (value: unknown): Variable => ({ value, template: false, origin: 'author' });

/** Variables that nobody sets: who and where the host, the play and the task are. */
export function magic(scope: TaskScope, name: string): Variable | undefined {
  const { run, play } = scope.play;
  const absolute = (path: string): string => resolve(run.workingDirectory, path);
  switch (name) {
    case 'inventory_hostname':
      return own(scope.host);
    case 'inventory_hostname_short':
      return own(scope.host.split('.')[0] ?? scope.host);
    case 'group_names':
      return own([...(run.inventory.hosts.get(scope.host)?.groups ?? [])]);
    case 'groups':
      return own(Object.fromEntries([...run.inventory.groups].map(([group, { hosts }]) => [group, [...hosts]])));
    case 'hostvars':
      return data(hostVarsOf(scope));
    case 'ansible_facts': {
      const state = run.states.get(scope.host);
      return data(state ? new Facts(state) : mapping());
    }
    case 'play_hosts':
    case 'ansible_play_batch':
      scope.play.awaitAll(scope.host);
      return own([...scope.play.hosts().batch]);
    case 'ansible_play_hosts':
      scope.play.awaitAll(scope.host);
      return own([...scope.play.hosts().alive]);
    case 'ansible_play_hosts_all':
      return own([...scope.play.hosts().all]);
    case 'ansible_play_name':
      return own(play.name);
    case 'playbook_dir':
      return own(absolute(play.directory));
    case 'omit':
      return own(OMIT);
    case 'ansible_search_path':
      return scope.task && own(searchPath(scope.task).map(absolute));
    case 'role_name':
      return scope.task?.role && own(scope.task.role.name);
    case 'role_path':
      return scope.task?.role && own(absolute(scope.task.role.path));
    case 'ansible_role_name':
      return scope.task?.role && own(scope.task.role.name);
    case 'role_names':
    case 'ansible_play_role_names':
      return own(namesOfRoles(play.roles).own);
    case 'ansible_role_names':
      return own(namesOfRoles(play.roles).all);
    case 'ansible_dependent_role_names':
      return own(namesOfRoles(play.roles).dependent);
    case 'ansible_collection_name':
      return scope.task?.role && own(null);
    case 'ansible_parent_role_names': {
      const including = includingRoles(scope.task?.role);
      return including && own(including.map(({ name }) => name));
    }
    case 'ansible_parent_role_paths': {
      const including = includingRoles(scope.task?.role);
      return including && own(including.map(({ path }) => absolute(path)));
    }
    default:
      return Object.hasOwn(run.constants, name) ? own(run.constants[name]) : undefined;
  }
}

const hostVarsOf = (scope: TaskScope): LazyMapping => ({
  lazyGet: (host) => {
    const { run } = scope.play;
    // The control machine is there to be asked about in every inventory, but in no list of hosts.
    return run.inventory.hosts.has(host) || run.states.has(host) || localhostNames.includes(host)
      ? data(new HostVars(scope.play, scope.host, host))
      : undefined;
  },
  lazyKeys: () => scope.play.run.inventory.hosts.keys(),
});

/** What `hostvars` shows of a host: inventory, facts, set facts and extra vars, but nothing of the play or task. */
function variablesOfHost(play: PlayScope, host: string, asking?: string): Variables {
  const { run } = play;
  const order = asking === undefined || asking === host ? undefined : play.orderOf(asking);
  const layers = new HostLayers(run, host, play.play.directory, order);
  const scope: TaskScope = { play, host };
  function* found(name: string): Generator<Variable | undefined> {
    yield lookIn(run.extraVars, name);
    yield magic(scope, name);
    yield layers.setFact(name);
    yield layers.included(name);
    yield layers.fact(name);
    yield layers.inventory(name);
  }
  return {
    get: (name) => {
      if (run.hashBehaviour === 'merge') return magic(scope, name) ?? mergedVariable(found(name));
      for (const variable of found(name)) if (variable) return variable;
      return undefined;
    },
    names: () => {
      const state = run.states.get(host);
      return new Set([
        ...Object.keys(run.inventory.variablesOf(host, { playbookDir: play.play.directory })),
        ...Object.keys(run.extraVars),
        ...(state?.setFacts.keys() ?? []),
        ...(state?.included.keys() ?? []),
        'inventory_hostname',
        'group_names',
        'ansible_facts',
      ]);
    },
  };
}
