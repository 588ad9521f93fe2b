import type { Mapping, Value } from '../../values/index.js';
import { mapping } from '../../values/index.js';
import { TemplateError } from '../errors.js';
import { dictEntries, rangeItems } from './dict.js';
import { Callable, Float, isDict, LazyDict, Nothing, Range, Thing, Tuple, Undefined } from './kinds.js';
import { str } from './repr.js';

/** A copy that shares nothing with the original, so that a template may change it. */
export function deepCopy(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = Array.from(value, deepCopy);
    return value instanceof Tuple ? Tuple.make(items) : items;
  }
  if (isDict(value)) return new Map(dictEntries(value).map(([key, item]) => [key, deepCopy(item)]));
  return value;
}

const DEEPEST = 500;

function tooDeep(): never {
  throw new TemplateError('the value is nested too deeply', { code: 'template-too-big' });
}

/** The text of a mapping's key on the way out, as JSON writes Python's keys. */
function keyText(key: unknown): string {
  if (key === null) return 'null';
  if (typeof key === 'boolean') return String(key);
  return str(key);
}

/** A plain value from one of the engine's. Undefined ones inside are errors here. */
export function toValue(value: unknown, depth = 0): Value {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
    return value;
  if (value instanceof Float) return value;
  if (depth > DEEPEST) tooDeep();
  if (Array.isArray(value)) return listValue(value, depth);
  if (value instanceof Map || value instanceof LazyDict) return dictValue(value, depth);
  if (value instanceof Nothing) return '';
  if (value instanceof Undefined) return value.fail();
  if (value instanceof Range) return rangeItems(value);
  if (value instanceof Thing || value instanceof Callable) return str(value);
  return value === undefined ? null : objectValue(value as Record<string, unknown>, depth);
}

/** Data from outside is handed back as it is, where nothing inside needs a change. */
function listValue(list: readonly unknown[], depth: number): Value[] {
  let changed: Value[] | undefined = list instanceof Tuple ? [] : undefined;
  for (let i = 0; i < list.length; i++) {
    const value = toValue(list[i], depth + 1);
    if (changed === undefined && value !== list[i]) changed = Array.from(list.slice(0, i) as readonly Value[]);
    changed?.push(value);
  }
  return changed ?? (list as Value[]);
}

function dictValue(dict: Map<unknown, unknown> | LazyDict, depth: number): Mapping {
  const result = mapping();
  for (const [key, item] of dictEntries(dict)) result[keyText(key)] = toValue(item, depth + 1);
  return result;
}

function objectValue(object: Record<string, unknown>, depth: number): Mapping {
  const keys = Object.keys(object);
  const values = keys.map((key) => toValue(object[key], depth + 1));
  if (keys.every((key, index) => values[index] === object[key])) return object as Mapping;
  const result = mapping();
  keys.forEach((key, index) => {
    result[key] = values[index] ?? null;
  });
  return result;
}
