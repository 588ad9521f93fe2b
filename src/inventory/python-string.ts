import { readPythonEscape } from '../values/index.js';

/** The text an escape stands for and its length after the backslash; undefined where Python would refuse it. */
function readEscape(text: string): { value: string; length: number } | undefined {
  const known = readPythonEscape(text);
  if (known !== undefined) return known;
  const first = text.charAt(0);
  if (first === '' || 'xuUN'.includes(first)) return undefined;
  return { value: `\\${first}`, length: 1 };
}

export interface StringLiteral {
  value: string;
  /** Index after the closing quote. */
  end: number;
}

/** A Python string literal that begins at `start` (its prefix included), or undefined where there is none. */
export function readPythonString(source: string, start: number): StringLiteral | undefined {
  const opening = /^(r|u|b|br|rb)?('''|"""|'|")/i.exec(source.slice(start, start + 5));
  if (opening === null) return undefined;
  const quote = opening[2] ?? '';
  const raw = /r/i.test(opening[1] ?? '');
  let value = '';
  for (let i = start + opening[0].length; i < source.length; ) {
    if (source.startsWith(quote, i)) return { value, end: i + quote.length };
    const c = source.charAt(i);
    if (c !== '\\') {
      if (c === '\n' && quote.length === 1) return undefined;
      value += c;
      i += 1;
    } else if (raw) {
      value += source.slice(i, i + 2);
      i += 2;
    } else {
      const escaped = readEscape(source.slice(i + 1, i + 10));
      if (escaped === undefined) return undefined;
      value += escaped.value;
      i += 1 + escaped.length;
    }
  }
  return undefined;
}
