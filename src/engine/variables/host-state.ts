import type { TextKind } from '../../template/index.js';
import { type Mapping, mapping, type Value } from '../../values/index.js';
import { isConnectionVariable } from '../conversation/connection-names.js';
import type { Order } from '../events.js';
import { compareOrders } from '../scheduler/order.js';

/**
 * A variable that came into being during the run. `pending` settles when its value may be read. What is `known` is data,
 * unless it is marked as a template, which is an encrypted value of the playbook.
 */
export type Entry =
  | { state: 'known'; value: Value; template?: boolean; kind?: TextKind }
  /** Check mode: some fields are not known; reading any but these says why. */
  | { state: 'incomplete'; value: Mapping; reason: string }
  | { state: 'pending'; ready: Promise<unknown> };

type Layer = 'facts' | 'setFacts' | 'included' | 'live';

/** What the task with that sequence number made of a variable. */
interface Version {
  sequence: number;
  entry: Entry;
}

/** Of before the play. */
const settledLongAgo = -1;

/**
 * What a run has learnt about one host: facts, set facts, registered results, included variables. Tasks are sent ahead
 * of their answers, so a change belongs to the task with that sequence number and is taken back when an earlier one
 * turns out to have failed.
 */
export class HostState {
  readonly name: string;
  /** What `setup` gathered, without the `ansible_` of its names. */
  readonly facts = new Map<string, Entry>();
  /** set_fact and register. */
  readonly setFacts = new Map<string, Entry>();
  /** include_vars. */
  readonly included = new Map<string, Entry>();
  /** Variables of a rescue section: ansible_failed_task, ansible_failed_result. */
  readonly live = new Map<string, Entry>();
  /** Facts whose names do not begin with `ansible_`: variables all the same. */
  readonly bareFacts = new Set<string>();
  /** Is there anything that a fact cache does not have? */
  hasNewFacts = false;
  /** While facts are being gathered. */
  gathering: Promise<unknown> | undefined;
  /** Changes whenever the run sets (or takes back) a variable that says how the host is reached. */
  connectionVersion = 0;
  /** Where the tasks of this play stand, by their sequence numbers. */
  readonly orders = new Map<number, Order>();
  /** By layer and name; in the order of the tasks, which is not that in which their results come. */
  readonly #versions = new Map<string, { layer: Layer; name: string; list: Version[] }>();

  constructor(name: string) {
    this.name = name;
  }

  /** Without `sequence` (another host's task sets it) it counts as part of the newest version. */
  set(layer: Layer, name: string, entry: Entry, sequence?: number): void {
    const versions = this.#versionsOf(layer, name);
    const at = sequence ?? versions.at(-1)?.sequence ?? settledLongAgo;
    const index = versions.findIndex((version) => version.sequence >= at);
    if (index < 0) versions.push({ sequence: at, entry });
    else versions.splice(index, versions[index]?.sequence === at ? 1 : 0, { sequence: at, entry });
    this.#show(layer, name, versions);
  }

  /** Facts, under the names that their module gave them. */
  learn(facts: Mapping, sequence?: number): void {
    for (const [name, value] of Object.entries(facts)) {
      if (!name.startsWith('ansible_')) this.bareFacts.add(name);
      this.set('facts', name.replace(/^ansible_/, ''), { state: 'known', value }, sequence);
    }
    this.hasNewFacts = true;
  }

  /** Facts of an earlier run. */
  recall(facts: Mapping): void {
    this.learn(facts);
    this.hasNewFacts = false;
    this.commit();
  }

  /** All facts under their full names. */
  knownFacts(): Mapping {
    const facts = mapping();
    for (const [name, entry] of this.facts) {
      if (entry.state === 'known') facts[this.bareFacts.has(name) ? name : `ansible_${name}`] = entry.value;
    }
    return facts;
  }

  /** Have facts been gathered, in this run or in one that was remembered? */
  get isGathered(): boolean {
    return this.facts.has('module_setup');
  }

  /** The variable as it is for a host at `order`: this one may have run ahead. */
  at(layer: Layer, name: string, order: Order | undefined): Entry | undefined {
    const versions = this.#versions.get(`${layer} ${name}`)?.list;
    if (!versions || order === undefined) return this[layer].get(name);
    return versions.findLast(({ sequence }) => compareOrders(this.orders.get(sequence) ?? [], order) < 0)?.entry;
  }

  /** Takes back every change of tasks after `sequence`. */
  rollBack(sequence: number): void {
    for (const { layer, name, list } of this.#versions.values()) {
      while ((list.at(-1)?.sequence ?? sequence) > sequence) list.pop();
      this.#show(layer, name, list);
    }
  }

  /** `meta: clear_facts`. */
  forgetFacts(): void {
    this.facts.clear();
    this.bareFacts.clear();
    this.hasNewFacts = false;
    for (const [key, { layer }] of this.#versions) if (layer === 'facts') this.#versions.delete(key);
  }

  /** Changes up to here are final. */
  commit(): void {
    this.#versions.clear();
    this.orders.clear();
  }

  #versionsOf(layer: Layer, name: string): Version[] {
    const key = `${layer} ${name}`;
    const known = this.#versions.get(key);
    if (known) return known.list;
    const before = this[layer].get(name);
    const list = before === undefined ? [] : [{ sequence: settledLongAgo, entry: before }];
    this.#versions.set(key, { layer, name, list });
    return list;
  }

  #show(layer: Layer, name: string, versions: readonly Version[]): void {
    const last = versions.at(-1);
    if (isConnectionVariable(name)) this.connectionVersion++;
    if (last) this[layer].set(name, last.entry);
    else this[layer].delete(name);
  }
}
