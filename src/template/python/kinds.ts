import { Float, float } from '../../values/index.js';
import { UndefinedError } from '../errors.js';

export { Float, float };

/**
 * Values inside the engine are the plain ones (null, boolean, number, string, array, object) and the classes here,
 * which stand for what Python has and JSON has not. `toValue` turns all of them into plain values on the way out.
 */
export abstract class Internal {}

/** A tuple: prints and compares as Python's, behaves as a list otherwise. */
export class Tuple extends Array<unknown> {
  static make(items: Iterable<unknown>): Tuple {
    return Tuple.from(items) as Tuple;
  }
}

export class Range extends Internal {
  readonly length: number;
  constructor(
    readonly start: number,
    readonly stop: number,
    readonly step: number,
  ) {
    super();
    this.length = Math.max(0, Math.ceil((stop - start) / step));
  }

  at(index: number): number {
    return this.start + index * this.step;
  }
}

export interface UndefinedOptions {
  /** The variable's name, where it is a variable. */
  variable?: string | undefined;
  fix?: string | undefined;
}

/** What a name stands for that nothing defines: an error as soon as it is used, unless a filter or test handles it. */
export class Undefined extends Internal {
  constructor(
    readonly message: string,
    readonly options: UndefinedOptions = {},
  ) {
    super();
  }

  /** Its name is all that can be said of it; any other use fails. */
  repr(): string {
    const { variable } = this.options;
    return `AnsibleUndefined(hint=None, obj=missing, name=${variable === undefined ? 'None' : `'${variable}'`})`;
  }

  fail(): never {
    const { variable, fix } = this.options;
    throw new UndefinedError(this.message, { variable, ...(fix === undefined ? {} : { fix }) });
  }
}

/** The missing else of an inline if: empty where it is written, and an error nowhere, as in Jinja2. */
export class Nothing extends Undefined {}

export type Kwargs = ReadonlyMap<string, unknown>;
export const noKwargs: Kwargs = new Map();

/** A function that a template can call: a macro, a global, a bound method. */
export class Callable extends Internal {
  constructor(
    readonly name: string,
    readonly call: (args: readonly unknown[], kwargs: Kwargs) => unknown,
    readonly typeName = 'function',
  ) {
    super();
  }

  attribute(_name: string): unknown {
    return undefined;
  }
}

/** An object with attributes: `loop`, a namespace, an imported template, a date. */
export abstract class Thing extends Internal {
  abstract readonly typeName: string;
  /** The attribute's value; undefined where there is none. */
  abstract attribute(name: string): unknown;

  repr(): string {
    return `<${this.typeName}>`;
  }
}

export const MISSING: unique symbol = Symbol('missing');

/** A mapping whose values are made when they are touched. */
export abstract class LazyDict {
  abstract get(key: string): unknown;
  abstract keys(): readonly string[];
  /** Without making the value. */
  abstract has(key: string): boolean;
}

export type PlainObject = Record<string, unknown>;
export type Dict = Map<unknown, unknown> | LazyDict | PlainObject;

export const isDict = (value: unknown): value is Dict =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Internal) &&
  !(value instanceof Float);

export const isString = (value: unknown): value is string => typeof value === 'string';
export const isList = (value: unknown): value is unknown[] => Array.isArray(value);

export const isFloat = (value: unknown): value is number | Float =>
  value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));
export const isInteger = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

/** The number a value is, booleans included as in Python; undefined for what is no number. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof Float) return value.value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return undefined;
}

/** Python's name of the type, for messages and `type_debug`. */
export function typeName(value: unknown): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (isFloat(value)) return 'float';
  if (typeof value === 'number') return 'int';
  if (value instanceof Tuple) return 'tuple';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Range) return 'range';
  if (value instanceof Undefined) return 'AnsibleUndefined';
  if (value instanceof Thing || value instanceof Callable) return value.typeName;
  return 'dict';
}
