import { TemplateError } from '../errors.js';
import { equalityKey, isTruthy } from '../python/compare.js';
import { dictEntries, mapKey } from '../python/dict.js';
import { itemsOf } from '../python/iterate.js';
import { type Dict, isDict, isList, Tuple, typeName, Undefined } from '../python/kinds.js';
import { repr, str } from '../python/repr.js';
import { type Filter, filter } from '../runtime/callables.js';
import { flag, ignoreCase, itemOf } from './arguments.js';
import { sorted } from './lists.js';

export type ListMerge = 'replace' | 'keep' | 'append' | 'prepend' | 'append_rp' | 'prepend_rp';
const listMerges = new Set<string>(['replace', 'keep', 'append', 'prepend', 'append_rp', 'prepend_rp']);

function mergeLists(low: readonly unknown[], high: readonly unknown[], how: ListMerge): unknown[] {
  const without = (a: readonly unknown[], b: readonly unknown[]): unknown[] => {
    const known = new Set(Array.from(b, equalityKey));
    return Array.from(a).filter((item) => !known.has(equalityKey(item)));
  };
  switch (how) {
    case 'replace':
      return [...high];
    case 'keep':
      return [...low];
    case 'append':
      return [...low, ...high];
    case 'prepend':
      return [...high, ...low];
    case 'append_rp':
      return [...without(low, high), ...high];
    case 'prepend_rp':
      return [...high, ...without(low, high)];
  }
}

/** Ansible's `merge_hash`: `high` wins. */
function mergeDicts(low: Dict, high: Dict, recursive: boolean, how: ListMerge): Map<unknown, unknown> {
  const result = new Map(dictEntries(low));
  for (const [key, value] of dictEntries(high)) {
    const before = result.get(key);
    if (recursive && isDict(before) && isDict(value)) result.set(key, mergeDicts(before, value, recursive, how));
    else if (isList(before) && isList(value)) result.set(key, mergeLists(before, value, how));
    else result.set(key, value);
  }
  return result;
}

function combine(terms: readonly unknown[], recursive: boolean, how: string): unknown {
  if (!listMerges.has(how)) {
    throw new TemplateError(`'list_merge' must be one of ${[...listMerges].join(', ')}, not '${how}'`, {
      code: 'bad-arguments',
    });
  }
  const dicts = terms.flatMap((term) => (isList(term) ? Array.from(term) : [term])).filter((term) => term !== null);
  return (
    dicts.reduce<unknown>((low, high) => {
      if (high instanceof Undefined) high.fail();
      if (!isDict(high))
        throw new TemplateError(`failed to combine variables, expected dicts but got '${typeName(high)}'`);
      return low === undefined ? high : mergeDicts(low as Dict, high, recursive, how as ListMerge);
    }, undefined) ?? new Map()
  );
}

function dictItems(value: unknown, keyName: string, valueName: string): Map<unknown, unknown>[] {
  if (!isDict(value)) throw new TemplateError(`dict2items requires a dictionary, got ${typeName(value)} instead.`);
  return dictEntries(value).map(
    ([key, item]) =>
      new Map<unknown, unknown>([
        [keyName, key],
        [valueName, item],
      ]),
  );
}

export const dictFilters: Readonly<Record<string, Filter>> = {
  dict2items: filter('key_name value_name', (value, [keyName = 'key', valueName = 'value']) =>
    dictItems(value, str(keyName), str(valueName)),
  ),
  items2dict: filter('key_name value_name', (value, [keyName = 'key', valueName = 'value']) => {
    if (!isList(value)) throw new TemplateError(`items2dict requires a list, got ${typeName(value)} instead.`);
    return new Map(
      value.map((item) => {
        if (!isDict(item) && !isList(item)) throw new TemplateError('items2dict requires a list of dictionaries');
        const [key, entry] = [itemOf(item, keyName), itemOf(item, valueName)];
        if (key instanceof Undefined || entry instanceof Undefined) {
          throw new TemplateError(
            `items2dict requires each dictionary in the list to contain the keys '${str(keyName)}' and '${str(valueName)}', got ${repr(value)} instead.`,
          );
        }
        return [mapKey(key), entry];
      }),
    );
  }),
  combine: filter('* **', (value, _, { rest, extra }) => {
    const unexpected = [...extra.keys()].find((name) => name !== 'recursive' && name !== 'list_merge');
    if (unexpected !== undefined) {
      throw new TemplateError("'recursive' and 'list_merge' are the only valid keyword arguments", {
        code: 'bad-arguments',
      });
    }
    return combine([value, ...rest], flag(extra.get('recursive')), str(extra.get('list_merge') ?? 'replace'));
  }),
  dictsort: filter('case_sensitive by reverse', (value, [caseSensitive, by = 'key', reverse]) => {
    if (!isDict(value)) throw new TemplateError(`dictsort requires a dictionary, got ${typeName(value)} instead.`);
    if (by !== 'key' && by !== 'value') throw new TemplateError('You can only sort by either "key" or "value"');
    const at = by === 'key' ? 0 : 1;
    const fold = flag(caseSensitive) ? (item: unknown) => item : ignoreCase;
    return sorted(
      dictEntries(value).map((entry) => Tuple.make(entry)),
      (item) => fold((item as unknown[])[at]),
      flag(reverse),
    );
  }),
  items: filter(
    '',
    (value) => {
      if (value instanceof Undefined) return [];
      if (!isDict(value)) throw new TemplateError('Can only get item pairs from a mapping.');
      return dictEntries(value).map((entry) => Tuple.make(entry));
    },
    { acceptsUndefined: true },
  ),
  rekey_on_member: filter('key duplicates', (value, [key, duplicates = 'error']) => {
    if (duplicates !== 'error' && duplicates !== 'overwrite') {
      throw new TemplateError(`duplicates parameter to rekey_on_member has unknown value: ${str(duplicates)}`);
    }
    if (typeof value === 'string') throw new TemplateError('Type is not a valid list, set, or dict');
    const items = isDict(value) ? dictEntries(value).map(([, item]) => item) : itemsOf(value);
    const result = new Map<unknown, unknown>();
    for (const item of items) {
      if (!isDict(item)) throw new TemplateError('List item is not a valid dict');
      const member = itemOf(item, key);
      if (member instanceof Undefined) throw new TemplateError(`Key ${str(key)} was not found`);
      if (duplicates === 'error' && isTruthy(result.get(mapKey(member)) ?? false)) {
        throw new TemplateError(`Key ${str(member)} is not unique, cannot correctly turn into dict`);
      }
      result.set(mapKey(member), item);
    }
    return result;
  }),
};
