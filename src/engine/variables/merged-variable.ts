import { isLazyMapping, type LazyMapping, type Variable } from '../../template/index.js';
import { isMapping, merged, type Value } from '../../values/index.js';
import { data, template } from './host-layers.js';

const isMapped = ({ value }: Variable): boolean => isLazyMapping(value) || isMapping(value);

const memberOf = ({ value, template: isTemplate }: Variable, key: string): Variable | undefined => {
  if (isLazyMapping(value)) return value.lazyGet(key);
  if (!isMapping(value) || !Object.hasOwn(value, key)) return undefined;
  return isTemplate ? template(value[key]) : data(value[key]);
};

/** Mappings of which some are templates and some are not: told apart member by member. */
class MergedMapping implements LazyMapping {
  constructor(readonly layers: readonly Variable[]) {}
  lazyGet(key: string): Variable | undefined {
    return mergedVariable(this.layers.map((layer) => memberOf(layer, key)));
  }
  lazyKeys(): Iterable<string> {
    // Python's order: that of the lowest layer first.
    return new Set([...this.layers].reverse().flatMap(({ value }) => keysOf(value)));
  }
}

const keysOf = (value: unknown): string[] =>
  isLazyMapping(value) ? [...value.lazyKeys()] : isMapping(value) ? Object.keys(value) : [];

/**
 * What `hash_behaviour = merge` makes of the values that a name has on each level, the highest first: mappings are merged
 * down to the first value that is none. Asks for no more of them than count.
 */
export function mergedVariable(found: Iterable<Variable | undefined>): Variable | undefined {
  const layers: Variable[] = [];
  for (const variable of found) {
    if (variable === undefined) continue;
    if (!isMapped(variable)) {
      if (layers.length === 0) return variable;
      break;
    }
    layers.push(variable);
  }
  const [first, ...lower] = layers;
  if (first === undefined || lower.length === 0) return first;
  const isPlain = layers.every(({ value, template: isOne }) => !isLazyMapping(value) && isOne === first.template);
  if (!isPlain) return data(new MergedMapping(layers));
  const value = lower.reduce((over, { value: base }) => merged(base as Value, over), first.value as Value);
  return { ...first, value };
}
