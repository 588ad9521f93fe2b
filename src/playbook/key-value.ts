import { unescapePython } from '../values/index.js';

/** Options that command-like tasks take as `key=value` beside their free text, as Ansible has them. */
const commandOptions = new Set([
  'creates',
  'removes',
  'chdir',
  'executable',
  'warn',
  'stdin',
  'stdin_add_newline',
  'strip_empty_ends',
  'expand_argument_vars',
]);

/** Quotes or template blocks that are not closed. */
export class UnbalancedError extends Error {}

const brackets = [
  ['{{', '}}'],
  ['{%', '%}'],
  ['{#', '#}'],
] as const;

const occurrences = (text: string, part: string): number => text.split(part).length - 1;

/** The quote that is open after the text, given the one that was open before it. */
function openQuote(text: string, before: string): string {
  let quote = before;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if ((c !== '"' && c !== "'") || (i > 0 && text[i - 1] === '\\')) continue;
    if (quote === '') quote = c;
    else if (quote === c) quote = '';
  }
  return quote;
}

/**
 * Splits argument text into words at blanks and line ends outside quotes and template blocks, as Ansible's split_args:
 * runs of blanks and line ends stay at the end of the word before them, and quotes stay where they are.
 * Throws UnbalancedError.
 */
export function splitArguments(text: string): string[] {
  const words: string[] = [];
  const depths = [0, 0, 0];
  let quote = '';
  const extend = (tail: string): void => {
    if (words.length > 0) words[words.length - 1] += tail;
  };
  const lines = text.split('\n');
  lines.forEach((line, lineIndex) => {
    const pieces = line.split(' ');
    let continues = false;
    pieces.forEach((piece, index) => {
      if (piece === '' && index > 0) {
        extend(' ');
        return;
      }
      if (piece === '\\' && quote === '') {
        continues = true;
        return;
      }
      const wasQuoted = quote !== '';
      const wasInBlock = depths.some((depth) => depth > 0);
      quote = openQuote(piece, quote);
      let isPlaced = false;
      if (quote !== '' && !wasQuoted && !wasInBlock) {
        words.push(piece);
        isPlaced = true;
      } else if (wasInBlock || quote !== '' || wasQuoted) {
        const gap = index === 0 && wasQuoted ? '' : pieces.length > 1 ? (index > 0 ? ' ' : '') : '\n';
        extend(gap + piece);
        isPlaced = true;
      }
      const kinds = /[{}]/.test(piece) ? brackets : [];
      kinds.forEach(([open, close], kind) => {
        const before = depths[kind] ?? 0;
        const after = Math.max(0, before + occurrences(piece, open) - occurrences(piece, close));
        depths[kind] = after;
        if (after !== before && !isPlaced) {
          words.push(piece);
          isPlaced = true;
        }
      });
      if (!isPlaced && piece !== '' && quote === '' && depths.every((depth) => depth === 0)) words.push(piece);
    });
    if (lineIndex < lines.length - 1 && !continues) extend('\n');
  });
  if (quote !== '') throw new UnbalancedError('a quote is not closed');
  if (depths.some((depth) => depth > 0)) throw new UnbalancedError('a template block is not closed');
  return words;
}

const joinWords = (words: readonly string[]): string =>
  words.reduce((text, word) => (text === '' || text.endsWith('\n') ? text + word : `${text} ${word}`), '');

/** Python's backslash escapes, apart from names of characters and octal numbers, which Ansible leaves alone here. */
const decodeEscapes = (text: string): string =>
  text.replace(/\\(?:U[\da-fA-F]{8}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|[\\'"abfnrtv])/g, unescapePython);

/** Without the pair of quotes around it, where one pair is. */
function unquote(text: string): string {
  const first = text[0];
  const isQuoted = text.length > 1 && (first === '"' || first === "'") && text.at(-1) === first && text.at(-2) !== '\\';
  return isQuoted ? text.slice(1, -1) : text;
}

export interface KeyValues {
  values: Map<string, string>;
  /** The words that are no `key=value`, put together again; undefined where there are none. */
  raw: string | undefined;
}

/**
 * Reads `key=value` text as Ansible's parse_kv. With `isCommand` only the options of command-like tasks count as keys and
 * everything else stays free text. Throws UnbalancedError.
 */
export function parseKeyValues(text: string, isCommand: boolean): KeyValues {
  const values = new Map<string, string>();
  const raw: string[] = [];
  for (const word of splitArguments(text)) {
    const decoded = decodeEscapes(word);
    if (!decoded.includes('=')) {
      raw.push(word);
      continue;
    }
    let at = decoded.indexOf('=', 1);
    while (at > 0 && decoded[at - 1] === '\\') at = decoded.indexOf('=', at + 1);
    if (at === -1) {
      raw.push(decoded.replaceAll('\\=', '='));
      continue;
    }
    const key = decoded.slice(0, at);
    if (isCommand && !commandOptions.has(key)) raw.push(word);
    else values.set(key.trim(), unquote(decoded.slice(at + 1).trim()));
  }
  return { values, raw: raw.length > 0 ? joinWords(raw) : undefined };
}
