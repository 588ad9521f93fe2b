import { Float, float, isMapping, type Mapping, mapping, merged, type Value } from '../../values/index.js';

/** The name under which values of the whole run stand beside those of hosts, as with Ansible. */
export const RUN_STATS = '_run';

/** What set_stats, and modules that bring `ansible_stats`, have to say at the end of the run. */
export class CustomStats {
  /** By host, and by `_run` for the whole run; in the order in which they came. */
  readonly values = new Map<string, Mapping>();

  /** Takes over a result's `ansible_stats`: for each of the hosts, or, without `per_host`, for the run. */
  take(stats: Value | undefined, hosts: readonly string[]): void {
    if (!isMapping(stats) || !isMapping(stats.data)) return;
    const owners = stats.per_host === undefined || stats.per_host === true ? hosts : [RUN_STATS];
    for (const owner of owners) {
      for (const [name, value] of Object.entries(stats.data)) {
        const known = this.values.get(owner) ?? mapping();
        known[name] = stats.aggregate === true ? added(known[name], value) : value;
        this.values.set(owner, known);
      }
    }
  }
}

/** Python's `int` and `float` are not added to each other, nor is anything to what is of another type. */
function kindOf(value: Value): string {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return value instanceof Float ? 'float' : value === null ? 'none' : typeof value;
}

/** What there is with the new value: numbers are summed, texts and lists put behind, mappings put over. */
function added(known: Value | undefined, value: Value): Value {
  if (known === undefined) return value;
  if (isMapping(known)) return isMapping(value) ? merged(known, value) : known;
  if (kindOf(known) !== kindOf(value)) return known;
  if (Array.isArray(known) && Array.isArray(value)) return [...known, ...value];
  if (typeof known === 'string' && typeof value === 'string') return known + value;
  if (known === null) return known;
  const sum = Number(known) + Number(value);
  return kindOf(known) === 'float' ? float(sum) : sum;
}
