import { isMapping, type Mapping, mapping, type Value } from './value.js';

/** What becomes of a mapping under which another one of the same name comes: Ansible's hash_behaviour. */
export type HashBehaviour = 'replace' | 'merge';

/** Mappings one in the other, whatever else there is replaced. */
export function merged(base: Value | undefined, over: Value): Value {
  if (base === undefined || !isMapping(base) || !isMapping(over)) return over;
  const both = mapping(base);
  for (const [key, value] of Object.entries(over)) both[key] = merged(both[key], value);
  return both;
}

/** Variables put over those in `into`, which is changed and returned. */
export function putOver(into: Mapping, over: Mapping, behaviour: HashBehaviour | undefined): Mapping {
  if (behaviour !== 'merge') return Object.assign(into, over);
  for (const [name, value] of Object.entries(over)) into[name] = merged(into[name], value);
  return into;
}
