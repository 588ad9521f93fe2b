import { TemplateError } from '../errors.js';
import { dictEntries, rangeItems } from '../python/dict.js';
import { Callable, Float, float, isDict, isList, numberOf, Range, Thing, Undefined } from '../python/kinds.js';
import { floatText, integerText, str } from '../python/repr.js';
import { type Filter, filter } from '../runtime/callables.js';
import { flag, text } from './arguments.js';

export interface JsonStyle {
  /** Text of one level; undefined writes on one line. */
  indent?: string | undefined;
  sortKeys?: boolean;
  /** Default true, as Python's. */
  ensureAscii?: boolean;
  itemSeparator?: string;
  keySeparator?: string;
}

function jsonText(value: string, ensureAscii: boolean): string {
  const quoted = JSON.stringify(value);
  return ensureAscii
    ? quoted.replace(/[\x7f-\uffff]/g, (c) =>
        c === '\x7f' ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    : quoted;
}

function jsonNumber(value: number | Float): string {
  if (value instanceof Float) return floatText(value.value);
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return Number.isInteger(value) ? integerText(value) : floatText(value);
}

function keyText(key: unknown): string {
  if (typeof key === 'string') return key;
  if (key === null) return 'null';
  if (typeof key === 'boolean') return String(key);
  if (typeof key === 'number' || key instanceof Float) return jsonNumber(key);
  throw new TemplateError('keys must be str, int, float, bool or None');
}

/** Python's json.dumps. */
export function toJson(value: unknown, style: JsonStyle = {}): string {
  const { indent, sortKeys = false, ensureAscii = true } = style;
  const itemSeparator = style.itemSeparator ?? (indent === undefined ? ', ' : ',');
  const keySeparator = style.keySeparator ?? ': ';
  const wrap = (open: string, close: string, items: readonly string[], depth: number): string => {
    if (items.length === 0) return open + close;
    if (indent === undefined) return open + items.join(itemSeparator) + close;
    const line = `\n${indent.repeat(depth + 1)}`;
    return `${open}${line}${items.join(itemSeparator + line)}\n${indent.repeat(depth)}${close}`;
  };
  const write = (item: unknown, depth: number): string => {
    if (depth > 500) throw new TemplateError('the value is nested too deeply', { code: 'template-too-big' });
    if (typeof item === 'string') return jsonText(item, ensureAscii);
    if (item === null || item === undefined) return 'null';
    if (typeof item === 'boolean') return String(item);
    if (typeof item === 'number' || item instanceof Float) return jsonNumber(item);
    if (isList(item))
      return wrap(
        '[',
        ']',
        Array.from(item, (each) => write(each, depth + 1)),
        depth,
      );
    if (item instanceof Undefined) return item.fail();
    if (item instanceof Range) return write(rangeItems(item), depth);
    if (item instanceof Thing || item instanceof Callable) return jsonText(str(item), ensureAscii);
    if (!isDict(item)) throw new TemplateError('Object is not JSON serializable');
    const entries = dictEntries(item).map(([key, each]) => [keyText(key), each] as const);
    if (sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return wrap(
      '{',
      '}',
      entries.map(([key, each]) => jsonText(key, ensureAscii) + keySeparator + write(each, depth + 1)),
      depth,
    );
  };
  return write(value, 0);
}

function indentText(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : ' '.repeat(Math.min(100, Math.max(0, numberOf(value) ?? 0)));
}

function style(indent: unknown, sortKeys: unknown, extra: ReadonlyMap<string, unknown>): JsonStyle {
  const known = ['ensure_ascii', 'separators', 'skipkeys', 'allow_nan', 'vault_to_text', 'preprocess_unsafe'];
  const unexpected = [...extra.keys()].find((name) => !known.includes(name));
  if (unexpected !== undefined)
    throw new TemplateError(`to_json has no parameter '${unexpected}'`, { code: 'bad-arguments' });
  const separators = extra.get('separators');
  return {
    indent: indentText(indent),
    sortKeys: flag(sortKeys),
    ensureAscii: flag(extra.get('ensure_ascii'), true),
    ...(isList(separators) ? { itemSeparator: str(separators[0]), keySeparator: str(separators[1]) } : {}),
  };
}

const words = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const boxed = '\0float';

/** Floats without a fraction, which JSON.parse makes integers of, are parsed as mappings of one odd key. */
const boxFloats = (source: string): string =>
  /\d\.0|\d[eE]/.test(source)
    ? source.replace(words, (word) =>
        word.startsWith('"') || !/[.eE]/.test(word) || !Number.isInteger(Number(word))
          ? word
          : JSON.stringify({ [boxed]: Number(word) }),
      )
    : source;

/** JSON to values, with a float kept as one where the text writes it so. */
export function fromJson(source: string): unknown {
  try {
    return JSON.parse(boxFloats(source), (_key, value: unknown) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Float) return value;
      if (boxed in value) return float(Number((value as Record<string, unknown>)[boxed]));
      return new Map(Object.entries(value));
    });
  } catch (cause) {
    throw new TemplateError(`the text is not JSON: ${cause instanceof Error ? cause.message : 'unreadable'}`, {
      code: 'bad-json',
      cause,
    });
  }
}

const htmlSafe: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', "'": '\\u0027' };

export const jsonFilters: Readonly<Record<string, Filter>> = {
  to_json: filter('indent sort_keys **', (value, [indent, sortKeys], { extra }) =>
    toJson(value, style(indent, sortKeys, extra)),
  ),
  to_nice_json: filter('indent sort_keys **', (value, [indent, sortKeys], { extra }) =>
    toJson(value, { itemSeparator: ',', ...style(indent === undefined ? 4 : indent, sortKeys ?? true, extra) }),
  ),
  tojson: filter('indent', (value, [indent]) =>
    toJson(value, { indent: indentText(indent), sortKeys: true }).replace(/[<>&']/g, (c) => htmlSafe[c] ?? c),
  ),
  from_json: filter('', (value) =>
    typeof value === 'string' ? fromJson(value) : fromJson(text(value, 'the value of from_json')),
  ),
};
