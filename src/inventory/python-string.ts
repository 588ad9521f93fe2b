/** Escapes of Python string literals with one character. */
const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const numberedEscape = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3}))/;

/** The text an escape stands for and its length after the backslash; undefined where Python would refuse it. */
function readEscape(text: string): { value: string; length: number } | undefined {
  const first = text.charAt(0);
  const simple = Object.hasOwn(simpleEscapes, first) ? simpleEscapes[first] : undefined;
  if (simple !== undefined) return { value: simple, length: 1 };
  const numbered = numberedEscape.exec(text);
  if (numbered !== null) {
    const [whole, x, u, U, octal] = numbered;
    const code = octal === undefined ? Number.parseInt(x ?? u ?? U ?? '', 16) : Number.parseInt(octal, 8);
    return code > 0x10ffff ? undefined : { value: String.fromCodePoint(code), length: whole.length };
  }
  // \N{NAME} would need the table of Unicode names; the value then stays the text it is.
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
