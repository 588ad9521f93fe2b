import { floatText } from '../../values/index.js';
import { TemplateError } from '../errors.js';
import { dictEntries } from './dict.js';
import { Callable, Float, Internal, isDict, Nothing, Range, Thing, Tuple, Undefined } from './kinds.js';

export { floatText };

export const integerText = (value: number): string =>
  Math.abs(value) < 1e21 ? String(value + 0) : BigInt(value).toString();

const numberText = (value: number): string => (Number.isInteger(value) ? integerText(value) : floatText(value));

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const unprintable = /[\\\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

function escapeCharacter(character: string): string {
  const known = escapes[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

export function stringRepr(text: string): string {
  const escaped = text.replace(unprintable, escapeCharacter);
  if (text.includes("'") && !text.includes('"')) return `"${escaped}"`;
  return `'${escaped.replaceAll("'", "\\'")}'`;
}

const DEEPEST = 500;

/** Python's `repr`. */
export function repr(value: unknown, depth = 0): string {
  if (depth > DEEPEST) throw new TemplateError('value is nested too deeply to print', { code: 'template-too-big' });
  if (typeof value === 'string') return stringRepr(value);
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return numberText(value);
  if (Array.isArray(value)) {
    const items = Array.prototype.map.call(value, (item) => repr(item, depth + 1)) as string[];
    if (value instanceof Tuple) return items.length === 1 ? `(${items[0]},)` : `(${[...items].join(', ')})`;
    return `[${items.join(', ')}]`;
  }
  if (isDict(value)) {
    return `{${dictEntries(value)
      .map(([key, item]) => `${repr(key)}: ${repr(item, depth + 1)}`)
      .join(', ')}}`;
  }
  return internalRepr(value);
}

function internalRepr(value: unknown): string {
  if (value instanceof Float) return floatText(value.value);
  if (value instanceof Nothing) return '';
  if (value instanceof Undefined) return value.fail();
  if (value instanceof Range) {
    return value.step === 1
      ? `range(${value.start}, ${value.stop})`
      : `range(${value.start}, ${value.stop}, ${value.step})`;
  }
  if (value instanceof Thing) return value.repr();
  if (value instanceof Callable) return `<${value.typeName} ${value.name}>`;
  return value instanceof Internal ? '<object>' : String(value);
}

/** Python's `str`. */
export const str = (value: unknown): string => (typeof value === 'string' ? value : repr(value));
