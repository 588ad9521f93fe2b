import { typeName } from '../template/python/kinds.js';
import { Float, isMapping, mapping, parseBoolean, unboxed, type Value } from '../values/index.js';

/** A value that cannot be converted; the message is Ansible's. */
export class NotConvertible extends Error {}

const refuse = (message: string): never => {
  throw new NotConvertible(message);
};

/** Python's `type(value)` as text. */
export const className = (value: Value): string => `<class '${typeName(value)}'>`;

const isScalar = (value: Value): boolean => value !== null && (typeof value !== 'object' || value instanceof Float);

/** Python's `str` of what is no container. */
const plainText = (value: Value): string =>
  typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value instanceof Float ? value.value : value);

function toText(value: Value): Value {
  if (value === null) return refuse("'None' is not a string and conversion is not allowed");
  return isScalar(value) ? plainText(value) : value;
}

function toList(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return value.split(',');
  return isScalar(value) ? [plainText(value)] : refuse(`${className(value)} cannot be converted to a list`);
}

/** `a=1, b="2 3"`; undefined where a word has no value. */
function keyValues(text: string): Value | undefined {
  const words = text.trim().match(/(?:\\.|"(?:\\.|[^"])*"|'(?:\\.|[^'])*'|[^\s,"'\\])+/gs) ?? [];
  const found = mapping();
  for (const word of words) {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(word.replace(/\\(.)|["']/gs, '$1')) ?? [];
    if (name === undefined || value === undefined) return undefined;
    found[name] = value;
  }
  return found;
}

function parsedMapping(text: string): Value | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isMapping(parsed as Value) ? (parsed as Value) : undefined;
  } catch {
    return undefined;
  }
}

function toMapping(value: Value): Value {
  if (isMapping(value)) return value;
  if (typeof value !== 'string') return refuse(`${className(value)} cannot be converted to a dict`);
  if (value.startsWith('{')) return parsedMapping(value) ?? refuse('unable to evaluate string as dictionary');
  if (!value.includes('=')) return refuse('dictionary requested, could not parse JSON or key=value');
  return keyValues(value) ?? refuse('unable to evaluate string in the "key=value" format as dictionary');
}

const booleans = "0, 1, 't', 'on', 'true', 'no', 'n', '0', 'off', 'y', '1', 'yes', 'f', 'false'";

function toBoolean(value: Value): Value {
  if (!isScalar(value)) return refuse(`${className(value)} cannot be converted to a bool`);
  return (
    parseBoolean(unboxed(value)) ??
    refuse(`The value '${plainText(value)}' is not a valid boolean.  Valid booleans include: ${booleans}`)
  );
}

const shownInQuotes = (value: Value): string =>
  value === null ? 'None' : typeof value === 'string' ? `'${value}'` : isScalar(value) ? plainText(value) : '...';

function toInteger(value: Value): Value {
  if (typeof value === 'boolean') return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : unboxed(value);
  return Number.isInteger(number)
    ? (number as number)
    : refuse(`"${shownInQuotes(value)}" cannot be converted to an int`);
}

function toFloat(value: Value): Value {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : unboxed(value);
  if (typeof number === 'boolean') return number ? 1 : 0;
  return typeof number === 'number' && !Number.isNaN(number)
    ? value
    : refuse(`${className(value)} cannot be converted to a float`);
}

const toJson = (value: Value): Value =>
  value === null || (isScalar(value) && typeof value !== 'string')
    ? refuse(`${className(value)} cannot be converted to a json string`)
    : value;

const toSize = (kind: 'Byte' | 'Bit', unit: 'B' | 'b') => (value: Value) =>
  isScalar(value) &&
  new RegExp(`^\\d*\\.?\\d+(?:\\s*[BKMGTPEZYbkmgtpezy](?:${unit}|yte|it)?)?\\s*$`).test(plainText(value))
    ? value
    : refuse(`${className(value)} cannot be converted to a ${kind} value`);

/** Ansible's conversions of module arguments, by type. Throw NotConvertible. */
export const conversions: Readonly<Record<string, (value: Value) => Value>> = {
  str: toText,
  path: toText,
  raw: (value) => value,
  bool: toBoolean,
  int: toInteger,
  float: toFloat,
  list: toList,
  dict: toMapping,
  json: toJson,
  jsonarg: toJson,
  bytes: toSize('Byte', 'B'),
  bits: toSize('Bit', 'b'),
};
