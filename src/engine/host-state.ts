import type { Mapping, Value } from '../values/index.js';

/** A variable that came into being during the run. `pending` settles when its value may be read. */
export type Entry =
  | { state: 'known'; value: Value }
  /** Check mode: some fields are not known; reading any but these says why. */
  | { state: 'incomplete'; value: Mapping; reason: string }
  | { state: 'pending'; ready: Promise<unknown> };

type Layer = 'facts' | 'setFacts' | 'included' | 'live';

interface Change {
  sequence: number;
  layer: Layer;
  name: string;
  before: Entry | undefined;
}

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
  /** While facts are being gathered. */
  gathering: Promise<unknown> | undefined;
  #changes: Change[] = [];

  constructor(name: string) {
    this.name = name;
  }

  set(layer: Layer, name: string, entry: Entry, sequence: number): void {
    this.#changes.push({ sequence, layer, name, before: this[layer].get(name) });
    this[layer].set(name, entry);
  }

  setAll(layer: Layer, values: Mapping, sequence: number): void {
    for (const [name, value] of Object.entries(values)) this.set(layer, name, { state: 'known', value }, sequence);
  }

  /** Takes back every change of tasks after `sequence`. */
  rollBack(sequence: number): void {
    while (this.#changes.length > 0) {
      const last = this.#changes.at(-1);
      if (!last || last.sequence <= sequence) break;
      this.#changes.pop();
      if (last.before) this[last.layer].set(last.name, last.before);
      else this[last.layer].delete(last.name);
    }
  }

  /** Changes up to here are final. */
  commit(): void {
    this.#changes = [];
  }
}
