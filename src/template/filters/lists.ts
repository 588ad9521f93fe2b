import { TemplateError } from '../errors.js';
import { compare, equalityKey, isEqual, isTruthy } from '../python/compare.js';
import { dictEntries, dictGet } from '../python/dict.js';
import { itemsOf, lengthOf, listOf } from '../python/iterate.js';
import { isDict, isList, isString, MISSING, Tuple, typeName, Undefined } from '../python/kinds.js';
import { checkListLength, checkTextLength } from '../python/limits.js';
import { binary } from '../python/operators.js';
import { str } from '../python/repr.js';
import { type CallContext, type Filter, filter } from '../runtime/callables.js';
import { flag, ignoreCase, itemOf, pathGetter, pathsGetter, whole } from './arguments.js';

/** Python's sort is stable, as is JavaScript's; `reverse` keeps the order of equals. */
export function sorted(items: readonly unknown[], key: (item: unknown) => unknown, reverse: boolean): unknown[] {
  const keyed = Array.from(items, (item) => [key(item), item] as const);
  const sign = reverse ? -1 : 1;
  return keyed.sort(([a], [b]) => sign * compare(a, b)).map(([, item]) => item);
}

const extreme = (name: string, wins: (order: number) => boolean): Filter =>
  filter('case_sensitive attribute', (value, [caseSensitive, attribute]) => {
    const items = itemsOf(value);
    if (items.length === 0) return new Undefined(`No aggregated item, sequence was empty (${name}).`);
    const path = pathGetter(attribute);
    const key = flag(caseSensitive) ? path : (item: unknown) => ignoreCase(path(item));
    let best = items[0];
    let bestKey = key(best);
    for (const item of items.slice(1)) {
      const itemKey = key(item);
      if (wins(compare(itemKey, bestKey))) [best, bestKey] = [item, itemKey];
    }
    return best;
  });

/** The first of each group of equal elements. */
function unique(items: readonly unknown[], key: (item: unknown) => unknown): unknown[] {
  const seen = new Set<string>();
  return Array.from(items).filter((item) => {
    const text = equalityKey(key(item));
    return !seen.has(text) && seen.add(text);
  });
}

const same = (item: unknown): unknown => item;
const members = (items: readonly unknown[]): Set<string> => new Set(Array.from(items, equalityKey));

const setFilter = (run: (a: readonly unknown[], b: readonly unknown[]) => unknown[]): Filter =>
  filter('b', (a, [b]) => unique(run(itemsOf(a), itemsOf(b)), same));

/** Adds the lists in Python, so that nothing but lists will do. */
const listSetFilter = (run: (a: readonly unknown[], b: readonly unknown[]) => unknown[]): Filter => {
  const unchecked = setFilter(run);
  return {
    ...unchecked,
    run(a, args, call) {
      for (const each of [a, args[0]])
        if (!isList(each)) throw new TemplateError(`a list is needed, not ${typeName(each ?? null)}`);
      return unchecked.run(a, args, call);
    },
  };
};

const without = (a: readonly unknown[], b: readonly unknown[]): unknown[] => {
  const known = members(b);
  return Array.from(a).filter((item) => !known.has(equalityKey(item)));
};

/** select, reject and their attribute forms. */
const selector = (keeps: boolean, byAttribute: boolean): Filter =>
  filter(
    '* **',
    (value, _, { rest, extra, context }) => {
      if (!isTruthy(value)) return [];
      if (byAttribute && rest.length === 0) throw new TemplateError('Missing parameter for attribute name');
      const [get, [name, ...args]] = byAttribute ? [pathGetter(rest[0]), rest.slice(1)] : [same, rest];
      return Array.from(itemsOf(value)).filter((item) => {
        const tested = get(item);
        const holds = name === undefined ? isTruthy(tested) : context.applyTest(testName(name), tested, args, extra);
        return holds === keeps;
      });
    },
    { acceptsUndefined: true },
  );

