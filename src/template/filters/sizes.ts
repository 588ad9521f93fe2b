import { TemplateError } from '../errors.js';
import { fixed } from '../python/format-spec.js';
import { numberOf, typeName } from '../python/kinds.js';
import { str } from '../python/repr.js';
import { type Filter, filter } from '../runtime/callables.js';
import { flag, optional } from './arguments.js';
import { roundHalfEven } from './basic.js';

const powers: readonly (readonly [string, number])[] = [
  ['Y', 2 ** 80],
  ['Z', 2 ** 70],
  ['E', 2 ** 60],
  ['P', 2 ** 50],
  ['T', 2 ** 40],
  ['G', 2 ** 30],
  ['M', 2 ** 20],
  ['K', 2 ** 10],
  ['B', 1],
];

function humanReadable(value: unknown, isBits: boolean, unit: string | undefined): string {
  const size = numberOf(value);
  if (size === undefined || Number.isNaN(size))
    throw new TemplateError(`human_readable() can't interpret following string: ${str(value)}`);
  const base = isBits ? 'bits' : 'Bytes';
  const found = powers.find(
    ([letter, limit]) => (unit === undefined && size >= limit) || (unit !== undefined && unit.toUpperCase() === letter),
  );
  const [letter, limit] = found ?? (['B', 1] as const);
  const suffix = letter === 'B' ? base : `${letter}${isBits ? 'b' : 'B'}`;
  return `${fixed(size / limit, 2)} ${suffix}`;
}

function humanToBytes(value: unknown, defaultUnit: string | undefined, isBits: boolean): number {
  const match = /^\s*(\d*\.?\d*)\s*([A-Za-z]+)?/.exec(str(value));
  const digits = match?.[1] ?? '';
  if (digits === '' || digits === '.')
    throw new TemplateError(`human_to_bytes() can't interpret following string: ${str(value)}`);
  const unit = match?.[2] ?? defaultUnit;
  if (unit === undefined) return Math.round(Number(digits));
  const limit = powers.find(([letter]) => letter === unit[0]?.toUpperCase())?.[1];
  const isWord = unit.toLowerCase().includes(isBits ? 'bit' : 'byte');
  if (limit === undefined || (unit.length > 1 && !isWord && unit[1] !== (isBits ? 'b' : 'B'))) {
    throw new TemplateError(`human_to_bytes() failed to convert ${str(value)}: ${unit} is no unit it knows`);
  }
  return roundHalfEven(Number(digits) * limit, 0);
}

function fileSize(value: unknown, binary: boolean): string {
  const bytes = typeof value === 'string' ? Number(value) : numberOf(value);
  if (bytes === undefined || Number.isNaN(bytes))
    throw new TemplateError(`filesizeformat: a number is needed, not ${typeName(value)}`);
  const base = binary ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const letters = [binary ? 'K' : 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
  const at = Math.max(
    0,
    letters.findIndex((_, index) => bytes < base ** (index + 2) || index === letters.length - 1),
  );
  return `${fixed((base * bytes) / base ** (at + 2), 1)} ${letters[at]}${binary ? 'iB' : 'B'}`;
}

const unitText = (value: unknown): string | undefined => (optional(value) === undefined ? undefined : str(value));

export const sizeFilters: Readonly<Record<string, Filter>> = {
  human_readable: filter('isbits unit', (value, [isBits, unit]) => humanReadable(value, flag(isBits), unitText(unit))),
  human_to_bytes: filter('default_unit isbits', (value, [unit, isBits]) =>
    humanToBytes(value, unitText(unit), flag(isBits)),
  ),
  filesizeformat: filter('binary', (value, [binary]) => fileSize(value, flag(binary))),
};
