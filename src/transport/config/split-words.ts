export interface SplitOptions {
  /** An unquoted `#` at the start of a word ends the line, as in ssh_config. */
  comments: boolean;
}

export type SplitResult = { words: string[] } | { problem: string };

/**
 * Words of a line, with single quotes, double quotes and backslashes. In ssh_config a backslash only escapes quotes,
 * blanks and itself; elsewhere (`comments: false`) it is the shell's. Linear in the length of the text.
 */
export function splitWords(text: string, options: SplitOptions): SplitResult {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    const next = text[i + 1];
    if (c === '\\' && next !== undefined && isEscape(next, quote, options)) {
      word = (word ?? '') + next;
      i++;
    } else if (quote !== undefined) {
      if (c === quote) quote = undefined;
      else word = (word ?? '') + c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (c === '#' && word === undefined && options.comments) {
      break;
    } else {
      word = (word ?? '') + c;
    }
  }
  if (quote !== undefined) return { problem: `no closing ${quote}` };
  if (word !== undefined) words.push(word);
  return { words };
}

function isEscape(next: string, quote: string | undefined, options: SplitOptions): boolean {
  if (options.comments) return next === '"' || next === "'" || next === '\\' || (quote === undefined && next === ' ');
  if (quote === "'") return false;
  return quote === undefined || next === '"' || next === '\\' || next === '$' || next === '`';
}
