import type { LazyMapping, Variable } from '../../template/index.js';
import { type Mapping, Pending, Unknowable } from '../../values/index.js';
import type { Order } from '../events.js';
import type { Entry, HostState } from './host-state.js';
import type { RunScope } from './variable-scopes.js';

const connectionVariables =
  /^ansible_(host|host_key_checking|port|user|timeout|sudo_.*|su_.*|password|connection|become.*|ssh_.*|private_key_file|shell_.*|python_interpreter|group_priority|check_mode|diff_mode|version|verbosity|forks|limit|run_tags|skip_tags|play_.*|role_.*|parent_role_.*|collection_name|search_path|config_file|inventory_sources|loop.*|failed_.*|index_var|managed|date_time_now)$/;

/** Is this a variable that only inventory, playbook or engine give: never a fact, never another task's result? */
export const isGiven = (name: string): boolean => connectionVariables.test(name);

/** Facts without Ansible's prefix: of getent, service_facts, package_facts, mount_facts, setup. */
const bareFacts = /^(getent_\w+|services|packages|mount_points|aggregate_mounts|gather_subset|module_setup)$/;

/** Could a host's facts bring this variable? */
export const isFactName = (name: string): boolean =>
  (name.startsWith('ansible_') && !isGiven(name)) || bareFacts.test(name);

export const data = (value: unknown): Variable => ({ value, template: false });
export const template = (value: unknown): Variable => ({ value, template: true });

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

/** The variable as expressions see it. Throws Pending, with `what` in its message, while its value is on its way. */
export function read(entry: Entry, what: string): Variable {
  if (entry.state === 'pending') throw new Pending(what, entry.ready);
  if (entry.state === 'known' && entry.template) return template(entry.value);
  if (entry.state === 'incomplete') return data(new IncompleteResult(entry.value, entry.reason));
  return entry.kind === undefined ? data(entry.value) : { ...data(entry.value), kind: entry.kind };
}

/** `ansible_facts`: gathered facts without their prefix. */
export class Facts implements LazyMapping {
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

export const lookIn = (layer: Mapping | undefined, name: string): Variable | undefined =>
  layer && Object.hasOwn(layer, name) ? template(layer[name]) : undefined;

/** Are facts to be had as variables of their own? Custom ones always are, as with Ansible. */
export const injects = (run: RunScope, name: string): boolean => run.injectsFacts !== false || name === 'ansible_local';

/** The variables of one host that do not depend on a play. With `order` as they are for a host that is there. */
export class HostLayers {
  readonly #run: RunScope;
  readonly #host: string;
  readonly #playbookDir: string | readonly string[];
  readonly #order: Order | undefined;
  readonly #state: HostState | undefined;
  #inventory: Mapping | undefined;

  constructor(run: RunScope, host: string, playbookDir: string | readonly string[], order?: Order) {
    this.#run = run;
    this.#host = host;
    this.#playbookDir = playbookDir;
    this.#order = order;
    this.#state = run.states.get(host);
  }

  setFact(name: string): Variable | undefined {
    const entry = this.#state?.at('setFacts', name, this.#order);
    return entry && read(entry, name);
  }

  included(name: string): Variable | undefined {
    const entry = this.#state?.at('included', name, this.#order);
    return entry && (entry.state === 'known' ? template(entry.value) : read(entry, name));
  }

  live(name: string): Variable | undefined {
    const entry = this.#state?.live.get(name);
    return entry && read(entry, name);
  }

  fact(name: string): Variable | undefined {
    if (!this.#state || !injects(this.#run, name)) return undefined;
    if (!isFactName(name) && (isGiven(name) || !this.#state.bareFacts.has(name))) return undefined;
    return new Facts(this.#state).lazyGet(name);
  }

  /** Variables of the inventory, those beside the playbook included. */
  inventory(name: string): Variable | undefined {
    this.#inventory ??= this.#run.inventory.variablesOf(this.#host, { playbookDir: this.#playbookDir });
    return lookIn(this.#inventory, name);
  }
}
