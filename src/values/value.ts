import { Float } from './float.js';

/** A value of the playbook language: what YAML, Jinja2 and JSON can all hold. */
export type Value = null | boolean | number | Float | string | Value[] | Mapping;

/** A mapping with string keys. Made with `mapping()` or `Object.create(null)` where keys come from outside. */
export interface Mapping {
  [key: string]: Value;
}

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Float);

/** An empty mapping without a prototype, so that keys such as `__proto__` are only keys. */
export const mapping = (entries?: Mapping): Mapping => Object.assign(Object.create(null), entries);
