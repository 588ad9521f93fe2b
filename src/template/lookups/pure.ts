/** The lookups that are functions of their terms alone. */
import type { Mapping, Value } from '../../values/index.js';
import { isMapping, mapping } from '../../values/index.js';
import { TemplateError } from '../errors.js';
import { product, zipLongest } from '../filters/combinations.js';
import { subelements } from '../filters/lists.js';
import { toValue } from '../python/copy.js';
import type { Lookup } from '../types.js';
import { sequence } from './sequence.js';

function flat(terms: readonly Value[]): Value[] {
  return terms.flatMap((term): Value[] => {
    if (term === null || term === 'None' || term === 'null') return [];
    return Array.isArray(term) ? flat(term) : [term];
  });
}

/** One level of lists opened, as `with_items` and its kin do. */
const opened = (terms: readonly Value[]): Value[] =>
  terms.flatMap((term): Value[] => (Array.isArray(term) ? term : [term]));

function asLists(terms: readonly Value[], name: string): Value[][] {
  if (terms.length === 0) throw new TemplateError(`the lookup '${name}' requires at least one element in each list`);
  return terms.map((term) => (Array.isArray(term) ? flat(term) : [term]));
}

const values = (rows: readonly unknown[]): Value[] => rows.map((row) => toValue(row));

function dict(terms: Value[]): Value[] {
  return opened(terms).flatMap((term) => {
    if (!isMapping(term)) throw new TemplateError('with_dict expects a dict');
    return Object.entries(term).map(([key, value]): Mapping => mapping({ key, value }));
  });
}

function without(element: Mapping, [key = '', ...rest]: readonly string[]): Mapping {
  const copy = mapping(element);
  const inner = copy[key];
  if (rest.length > 0 && isMapping(inner)) copy[key] = without(inner, rest);
  else delete copy[key];
  return copy;
}

function elements(terms: Value[]): Value[] {
  const [list, path, flags] = terms;
  if (list === undefined || typeof path !== 'string') {
    throw new TemplateError("the lookup 'subelements' expects a list and the path of a list within its elements");
  }
  const skipsMissing = isMapping(flags ?? null) && (flags as Mapping).skip_missing === true;
  // Ansible's lookup, unlike the filter, takes the list out of the elements that it hands back.
  return values(subelements(list, path, skipsMissing)).map((pair): Value => {
    const [element, item] = pair as [Mapping, Value];
    return [without(element, path.split('.')), item];
  });
}

export const pureLookups: Readonly<Record<string, Lookup>> = {
  items: opened,
  list: (terms) => terms,
  flattened: flat,
  dict,
  sequence: (terms, kwargs) => sequence(terms, kwargs),
  nested: (terms) => values(product(asLists(terms, 'nested'))),
  cartesian: (terms) => values(product(asLists(terms, 'cartesian'))),
  together: (terms) => values(zipLongest(asLists(terms, 'together'), null)),
  indexed_items: (terms) => opened(terms).map((item, index): Value => [index, item]),
  subelements: elements,
};
