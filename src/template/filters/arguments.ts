/** Reading a filter's arguments. */
import { TemplateError } from '../errors.js';
import { isTruthy } from '../python/compare.js';
import { numberOf, Tuple, typeName, Undefined } from '../python/kinds.js';
import { itemOf } from '../python/member.js';

export const flag = (value: unknown, fallback = false): boolean => (value === undefined ? fallback : isTruthy(value));

export function whole(value: unknown, what: string, fallback?: number): number {
  if (value === undefined && fallback !== undefined) return fallback;
  const number = typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : numberOf(value);
  if (number === undefined || !Number.isInteger(number)) {
    throw new TemplateError(`${what} must be an integer, not ${typeName(value ?? null)}`, { code: 'bad-arguments' });
  }
  return number;
}

export function text(value: unknown, what: string, fallback?: string): string {
  if (value === undefined && fallback !== undefined) return fallback;
  if (typeof value !== 'string') {
    throw new TemplateError(`${what} must be a text, not ${typeName(value ?? null)}`, { code: 'bad-arguments' });
  }
  return value;
}

/** An argument that may be left out or None. */
export const optional = (value: unknown): unknown => (value === null ? undefined : value);

/** Jinja2's dotted attribute path: `address.0.city`. */
export function pathGetter(attribute: unknown, fallback?: unknown): (item: unknown) => unknown {
  if (attribute === undefined || attribute === null) return (item) => item;
  const parts: readonly unknown[] =
    typeof attribute === 'string'
      ? attribute.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
      : [attribute];
  return (item) => {
    let value = item;
    for (const part of parts) {
      value = itemOf(value, part);
      if (fallback !== undefined && fallback !== null && value instanceof Undefined) value = fallback;
    }
    return value;
  };
}

export const ignoreCase = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

/** Several paths with commas between, for sorting. */
export function pathsGetter(attribute: unknown, caseSensitive: boolean): (item: unknown) => unknown {
  const paths =
    typeof attribute === 'string' ? attribute.split(',').map((path) => pathGetter(path)) : [pathGetter(attribute)];
  const fold = caseSensitive ? (value: unknown) => value : ignoreCase;
  return (item) => Tuple.make(paths.map((path) => fold(path(item))));
}

export { itemOf };
