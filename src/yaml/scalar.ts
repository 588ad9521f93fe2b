import { type Float, float as toFloat, type Value } from '../values/index.js';

/** PyYAML's implicit resolvers (YAML 1.1 as its SafeLoader reads it); narrower than the specification's: `y` is a string. */
const booleans = new Map<string, boolean>(
  ['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']
    .map((word): [string, boolean] => [word, true])
    .concat(['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false])),
);
const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const integer =
  /^[-+]?(?:(?<binary>0b[01_]+)|(?<hex>0x[\da-fA-F_]+)|(?<octal>0[0-7_]+)|(?<decimal>0|[1-9][\d_]*)|(?<sixties>[1-9][\d_]*(?::[0-5]?\d)+))$/;
const float = /^(?:[-+]?\d[\d_]*\.[\d_]*(?:[eE][-+]\d+)?|\.\d[\d_]*(?:[eE][-+]\d+)?|[-+]?\.(?:inf|Inf|INF))$/;
const sixtiesFloat = /^[-+]?\d[\d_]*(?::[0-5]?\d)+\.[\d_]*$/;

const inSixties = (text: string): number => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

type IntegerForm = Partial<Record<'binary' | 'hex' | 'octal' | 'decimal' | 'sixties', string>>;

function integerValue(text: string, groups: IntegerForm): number {
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  const size =
    groups.binary !== undefined
      ? Number.parseInt(digits.slice(2), 2)
      : groups.hex !== undefined
        ? Number.parseInt(digits.slice(2), 16)
        : groups.octal !== undefined
          ? Number.parseInt(digits, 8)
          : groups.sixties !== undefined
            ? inSixties(digits)
            : Number(digits);
  return text.startsWith('-') && size !== 0 ? -size : size;
}

function floatValue(text: string): number | Float {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '').toLowerCase();
  if (digits === '.inf') return sign * Number.POSITIVE_INFINITY;
  return toFloat(sign * (digits.includes(':') ? inSixties(digits) : Number(digits)));
}

/**
 * What a plain (unquoted) scalar means. Timestamps stay strings, and so do integers that a double cannot hold exactly:
 * their digits matter more than their type.
 */
export function resolvePlain(text: string): Value {
  if (nulls.has(text)) return null;
  const boolean = booleans.get(text);
  if (boolean !== undefined) return boolean;
  if (!/^[-+.\d]/.test(text) || text.length > 400) return text;
  const groups = integer.exec(text)?.groups;
  if (groups !== undefined) {
    const value = integerValue(text, groups);
    return Number.isSafeInteger(value) ? value : text;
  }
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return Number.NaN;
  return float.test(text) || sixtiesFloat.test(text) ? floatValue(text) : text;
}
