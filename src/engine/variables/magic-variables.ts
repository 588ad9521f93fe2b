import { type LazyMapping, OMIT, UndefinedError, type Variable, type Variables } from '../../template/index.js';
import { mapping, Pending, Unknowable, type Value } from '../../values/index.js';
import { data, Facts, HostLayers, isFactName, isGiven, lookIn } from './host-layers.js';
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
      return data(this.scope.run.templar.render(found.value as Value, variables));
    } catch (error) {
      // As in Ansible: what lacks a variable that the host itself does not have stays as it is written.
      if (error instanceof UndefinedError) return variables.get(key) && data(variables.get(key)?.value);
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

/** Variables that nobody sets: who and where the host, the play and the task are. */
export function magic(scope: TaskScope, name: string): Variable | undefined {
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

/** What `hostvars` shows of a host: inventory, facts, set facts and extra vars, but nothing of the play or task. */
function variablesOfHost(play: PlayScope, host: string, asking?: string): Variables {
  const { run } = play;
  const order = asking === undefined || asking === host ? undefined : play.orderOf(asking);
  const layers = new HostLayers(run, host, play.play.directory, order);
  const scope: TaskScope = { play, host };
  return {
    get: (name) => {
      return (
        lookIn(run.extraVars, name) ??
        magic(scope, name) ??
        layers.setFact(name) ??
        layers.included(name) ??
        layers.fact(name) ??
        layers.inventory(name)
      );
    },
    names: () => {
      const state = run.states.get(host);
      return new Set([
        ...Object.keys(run.inventory.variablesOf(host, { playbookDir: play.play.directory })),
        ...(state?.setFacts.keys() ?? []),
        ...(state?.included.keys() ?? []),
        'inventory_hostname',
        'group_names',
        'ansible_facts',
      ]);
    },
  };
}
