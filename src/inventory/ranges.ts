import { maxHosts } from './names.js';

/** `ascii_letters` of Python: ranges of letters run from a to z and on from A to Z. */
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

export interface RangeProblem {
  message: string;
  why: string;
  /** Where in the pattern, counted from 0. */
  offset: number;
  length: number;
}

export type Expansion = { names: string[]; problem?: never } | { names?: never; problem: RangeProblem };

interface Range {
  first: number;
  last: number;
  step: number;
  show: (n: number) => string;
}

const expected = 'a range is [FIRST:LAST] or [FIRST:LAST:STEP], of numbers such as [01:12] or of letters such as [a:f]';

const isNumber = (text: string): boolean => /^[0-9]{1,15}$/.test(text);

function readRange(text: string): Range | string {
  const parts = text.split(':');
  const [begin = '', end = '', step = '1'] = parts;
  if (parts.length < 2 || parts.length > 3) return expected;
  if (end === '') return `the last value is missing; ${expected}`;
  if (!isNumber(step) || Number(step) === 0) return 'the step is a whole number greater than 0';
  if (begin.length === 1 && end.length === 1 && letters.includes(begin) && letters.includes(end)) {
    const [first, last] = [letters.indexOf(begin), letters.indexOf(end)];
    if (first > last) return `"${begin}" comes after "${end}"`;
    return { first, last, step: Number(step), show: (n) => letters[n] ?? '' };
  }
  const from = begin === '' ? '0' : begin;
  if (!isNumber(from) || !isNumber(end)) return expected;
  const width = from.length > 1 && from.startsWith('0') ? from.length : 0;
  if (width > 0 && width !== end.length) {
    const digits = Math.max(width, end.length);
    const example = `[${from.padStart(digits, '0')}:${end.padStart(digits, '0')}]`;
    return `"${from}" begins with 0, so both ends need the same number of digits, as in ${example}`;
  }
  return { first: Number(from), last: Number(end), step: Number(step), show: (n) => String(n).padStart(width, '0') };
}

const countOf = (range: Range): number => Math.max(0, Math.floor((range.last - range.first) / range.step) + 1);

/** The names a host pattern stands for: every combination of its ranges, the first range varying slowest. */
export function expandRanges(pattern: string): Expansion {
  const stray = pattern.replace(/\[[^\]]*\]/g, (range) => ' '.repeat(range.length)).indexOf(']');
  if (stray !== -1) {
    return { problem: { message: 'host range without its opening "["', why: expected, offset: stray, length: 1 } };
  }
  const fixed: string[] = [];
  const ranges: Range[] = [];
  let total = 1;
  let rest = 0;
  for (let open = pattern.indexOf('['); open !== -1; open = pattern.indexOf('[', rest)) {
    const close = pattern.indexOf(']', open);
    if (close === -1) {
      const length = pattern.length - open;
      return { problem: { message: 'host range without its closing "]"', why: expected, offset: open, length } };
    }
    const text = pattern.slice(open, close + 1);
    const range = readRange(text.slice(1, -1));
    if (typeof range === 'string') {
      return { problem: { message: `bad host range ${text}`, why: range, offset: open, length: text.length } };
    }
    total *= countOf(range);
    if (total > maxHosts) {
      const why = `an inventory holds at most ${maxHosts} hosts`;
      return { problem: { message: `host range ${text} is too large`, why, offset: open, length: text.length } };
    }
    fixed.push(pattern.slice(rest, open));
    ranges.push(range);
    rest = close + 1;
  }
  if (total === 0) return { names: [] };
  let names = [''];
  for (const [i, range] of ranges.entries()) {
    const values = Array.from({ length: countOf(range) }, (_, n) => range.show(range.first + n * range.step));
    names = names.flatMap((name) => values.map((value) => `${name}${fixed[i]}${value}`));
  }
  return { names: names.map((name) => `${name}${pattern.slice(rest)}`) };
}
