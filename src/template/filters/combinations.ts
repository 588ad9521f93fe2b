import { TemplateError } from '../errors.js';
import { itemsOf } from '../python/iterate.js';
import { Tuple } from '../python/kinds.js';
import { checkListLength } from '../python/limits.js';
import { type Filter, filter } from '../runtime/callables.js';
import { whole } from './arguments.js';

export function product(lists: readonly (readonly unknown[])[]): unknown[][] {
  checkListLength(lists.reduce((size, list) => size * list.length, 1));
  return lists.reduce<unknown[][]>(
    (rows, list) => rows.flatMap((row) => Array.from(list, (item) => [...row, item])),
    [[]],
  );
}

/** How many selections there are. */
function selectionCount(size: number, length: number, rising: boolean): number {
  let count = 1;
  for (let i = 0; i < length; i++) count *= rising ? (size - i) / (i + 1) : size - i;
  return Math.max(0, Math.round(count));
}

/** Ordered selections of `length` elements; `distinct` positions only, `rising` positions for combinations. */
function select(items: readonly unknown[], length: number, rising: boolean): unknown[][] {
  if (length < 0) throw new TemplateError('r must be non-negative', { code: 'bad-arguments' });
  if (length > items.length) return [];
  checkListLength(selectionCount(items.length, length, rising) * length);
  const rows: unknown[][] = [];
  const taken: number[] = [];
  const step = (): void => {
    if (taken.length === length) {
      rows.push(taken.map((at) => items[at]));
      return;
    }
    for (let at = rising ? (taken.at(-1) ?? -1) + 1 : 0; at < items.length; at++) {
      if (!rising && taken.includes(at)) continue;
      taken.push(at);
      step();
      taken.pop();
    }
  };
  step();
  return rows;
}

export function zipLongest(lists: readonly (readonly unknown[])[], fill: unknown): Tuple[] {
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, at) => Tuple.make(lists.map((list) => (at < list.length ? list[at] : fill))));
}

const tuples = (rows: unknown[][]): Tuple[] => rows.map((row) => Tuple.make(row));

export const combinationFilters: Readonly<Record<string, Filter>> = {
  zip: filter('*', (value, _, { rest }) => {
    const lists = [value, ...rest].map(itemsOf);
    const length = Math.min(...lists.map((list) => list.length));
    return Array.from({ length }, (__, at) => Tuple.make(lists.map((list) => list[at])));
  }),
  zip_longest: filter('* **', (value, _, { rest, extra }) => {
    const unexpected = [...extra.keys()].find((name) => name !== 'fillvalue');
    if (unexpected !== undefined)
      throw new TemplateError(`zip_longest has no parameter '${unexpected}'`, { code: 'bad-arguments' });
    return zipLongest([value, ...rest].map(itemsOf), extra.get('fillvalue') ?? null);
  }),
  product: filter('* **', (value, _, { rest, extra }) => {
    const unexpected = [...extra.keys()].find((name) => name !== 'repeat');
    if (unexpected !== undefined)
      throw new TemplateError(`product has no parameter '${unexpected}'`, { code: 'bad-arguments' });
    const repeat = whole(extra.get('repeat'), 'repeat', 1);
    checkListLength(repeat);
    const lists = [value, ...rest].map(itemsOf);
    return tuples(product(Array.from({ length: Math.max(0, repeat) }, () => lists).flat()));
  }),
  permutations: filter('r', (value, [r]) => {
    const items = itemsOf(value);
    return tuples(select(items, r === null ? items.length : whole(r, 'r', items.length), false));
  }),
  combinations: filter('r', (value, [r]) => tuples(select(itemsOf(value), whole(r, 'r'), true))),
};
