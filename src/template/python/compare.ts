import { TemplateError } from '../errors.js';
import { dictEntries, dictGet, dictSize } from './dict.js';
import { Float, isDict, MISSING, Nothing, numberOf, Range, Thing, Tuple, typeName, Undefined } from './kinds.js';
import { repr } from './repr.js';

export function isTruthy(value: unknown): boolean {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value.length > 0;
    case 'number':
      return value !== 0;
    case 'undefined':
      return false;
  }
  if (value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Nothing) return false;
  if (value instanceof Undefined) return value.fail();
  if (value instanceof Float) return value.value !== 0;
  if (value instanceof Range) return value.length > 0;
  if (value instanceof Thing) return !(value.attribute('__len__') === 0);
  return isDict(value) ? dictSize(value) > 0 : true;
}

export function isEqual(a: unknown, b: unknown): boolean {
  if (a instanceof Undefined) return a.fail();
  if (b instanceof Undefined) return b.fail();
  if (a === b) return true;
  if (typeof a === 'string' || typeof b === 'string') return false;
  const x = numberOf(a);
  if (x !== undefined) return x === numberOf(b);
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length || a instanceof Tuple !== b instanceof Tuple) return false;
    return a.every((item, index) => isEqual(item, b[index]));
  }
  if (isDict(a) && isDict(b)) {
    if (dictSize(a) !== dictSize(b)) return false;
    return dictEntries(a).every(([key, value]) => {
      const other = dictGet(b, key);
      return other !== MISSING && isEqual(value, other);
    });
  }
  if (a instanceof Thing && b instanceof Thing) {
    const order = a.attribute('__order__');
    return order !== undefined && order === b.attribute('__order__');
  }
  if (a instanceof Range && b instanceof Range) return repr(a) === repr(b);
  return false;
}

/** By code points, as Python; JavaScript's own order is by UTF-16 units. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue;
    return (a.codePointAt(i) ?? 0) - (b.codePointAt(i) ?? 0);
  }
  return a.length - b.length;
}

/** Negative, zero or positive (NaN where a NaN is compared). `sign` is the operator for the message. */
export function compare(a: unknown, b: unknown, sign = '<'): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== undefined && y !== undefined) return x === y ? 0 : x - y;
  if (Array.isArray(a) && Array.isArray(b) && a instanceof Tuple === b instanceof Tuple) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      if (!isEqual(a[i], b[i])) return compare(a[i], b[i], sign);
    }
    return a.length - b.length;
  }
  if (a instanceof Undefined) return a.fail();
  if (b instanceof Undefined) return b.fail();
  if (a instanceof Thing && b instanceof Thing) {
    const [p, q] = [a.attribute('__order__'), b.attribute('__order__')];
    if (typeof p === 'number' && typeof q === 'number' && a.typeName === b.typeName) return p - q;
  }
  throw new TemplateError(
    `'${sign}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`,
    typeof a === 'string' || typeof b === 'string' ? { fix: 'convert one side, for example with the int filter' } : {},
  );
}

/** A text that is the same for values that are equal; for sets and `unique`. */
export function equalityKey(value: unknown): string {
  if (typeof value === 'string') return `s${JSON.stringify(value)}`;
  const number = numberOf(value);
  if (number !== undefined) return `n${number}`;
  if (Array.isArray(value)) {
    const items = Array.prototype.map.call(value, equalityKey) as string[];
    return `${value instanceof Tuple ? 't' : 'l'}[${[...items].join(',')}]`;
  }
  if (isDict(value)) {
    const entries = dictEntries(value).map(([key, item]) => `${equalityKey(key)}:${equalityKey(item)}`);
    return `d{${entries.sort().join(',')}}`;
  }
  return `o${repr(value)}`;
}
