/** The lookups that are functions of their terms alone. */
import type { Mapping, Value } from '../../values/index.js';
import { isMapping, mapping } from '../../values/index.js';
import { TemplateError } from '../errors.js';
import { product, zipLongest } from '../filters/combinations.js';
import { toValue } from '../python/copy.js';
import type { Lookup } from '../types.js';
import { sequence } from './sequence.js';
import { subelements } from './subelements.js';

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
  subelements,
};
