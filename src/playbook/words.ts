import { nearest } from '../errors/index.js';
import { Float, type Value } from '../values/index.js';

/** "did you mean …?" for a misspelt word, where one is near. */
export function suggestion(word: string, known: Iterable<string>): string | undefined {
  const near = nearest(word, known);
  return near === undefined ? undefined : `did you mean \`${near}\`?`;
}

export const isTemplate = (text: string): boolean => /\{\{|\{%|\{#/.test(text);

/** What a value is, for messages. */
export function describe(value: Value): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Float) return `the number ${value}`;
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return value.length > 40 ? 'text' : `\`${value}\``;
  return `${typeof value === 'boolean' ? 'the boolean' : 'the number'} ${value}`;
}
