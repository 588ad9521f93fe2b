import { TemplateError } from '../errors.js';
import { isTruthy } from '../python/compare.js';
import { float, isFloat, isInteger, numberOf, typeName, Undefined } from '../python/kinds.js';
import { missing, ownAttribute } from '../python/member.js';
import { str } from '../python/repr.js';
import { type Filter, filter } from '../runtime/callables.js';
import { flag, whole } from './arguments.js';

/** Python's `int(text, base)`; undefined where it would fail. */
function parseInteger(value: string, base: number): number | undefined {
  const text = value
    .trim()
    .replace(/(?<=[\da-zA-Z])_(?=[\da-zA-Z])/g, '')
    .toLowerCase();
  const [, sign = '', prefix = '', digits = ''] = /^([-+]?)(0[xob])?(.*)$/s.exec(text) ?? [];
  const prefixes: Readonly<Record<string, number>> = { '0x': 16, '0o': 8, '0b': 2 };
  const own = prefixes[prefix];
  const body = own !== undefined && own !== base && base !== 0 ? prefix + digits : digits;
  const radix = base === 0 ? (own ?? 10) : base;
  if (radix < 2 || radix > 36 || body === '') return undefined;
  const allowed = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix);
  if ([...body].some((digit) => !allowed.includes(digit))) return undefined;
  const number = radix === 10 ? Number(body) : Number.parseInt(body, radix);
  return sign === '-' ? -number + 0 : number;
}

/** Python's `float(text)`; undefined where it would fail. */
function parseReal(value: string): number | undefined {
  const text = value
    .trim()
    .replace(/(?<=\d)_(?=\d)/g, '')
    .toLowerCase();
  const special = /^([-+]?)(inf|infinity|nan)$/.exec(text);
  if (special !== null) return special[2] === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function toInteger(value: unknown, base: number): number | undefined {
  const number = typeof value === 'string' ? (parseInteger(value, base) ?? parseReal(value)) : numberOf(value);
  return number === undefined || !Number.isFinite(number) ? undefined : Math.trunc(number) + 0;
}

const truthyWords = new Set(['yes', 'on', '1', 'true']);

/** Ansible's `bool`: a few words and 1 are true, everything else is false; None stays None. */
export function toBoolean(value: unknown): boolean | null {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return truthyWords.has(value.toLowerCase());
  return numberOf(value) === 1;
}

/** Python's round: half to even, and exact in the decimal sense. */
export function roundHalfEven(value: number, digits: number): number {
  if (!Number.isFinite(value)) return value;
  if (digits > 15) return value;
  const factor = 10 ** Math.abs(digits);
  if (digits < 0) {
    const scaled = value / factor;
    const low = Math.floor(scaled);
    const rest = scaled - low;
    return (rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low) * factor;
  }
  // toFixed works on the exact binary value; only a true tie, which is exact in binary, needs care.
  const shifted = value * factor;
  const isTie = Math.abs(shifted % 1) === 0.5 && shifted / factor === value && Number.isInteger(value * 2 ** 20);
  if (isTie) {
    const low = Math.floor(shifted);
    return (low % 2 === 0 ? low : low + 1) / factor;
  }
  return Number(value.toFixed(Math.min(digits, 100)));
}

const real = (value: unknown, name: string): number => {
  const number = numberOf(value);
  if (number === undefined) throw new TemplateError(`${name}: a number is needed, not ${typeName(value)}`);
  return number;
};

export const basicFilters: Readonly<Record<string, Filter>> = {
  default: filter(
    'default_value boolean',
    (value, [fallback = '', boolean]) =>
      value instanceof Undefined || (flag(boolean) && !isTruthy(value)) ? fallback : value,
    { acceptsUndefined: true },
  ),
  mandatory: filter(
    'msg',
    (value, [message]) => {
      if (!(value instanceof Undefined)) return value;
      const name = value.options.variable === undefined ? '' : `'${value.options.variable}' `;
      throw new TemplateError(
        message === undefined || message === null ? `Mandatory variable ${name} not defined.` : str(message),
        { code: 'undefined-variable' },
      );
    },
    { acceptsUndefined: true },
  ),
  ternary: filter(
    'true_val false_val none_val',
    (value, [yes, no, none]) => {
      if (yes === undefined || no === undefined)
        throw new TemplateError('ternary needs two values', { code: 'bad-arguments' });
      if (value === null && none !== undefined && none !== null) return none;
      return isTruthy(value) ? yes : no;
    },
    { acceptsUndefined: true },
  ),
  type_debug: filter('', (value) => typeName(value), { acceptsUndefined: true }),
  bool: filter('', toBoolean),
  int: filter('default base', (value, [fallback = 0, base]) => toInteger(value, whole(base, 'base', 10)) ?? fallback),
  float: filter('default', (value, [fallback]) => {
    const number = typeof value === 'string' ? parseReal(value) : numberOf(value);
    if (number !== undefined) return float(number);
    return fallback === undefined ? float(0) : fallback;
  }),
  string: filter('', (value) => str(value)),
  safe: filter('', (value) => value),
  abs: filter('', (value) => {
    const size = Math.abs(real(value, 'abs'));
    return isFloat(value) ? float(size) : size;
  }),
  round: filter('precision method', (value, [precision, method = 'common']) => {
    const digits = whole(precision, 'precision', 0);
    const number = real(value, 'round');
    if (method === 'common') {
      const rounded = roundHalfEven(number, digits);
      return isInteger(value) ? rounded : float(rounded);
    }
    if (method !== 'ceil' && method !== 'floor') throw new TemplateError('method must be common, ceil or floor');
    return float(Math[method](number * 10 ** digits) / 10 ** digits);
  }),
  pow: filter('y', (value, [y]) => float(real(value, 'pow') ** real(y, 'pow'))),
  root: filter('base', (value, [base]) => {
    const by = base === undefined ? 2 : real(base, 'root');
    const number = real(value, 'root');
    return float(by === 2 ? Math.sqrt(number) : number ** (1 / by));
  }),
  log: filter('base', (value, [base]) => {
    const number = real(value, 'log');
    if (number <= 0) throw new TemplateError('log() can only be used on positive numbers');
    if (base === undefined) return float(Math.log(number));
    const by = real(base, 'log');
    return float(by === 10 ? Math.log10(number) : by === 2 ? Math.log2(number) : Math.log(number) / Math.log(by));
  }),
  attr: filter('name', (value, [name]) => {
    // Only attributes, never items.
    return ownAttribute(value, str(name)) ?? missing(value, str(name));
  }),
};
