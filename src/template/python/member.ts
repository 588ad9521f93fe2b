import { nearest } from '../../errors/index.js';
import { dictGet, dictKeys } from './dict.js';
import { dictMethod } from './dict-methods.js';
import {
  Callable,
  type Dict,
  Float,
  isDict,
  isInteger,
  MISSING,
  numberOf,
  Range,
  Thing,
  typeName,
  Undefined,
} from './kinds.js';
import { listMethod } from './list-methods.js';
import { repr } from './repr.js';
import { type Method, textMethods } from './text-methods.js';

/** `value.__class__`: only its name can be had of it. */
class PythonClass extends Thing {
  readonly typeName = 'type';
  constructor(readonly name: string) {
    super();
  }
  attribute(name: string): unknown {
    return name === '__name__' ? this.name : undefined;
  }
  override repr(): string {
    return `<class '${this.name}'>`;
  }
}

const texts = textMethods((value, key, isAttribute) =>
  isAttribute ? attributeOf(value, String(key)) : itemOf(value, key),
);

const bind = <Self>(self: Self, name: string, method: Method<Self>): Callable =>
  new Callable(name, (args, kwargs) => method(self, args, kwargs), 'builtin_function_or_method');

const numberMethods: Readonly<Record<string, Method<number | Float>>> = {
  is_integer: (self) => Number.isInteger(numberOf(self)),
  bit_length: (self) =>
    Math.abs(numberOf(self) ?? 0)
      .toString(2)
      .replace(/^0$/, '').length,
};

/** Python's own attribute: a method or a thing's member; undefined where there is none. */
export function ownAttribute(value: unknown, name: string): unknown {
  if (typeof value === 'string') {
    const method = Object.hasOwn(texts, name) ? texts[name] : undefined;
    return method && bind(value, name, method);
  }
  if (Array.isArray(value)) {
    const named = (value as { named?: Record<string, unknown> }).named;
    if (named !== undefined && Object.hasOwn(named, name)) return named[name];
    const method = listMethod(value, name);
    return method && bind(value as unknown[], name, method);
  }
  if (value instanceof Thing || value instanceof Callable)
    return name.startsWith('__') && !(value instanceof PythonClass) ? undefined : value.attribute(name);
  if (isDict(value)) {
    const method = dictMethod(name);
    return method && bind<Dict>(value, name, method);
  }
  if (typeof value === 'number' || value instanceof Float) {
    const method = Object.hasOwn(numberMethods, name) ? numberMethods[name] : undefined;
    return method && bind<number | Float>(value, name, method);
  }
  return undefined;
}

export function missing(value: unknown, key: unknown): Undefined {
  const owner = value === null ? 'None' : `${typeName(value)} object`;
  if (typeof key !== 'string') return new Undefined(`${owner} has no element ${repr(key)}`);
  const names = isDict(value) ? dictKeys(value).filter((name): name is string => typeof name === 'string') : [];
  const near = nearest(key, names);
  const shown = value === null ? 'None' : `'${owner}'`;
  return new Undefined(
    `${shown} has no attribute ${repr(key)}`,
    near === undefined ? {} : { fix: `did you mean '${near}'?` },
  );
}

/** `value.name`: an attribute, else an item. An attribute of what is undefined is undefined as well. */
export function attributeOf(value: unknown, name: string): unknown {
  if (value instanceof Undefined) return value;
  const own = ownAttribute(value, name);
  if (own !== undefined) return own;
  if (isDict(value)) {
    const item = dictGet(value, name);
    if (item !== MISSING) return item;
  }
  return name === '__class__' ? new PythonClass(typeName(value)) : missing(value, name);
}

function elementOf(value: unknown, key: unknown): unknown {
  if (isDict(value)) return dictGet(value, key);
  const index = typeof key === 'boolean' ? Number(key) : key;
  if (!isInteger(index)) return MISSING;
  const at = (length: number): number => (index < 0 ? index + length : index);
  if (Array.isArray(value)) {
    const item: unknown = value[at(value.length)];
    return item === undefined ? MISSING : item;
  }
  if (typeof value === 'string') {
    const characters = [...value];
    return characters[at(characters.length)] ?? MISSING;
  }
  if (value instanceof Range) {
    const from = at(value.length);
    return from >= 0 && from < value.length ? value.at(from) : MISSING;
  }
  return MISSING;
}

/** `value[key]`: an item, else an attribute. */
export function itemOf(value: unknown, key: unknown): unknown {
  if (value instanceof Undefined) return value;
  if (key instanceof Undefined) return key.fail();
  const element = elementOf(value, key);
  if (element !== MISSING) return element;
  if (typeof key === 'string') {
    const own = ownAttribute(value, key);
    if (own !== undefined) return own;
  }
  return missing(value, key);
}
