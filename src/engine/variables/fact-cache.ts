import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KprovError } from '../../errors/index.js';
import type { Inventory } from '../../inventory/index.js';
import type { Templar } from '../../template/index.js';
import { isMapping, mapping, type Value } from '../../values/index.js';
import type { RunOptions } from '../options.js';
import { HostState } from './host-state.js';

/** Where facts are kept from one run to the next, in files that Ansible's cache plugins read and write as well. */
export interface FactCacheOptions {
  format: 'json' | 'yaml';
  directory: string;
  /** In front of the host's name. */
  prefix: string;
  /** Seconds after which a file no longer counts; 0: never. */
  timeoutSeconds: number;
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/** Says of facts that they were gathered, not only set: `gathering = smart` looks for it. */
const GATHERED = '_ansible_facts_gathered';

/** One file a host. */
export class FactCache {
  readonly #options: FactCacheOptions;
  readonly #templar: Templar;

  /** Throws KprovError where the directory cannot be made. */
  constructor(options: FactCacheOptions, templar: Templar) {
    this.#options = options;
    this.#templar = templar;
    try {
      mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new KprovError('bad-fact-cache', `cannot make the directory of the fact cache: ${String(codeOf(error))}`, {
        why: options.directory,
        cause: error,
      });
    }
  }

  /** What is kept of a host becomes its facts. Throws KprovError for a file that cannot be read. */
  load(state: HostState): void {
    const path = this.#pathOf(state.name);
    const text = this.#read(path);
    if (text === undefined) return;
    let facts: Value;
    try {
      facts = this.#filtered(text, `from_${this.#options.format}`);
    } catch (cause) {
      throw new KprovError('bad-fact-cache', `${path} is no ${this.#options.format}`, {
        fix: 'remove it, or run with --flush-cache',
        cause,
      });
    }
    if (!isMapping(facts)) return;
    const { [GATHERED]: isGathered, ...rest } = facts;
    if (isGathered === true) rest.module_setup = true;
    state.recall(mapping(rest));
  }

  /** Keeps what the run has learnt of a host, where that is something new. */
  save(state: HostState): void {
    if (!state.hasNewFacts) return;
    state.hasNewFacts = false;
    const facts = state.knownFacts();
    const kept = mapping({ ...facts, ...(facts.module_setup === true && { [GATHERED]: true }) });
    const text = String(this.#filtered(kept, `to_nice_${this.#options.format}`));
    const path = this.#pathOf(state.name);
    const folder = mkdtempSync(join(this.#options.directory, '.new-'));
    try {
      const fresh = join(folder, 'facts');
      writeFileSync(fresh, text, { mode: 0o600 });
      chmodSync(fresh, 0o600);
      renameSync(fresh, path);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** `meta: clear_facts`, `--flush-cache`. */
  forget(host: string): void {
    rmSync(this.#pathOf(host), { force: true });
  }

  #read(path: string): string | undefined {
    const { timeoutSeconds } = this.#options;
    try {
      const age = (Date.now() - statSync(path).mtimeMs) / 1000;
      if (timeoutSeconds > 0 && age > timeoutSeconds) return undefined;
      return readFileSync(path, 'utf8');
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') return undefined;
      throw new KprovError('bad-fact-cache', `cannot read ${path}: ${String(codeOf(cause))}`, { cause });
    }
  }

  #pathOf(host: string): string {
    return join(this.#options.directory, `${this.#options.prefix}${host}`.replaceAll('/', '%2F'));
  }

  #filtered(value: Value, filter: string): Value {
    return this.#templar.evaluate(`it | ${filter}`, {
      get: (name) => (name === 'it' ? { value, template: false } : undefined),
      names: () => [],
    });
  }
}

/** What a fact cache knows about the hosts, those that no play is about too. Throws KprovError for a file it cannot read. */
export function recalledStates(
  cache: FactCache,
  { hosts }: Inventory,
  { flushesCache }: RunOptions,
): Map<string, HostState> {
  const states = new Map<string, HostState>();
  for (const name of new Set([...hosts.keys(), 'localhost'])) {
    if (flushesCache) cache.forget(name);
    const state = new HostState(name);
    cache.load(state);
    if (state.facts.size > 0) states.set(name, state);
  }
  return states;
}
