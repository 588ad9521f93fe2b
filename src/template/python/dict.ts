import { TemplateError } from '../errors.js';
import { type Dict, Float, LazyDict, MISSING, type PlainObject, type Range, Tuple, Undefined } from './kinds.js';

/** Keys as a Map holds them: Python's True is 1 and 1.0 is 1. Containers cannot be keys here. */
export function mapKey(key: unknown): string | number | null {
  if (typeof key === 'string' || typeof key === 'number' || key === null) return key;
  if (typeof key === 'boolean') return key ? 1 : 0;
  if (key instanceof Float) return key.value;
  if (key instanceof Undefined) return key.fail();
  if (key instanceof Tuple) throw new TemplateError('a tuple cannot be the key of a mapping here');
  throw new TemplateError(`unhashable type: '${Array.isArray(key) ? 'list' : 'dict'}'`);
}

/** The value under the key, or MISSING. Mappings from outside know only text keys, so that 80 finds '80' there. */
export function dictGet(dict: Dict, key: unknown): unknown {
  if (dict instanceof Map) {
    const found = dict.get(mapKey(key));
    return found === undefined ? MISSING : found;
  }
  const text = typeof key === 'string' ? key : typeof key === 'number' ? String(key) : undefined;
  if (text === undefined) return key instanceof Undefined ? key.fail() : MISSING;
  if (dict instanceof LazyDict) return dict.get(text);
  return Object.hasOwn(dict, text) ? plain(dict[text]) : MISSING;
}

/** A member of a mapping from outside: JavaScript's undefined counts as null. */
const plain = (value: unknown): unknown => (value === undefined ? null : value);

export function dictHas(dict: Dict, key: unknown): boolean {
  if (dict instanceof Map) return dict.has(mapKey(key));
  const text = typeof key === 'string' ? key : typeof key === 'number' ? String(key) : undefined;
  if (text === undefined) return key instanceof Undefined ? key.fail() : false;
  return dict instanceof LazyDict ? dict.has(text) : Object.hasOwn(dict, text);
}

export function dictKeys(dict: Dict): unknown[] {
  if (dict instanceof Map) return [...dict.keys()];
  return dict instanceof LazyDict ? [...dict.keys()] : Object.keys(dict);
}

export function dictSize(dict: Dict): number {
  if (dict instanceof Map) return dict.size;
  return dict instanceof LazyDict ? dict.keys().length : Object.keys(dict).length;
}

export function dictEntries(dict: Dict): [unknown, unknown][] {
  if (dict instanceof Map) return [...dict.entries()];
  if (dict instanceof LazyDict) return dict.keys().map((key) => [key, dict.get(key)]);
  return Object.keys(dict).map((key) => [key, plain((dict as PlainObject)[key])]);
}

export const dictValues = (dict: Dict): unknown[] => dictEntries(dict).map(([, value]) => value);

/** A copy that the template may change. */
export const dictCopy = (dict: Dict): Map<unknown, unknown> => new Map(dictEntries(dict));

/** More elements than any template needs; a longer range is a mistake that would fill the memory. */
const LONGEST_RANGE = 5_000_000;

export function rangeItems(range: Range): number[] {
  if (range.length > LONGEST_RANGE) {
    throw new TemplateError(`range of ${range.length} elements is too long`, {
      code: 'template-too-big',
      fix: `use at most ${LONGEST_RANGE} elements`,
    });
  }
  return Array.from({ length: range.length }, (_, index) => range.at(index));
}
