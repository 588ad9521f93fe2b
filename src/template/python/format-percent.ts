import { TemplateError } from '../errors.js';
import { dictGet } from './dict.js';
import { notation } from './format-spec.js';
import { isDict, MISSING, numberOf, Tuple, typeName, Undefined } from './kinds.js';
import { repeatText } from './limits.js';
import { repr, str } from './repr.js';

const conversion = /%(?:\(([^)]*)\))?([-#0 +]*)(\*|\d+)?(?:\.(\*|\d+)?)?[hlL]?([diouxXeEfFgGcrsa%])|%/g;

function integerOf(value: unknown, type: string): number {
  const number = numberOf(value);
  if (number === undefined) {
    throw new TemplateError(`%${type} format: a real number is required, not ${typeName(value)}`);
  }
  return Math.trunc(number);
}

function realOf(value: unknown): number {
  const number = numberOf(value);
  if (number === undefined) throw new TemplateError(`must be real number, not ${typeName(value)}`);
  return number;
}

interface Conversion {
  flags: string;
  width: number;
  precision: number | undefined;
  type: string;
}

function padded(text: string, sign: string, { flags, width, type }: Conversion, isNumber: boolean): string {
  const missing = width - [...sign, ...text].length;
  if (missing <= 0) return sign + text;
  if (flags.includes('-')) return sign + text + repeatText(' ', missing);
  if (isNumber && flags.includes('0') && type !== 'c') return sign + repeatText('0', missing) + text;
  return repeatText(' ', missing) + sign + text;
}

function convert(value: unknown, how: Conversion): string {
  const { type, flags, precision } = how;
  if (type === 's' || type === 'r' || type === 'a') {
    const text = type === 's' ? str(value) : value instanceof Undefined ? value.repr() : repr(value);
    return padded(precision === undefined ? text : [...text].slice(0, precision).join(''), '', how, false);
  }
  if (type === 'c') {
    return padded(typeof value === 'number' ? String.fromCodePoint(value) : str(value), '', how, false);
  }
  const isInteger = 'diouxX'.includes(type);
  const number = isInteger ? integerOf(value, type) : realOf(value);
  let text = notation(number, isInteger && 'diu'.includes(type) ? 'd' : type, precision, flags.includes('#'));
  if (isInteger && precision !== undefined) text = text.padStart(Math.min(precision, 1000), '0');
  if ('XEGF'.includes(type)) text = text.toUpperCase();
  const sign = number < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  return padded(text, sign, how, Number.isFinite(number));
}

/** Python's `format % values`. */
export function formatPercent(format: string, values: unknown): string {
  const list: readonly unknown[] = values instanceof Tuple ? values : [values];
  let used = 0;
  let named = false;
  const next = (): unknown => {
    if (used >= list.length) throw new TemplateError('not enough arguments for format string');
    return list[used++];
  };
  const text = format.replace(conversion, (whole, key, flags = '', widthText, precisionText, type) => {
    if (type === undefined) throw new TemplateError('incomplete or unsupported format in format string');
    if (type === '%') return '%';
    const width = widthText === '*' ? integerOf(next(), '*') : Number(widthText ?? 0);
    const hasPrecision = /\.(?:\*|\d*)[hlL]?[a-zA-Z]$/.test(whole);
    const precision = !hasPrecision
      ? undefined
      : precisionText === '*'
        ? integerOf(next(), '*')
        : Number(precisionText ?? 0);
    let value: unknown;
    if (key === undefined) value = next();
    else {
      if (!isDict(values)) throw new TemplateError('format requires a mapping');
      named = true;
      value = dictGet(values, key);
      if (value === MISSING) throw new TemplateError(`format string names '${key}', which the mapping has not`);
    }
    return convert(value, { flags, width, precision, type });
  });
  const isUnusedMapping = isDict(values) && (named || used === 0);
  if (used < list.length && !isUnusedMapping && !(Array.isArray(values) && !(values instanceof Tuple))) {
    throw new TemplateError('not all arguments converted during string formatting');
  }
  return text;
}
