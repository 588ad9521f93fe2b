import { TemplateError } from '../errors.js';
import { isFloat, numberOf, typeName } from './kinds.js';
import { repeatText } from './limits.js';
import { floatText, integerText, str } from './repr.js';

/** Python's rounding of a float to fixed digits is exact, as is JavaScript's `toFixed` up to 100 digits below 1e21. */
export const fixed = (value: number, digits: number): string =>
  Math.abs(value) >= 1e21 && Number.isFinite(value)
    ? `${integerText(value)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`
    : value.toFixed(Math.min(digits, 100));

function exponential(value: number, digits: number): string {
  const [mantissa = '', power = '0'] = value.toExponential(Math.min(digits, 100)).split('e');
  const size = String(Math.abs(Number(power))).padStart(2, '0');
  return `${mantissa}e${power.startsWith('-') ? '-' : '+'}${size}`;
}

/** C's `%g`. */
function general(value: number, precision: number, keepZeros: boolean): string {
  const digits = Math.max(1, Math.min(precision, 100));
  const exponent = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1]);
  const text =
    exponent < -4 || exponent >= digits
      ? exponential(value, digits - 1)
      : fixed(value, Math.max(0, digits - 1 - exponent));
  if (keepZeros) return text;
  return text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');
}

/** A number without its sign in the notation of the conversion letter. */
export function notation(value: number, type: string, precision: number | undefined, alternate = false): string {
  const size = Math.abs(value);
  if (!Number.isFinite(size)) return Number.isNaN(size) ? 'nan' : 'inf';
  switch (type.toLowerCase()) {
    case 'f':
      return fixed(size, precision ?? 6);
    case 'e':
      return exponential(size, precision ?? 6);
    case 'g':
      return general(size, precision ?? 6, alternate);
    case '%':
      return `${fixed(size * 100, precision ?? 6)}%`;
    case 'x':
      return `${alternate ? '0x' : ''}${BigInt(size).toString(16)}`;
    case 'o':
      return `${alternate ? '0o' : ''}${BigInt(size).toString(8)}`;
    case 'b':
      return `${alternate ? '0b' : ''}${BigInt(size).toString(2)}`;
    default:
      return integerText(size);
  }
}

const specification = /^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

const grouped = (digits: string, separator: string): string => {
  const [, whole = digits, rest = ''] = /^(\d+)(.*)$/s.exec(digits) ?? [];
  return whole.replace(/\B(?=(\d{3})+$)/g, separator) + rest;
};

function pad(text: string, sign: string, fill: string, align: string, width: number): string {
  const missing = width - [...sign, ...text].length;
  if (missing <= 0) return sign + text;
  if (align === '=') return sign + repeatText(fill, missing) + text;
  if (align === '<') return sign + text + repeatText(fill, missing);
  if (align === '>') return repeatText(fill, missing) + sign + text;
  const left = Math.floor(missing / 2);
  return repeatText(fill, left) + sign + text + repeatText(fill, missing - left);
}

/** Python's `format(value, spec)`. */
export function formatSpec(value: unknown, spec: string): string {
  if (spec === '') return str(value);
  const match = specification.exec(spec);
  if (match === null) throw new TemplateError(`Invalid format specifier '${spec}'`);
  const [, fillText, alignText, signText, alternate, zero, widthText, separator, precisionText, type] = match;
  const width = Number(widthText ?? 0);
  const precision = precisionText === undefined ? undefined : Number(precisionText);
  const number = typeof value === 'boolean' && type === undefined ? undefined : numberOf(value);
  if (number === undefined) {
    if ((type !== undefined && type !== 's') || separator !== undefined) {
      throw new TemplateError(`Unknown format code '${type ?? separator}' for object of type '${typeName(value)}'`);
    }
    const text = precision === undefined ? str(value) : [...str(value)].slice(0, precision).join('');
    return pad(text, '', fillText ?? ' ', alignText ?? '<', width);
  }
  const isReal = isFloat(value);
  if (type === 's' || (isReal && /[dxXobc]/.test(type ?? ''))) {
    throw new TemplateError(`Unknown format code '${type}' for object of type '${typeName(value)}'`);
  }
  const fallback = isReal ? (precision === undefined ? 'r' : 'g') : 'd';
  const kind = type ?? fallback;
  let text = kind === 'r' ? floatText(Math.abs(number)) : notation(number, kind, precision, alternate !== undefined);
  if (type === 'X' || type === 'E' || type === 'G' || type === 'F') text = text.toUpperCase();
  if (separator !== undefined) text = grouped(text, separator);
  const sign =
    number < 0 || Object.is(number, -0)
      ? isReal || number < 0
        ? '-'
        : ''
      : signText === '+' || signText === ' '
        ? signText
        : '';
  return pad(
    text,
    sign,
    fillText ?? (zero === undefined ? ' ' : '0'),
    alignText ?? (zero === undefined ? '>' : '='),
    width,
  );
}
