/** Python's text functions, by code points where that shows. */
import { TemplateError } from '../errors.js';
import { itemsOf } from './iterate.js';
import { typeName } from './kinds.js';
import { checkTextLength, repeatText } from './limits.js';

export const SPACE = /[\s\x1c-\x1f\x85]/;

export const capitalize = (text: string): string => {
  const [first = '', ...rest] = text;
  return first.toUpperCase() + rest.join('').toLowerCase();
};

export const titleCase = (text: string): string => text.replace(/\p{L}+/gu, (word) => capitalize(word));

export const swapCase = (text: string): string =>
  [...text].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join('');

const isIn = (chars: string | undefined) => (character: string) =>
  chars === undefined ? SPACE.test(character) : chars.includes(character);

export function strip(text: string, chars: string | undefined, sides: 'both' | 'left' | 'right' = 'both'): string {
  const matches = isIn(chars);
  const characters = chars !== undefined && /[\ud800-\udfff]/.test(text) ? [...text] : text.split('');
  let start = 0;
  let end = characters.length;
  if (sides !== 'right') while (start < end && matches(characters[start] ?? '')) start++;
  if (sides !== 'left') while (end > start && matches(characters[end - 1] ?? '')) end--;
  return characters.slice(start, end).join('');
}

/** `str.split`: at most `limit` cuts where that is not negative. */
export function split(text: string, separator: string | undefined, limit = -1): string[] {
  if (separator === undefined) return splitBlanks(text, limit);
  if (separator === '') throw new TemplateError('empty separator');
  const parts = text.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)];
}

function splitBlanks(text: string, limit: number): string[] {
  const parts: string[] = [];
  const word = /[^\s\x1c-\x1f\x85]+/g;
  for (let match = word.exec(text); match !== null; match = word.exec(text)) {
    if (limit >= 0 && parts.length === limit) {
      parts.push(strip(text.slice(match.index), undefined, 'right'));
      break;
    }
    parts.push(match[0]);
  }
  return parts;
}

const reversed = (text: string): string => [...text].reverse().join('');

export function splitFromRight(text: string, separator: string | undefined, limit = -1): string[] {
  const parts = split(reversed(text), separator === undefined ? undefined : reversed(separator), limit);
  return parts.map(reversed).reverse();
}

export function splitLines(text: string, keepsEnds = false): string[] {
  const lines =
    text.match(
      /[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+$/g,
    ) ?? [];
  return keepsEnds ? lines : lines.map((line) => line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, ''));
}

export function replace(text: string, old: string, replacement: string, count = -1): string {
  if (count < 0) {
    const occurrences = old === '' ? text.length + 1 : replacement.length > old.length ? text.split(old).length - 1 : 0;
    checkTextLength(text.length + occurrences * replacement.length);
    return old === ''
      ? [...text].map((c) => replacement + c).join('') + replacement
      : text.replaceAll(old, () => replacement);
  }
  if (old === '') {
    const characters = [...text];
    return (
      characters.map((c, at) => (at < count ? replacement + c : c)).join('') +
      (characters.length < count ? replacement : '')
    );
  }
  const parts = text.split(old);
  if (count === 0 || parts.length === 1) return text;
  const cuts = Math.min(count, parts.length - 1);
  checkTextLength(text.length + cuts * replacement.length);
  return [parts.slice(0, cuts + 1).join(replacement), ...parts.slice(cuts + 1)].join(old);
}

export function justify(text: string, width: number, fill: string, side: 'left' | 'right' | 'center'): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (side === 'left') return text + repeatText(fill, missing);
  if (side === 'right') return repeatText(fill, missing) + text;
  // Python puts the odd blank to the left where both the gap and the width are odd.
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return repeatText(fill, left) + text + repeatText(fill, missing - left);
}

/** Members must be texts, as `str.join` wants them. */
export function joinTexts(separator: string, members: unknown): string {
  const texts = itemsOf(members).map((item, index) => {
    if (typeof item === 'string') return item;
    throw new TemplateError(`sequence item ${index}: expected str instance, ${typeName(item)} found`, {
      fix: 'use the join filter, which takes any values',
    });
  });
  const text = Array.from(texts).join(separator);
  checkTextLength(text.length);
  return text;
}
