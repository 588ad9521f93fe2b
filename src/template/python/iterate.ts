import { TemplateError } from '../errors.js';
import { isEqual } from './compare.js';
import { dictHas, dictKeys, dictSize, rangeItems } from './dict.js';
import { Float, isDict, Range, Thing, typeName, Undefined } from './kinds.js';

/** The elements that Python would iterate over. The answer may be the value itself: do not change it. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...value];
  if (value instanceof Undefined) return value.fail();
  if (value instanceof Range) return rangeItems(value);
  if (isDict(value)) return dictKeys(value);
  if (value instanceof Thing) {
    const items = value.attribute('__iter__');
    if (Array.isArray(items)) return items;
  }
  throw new TemplateError(`'${typeName(value)}' object is not iterable`);
}

/** A fresh list of the elements. */
export const listOf = (value: unknown): unknown[] => Array.from(itemsOf(value));

export const isIterable = (value: unknown): boolean =>
  Array.isArray(value) || typeof value === 'string' || value instanceof Range || isDict(value);

export function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'string') return codePointLength(value);
  if (value instanceof Undefined) return value.fail();
  if (value instanceof Range) return value.length;
  if (isDict(value)) return dictSize(value);
  throw new TemplateError(`object of type '${typeName(value)}' has no len()`);
}

const surrogate = /[\ud800-\udfff]/;
const codePointLength = (text: string): number => (surrogate.test(text) ? [...text].length : text.length);

/** Python's `item in container`. */
export function contains(container: unknown, item: unknown): boolean {
  if (typeof container === 'string') {
    if (item instanceof Undefined) return item.fail();
    if (typeof item !== 'string') {
      throw new TemplateError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
    }
    return container.includes(item);
  }
  if (Array.isArray(container)) return container.some((member) => isEqual(member, item));
  if (container instanceof Undefined) return container.fail();
  if (container instanceof Range) {
    const number = item instanceof Float ? item.value : item;
    if (typeof number !== 'number') return false;
    const index = (number - container.start) / container.step;
    return Number.isInteger(index) && index >= 0 && index < container.length;
  }
  if (isDict(container)) {
    if (Array.isArray(item) || isDict(item)) throw new TemplateError(`unhashable type: '${typeName(item)}'`);
    return dictHas(container, item);
  }
  throw new TemplateError(`argument of type '${typeName(container)}' is not iterable`);
}
