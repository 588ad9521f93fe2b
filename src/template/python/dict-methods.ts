import { TemplateError } from '../errors.js';
import { dictCopy, dictEntries, dictGet, dictKeys, dictValues, mapKey } from './dict.js';
import { itemsOf } from './iterate.js';
import { type Dict, isDict, LazyDict, MISSING, Tuple } from './kinds.js';
import { repr } from './repr.js';
import type { Method } from './text-methods.js';

/** The mapping as one that may be changed: only those made by the template, or copied for it, are. */
function changeable(self: Dict): Map<unknown, unknown> {
  if (self instanceof Map) return self;
  throw new TemplateError(
    self instanceof LazyDict ? 'this mapping cannot be changed' : 'a mapping that came from outside cannot be changed',
    { fix: 'use the combine filter' },
  );
}

export function pairsOf(value: unknown): [unknown, unknown][] {
  if (isDict(value)) return dictEntries(value);
  return itemsOf(value).map((pair, index) => {
    const items = itemsOf(pair);
    if (items.length !== 2) {
      throw new TemplateError(`dictionary update sequence element #${index} has length ${items.length}; 2 is required`);
    }
    return [items[0], items[1]];
  });
}

const methods: Readonly<Record<string, Method<Dict>>> = {
  get: (self, [key, fallback]) => {
    const value = dictGet(self, key);
    return value === MISSING ? (fallback === undefined ? null : fallback) : value;
  },
  items: (self) => dictEntries(self).map((entry) => Tuple.make(entry)),
  keys: (self) => dictKeys(self),
  values: (self) => dictValues(self),
  copy: (self) => dictCopy(self),
  update: (self, [other], kwargs) => {
    const target = changeable(self);
    if (other !== undefined) for (const [key, value] of pairsOf(other)) target.set(mapKey(key), value);
    for (const [key, value] of kwargs) target.set(key, value);
    return null;
  },
  setdefault: (self, [key, fallback]) => {
    const value = dictGet(self, key);
    if (value !== MISSING) return value;
    changeable(self).set(mapKey(key), fallback ?? null);
    return fallback ?? null;
  },
  pop: (self, [key, fallback]) => {
    const value = dictGet(self, key);
    if (value === MISSING) {
      if (fallback !== undefined) return fallback;
      throw new TemplateError(`there is no key ${repr(key)} to pop`);
    }
    changeable(self).delete(mapKey(key));
    return value;
  },
  popitem: (self) => {
    const last = dictEntries(self).at(-1);
    if (last === undefined) throw new TemplateError('popitem(): dictionary is empty');
    changeable(self).delete(last[0]);
    return Tuple.make(last);
  },
  clear: (self) => {
    changeable(self).clear();
    return null;
  },
};

export const dictMethod = (name: string): Method<Dict> | undefined =>
  Object.hasOwn(methods, name) ? methods[name] : undefined;