const testName = (name: unknown): string => str(name).replace(/^(?:ansible\.builtin|ansible\.legacy)\./, '');

function flatten(items: readonly unknown[], levels: number, skipsNulls: boolean): unknown[] {
  return Array.from(items).flatMap((item) => {
    if (skipsNulls && (item === null || item === 'None' || item === 'null')) return [];
    return isList(item) && levels > 0 ? flatten(item, levels - 1, skipsNulls) : [item];
  });
}

function map(
  value: unknown,
  rest: readonly unknown[],
  extra: ReadonlyMap<string, unknown>,
  context: CallContext,
): unknown[] {
  const items = itemsOf(value);
  if (rest.length === 0 && extra.has('attribute')) {
    const unexpected = [...extra.keys()].find((name) => name !== 'attribute' && name !== 'default');
    if (unexpected !== undefined) throw new TemplateError(`map: unexpected keyword argument '${unexpected}'`);
    return Array.from(items, pathGetter(extra.get('attribute'), extra.get('default')));
  }
  const [name, ...args] = rest;
  if (name === undefined) throw new TemplateError('map requires a filter argument');
  return Array.from(items, (item) => context.applyFilter(testName(name), item, args, extra));
}

export const listFilters: Readonly<Record<string, Filter>> = {
  list: filter('', (value) => listOf(value)),
  length: filter('', (value) => lengthOf(value)),
  first: filter('', (value) => {
    const items = itemsOf(value);
    return items.length > 0 ? items[0] : new Undefined('No first item, sequence was empty.');
  }),
  last: filter('', (value) => {
    const items = itemsOf(value);
    return items.length > 0 ? items[items.length - 1] : new Undefined('No last item, sequence was empty.');
  }),
  min: extreme('min', (order) => order < 0),
  max: extreme('max', (order) => order > 0),
  sum: filter('attribute start', (value, [attribute, start = 0]) => {
    const get = pathGetter(attribute);
    return itemsOf(value).reduce((total: unknown, item) => {
      if (isString(total)) throw new TemplateError("sum() can't sum strings", { fix: "use join('')" });
      return binary('+', total, get(item));
    }, start);
  }),
  sort: filter('reverse case_sensitive attribute', (value, [reverse, caseSensitive, attribute]) =>
    sorted(itemsOf(value), pathsGetter(attribute, flag(caseSensitive)), flag(reverse)),
  ),
  unique: filter('case_sensitive attribute', (value, [caseSensitive, attribute]) => {
    // Ansible hands bool(case_sensitive) on, so that not given means not case sensitive.
    const path = pathGetter(attribute);
    return unique(itemsOf(value), flag(caseSensitive) ? path : (item) => ignoreCase(path(item)));
  }),
  union: listSetFilter((a, b) => [...a, ...b]),
  intersect: setFilter((a, b) => {
    const known = members(b);
    return Array.from(a).filter((item) => known.has(equalityKey(item)));
  }),
  difference: setFilter(without),
  symmetric_difference: listSetFilter((a, b) => [...without(a, b), ...without(b, a)]),
  join: filter('d attribute', (value, [separator = '', attribute]) => {
    const joined = Array.from(itemsOf(value), (item) => str(pathGetter(attribute)(item))).join(str(separator));
    checkTextLength(joined.length);
    return joined;
  }),
  reverse: filter('', (value) => (isString(value) ? [...value].reverse().join('') : listOf(value).reverse())),
  map: filter(
    '* **',
    (value, _, { rest, extra, context }) => {
      if (!isTruthy(value)) return [];
      return map(value, rest, extra, context);
    },
    { acceptsUndefined: true },
  ),
  select: selector(true, false),
  reject: selector(false, false),
  selectattr: selector(true, true),
  rejectattr: selector(false, true),
  groupby: filter('attribute default case_sensitive', (value, [attribute, fallback, caseSensitive]) => {
    const get = pathGetter(attribute, fallback);
    const key = flag(caseSensitive) ? get : (item: unknown) => ignoreCase(get(item));
    const groups: { key: unknown; items: unknown[] }[] = [];
    for (const item of sorted(itemsOf(value), key, false)) {
      const last = groups.at(-1);
      if (last !== undefined && isEqual(last.key, key(item))) last.items.push(item);
      else groups.push({ key: key(item), items: [item] });
    }
    return groups.map(({ items }) => {
      const grouper = get(items[0]);
      return Object.assign(Tuple.make([grouper, items]), { named: { grouper, list: items } });
    });
  }),
  batch: filter('linecount fill_with', (value, [lineCount, fill]) => {
    const size = whole(lineCount, 'linecount');
    const items = listOf(value);
    if (size < 1) throw new TemplateError('batch: linecount must be at least 1');
    const batches: unknown[][] = [];
    for (let at = 0; at < items.length; at += size) batches.push(items.slice(at, at + size));
    const last = batches.at(-1);
    checkListLength(size);
    while (fill !== undefined && fill !== null && last !== undefined && last.length < size) last.push(fill);
    return batches;
  }),
  slice: filter('slices fill_with', (value, [slices, fill]) => {
    const count = whole(slices, 'slices');
    if (count < 1) throw new TemplateError('slice: there must be at least 1 slice');
    checkListLength(count);
    const items = listOf(value);
    const size = Math.floor(items.length / count);
    const extra = items.length % count;
    let at = 0;
    return Array.from({ length: count }, (_, index) => {
      const part = items.slice(at, at + size + (index < extra ? 1 : 0));
      at += part.length;
      if (fill !== undefined && fill !== null && index >= extra) part.push(fill);
      return part;
    });
  }),
  flatten: filter('levels skip_nulls', (value, [levels, skipNulls]) => {
    if (!isList(value)) return flatten(itemsOf(value), 0, flag(skipNulls, true));
    const depth = levels === undefined || levels === null ? Number.POSITIVE_INFINITY : whole(levels, 'levels');
    return flatten(value, depth, flag(skipNulls, true));
  }),
  extract: filter(
    'container morekeys',
    (value, [container, more]) => {
      const keys = [value, ...(more === undefined || more === null ? [] : isList(more) ? more : [more])];
      for (const key of keys) if (key instanceof Undefined) key.fail();
      return keys.reduce((found, key) => itemOf(found, key), container);
    },
    // A container that is not there gives nothing, for `default` to replace.
    { acceptsUndefined: true },
  ),
  subelements: filter('subelements skip_missing', (value, [path, skipMissing]) =>
    subelements(value, path, flag(skipMissing)),
  ),
};

/** Pairs of each element and the members of a list inside it. */
export function subelements(value: unknown, path: unknown, skipsMissing: boolean): unknown[] {
  if (!isDict(value) && !isList(value)) throw new TemplateError('obj must be a list of dicts or a nested dict');
  const elements = isDict(value) ? dictEntries(value).map(([, item]) => item) : value;
  if (!isList(path) && typeof path !== 'string') throw new TemplateError('subelements must be a list or a string');
  const keys = isList(path) ? path : path.split('.');
  return elements.flatMap((element) => {
    let inner: unknown = element;
    for (const key of keys) {
      if (!isDict(inner))
        throw new TemplateError(`the key ${str(key)} should point to a dictionary, got '${typeName(inner)}'`);
      const found = dictGet(inner, key);
      if (found === MISSING || found instanceof Undefined) {
        if (skipsMissing) return [];
        throw new TemplateError(`could not find ${JSON.stringify(key)} key in iterated item`, {
          fix: 'pass skip_missing=true to leave such items out',
        });
      }
      inner = found;
    }
    if (!isList(inner))
      throw new TemplateError(`the key '${str(keys.at(-1))}' should point to a list, got ${typeName(inner)}`);
    return inner.map((item) => Tuple.make([element, item]));
  });
}
