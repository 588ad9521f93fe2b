const simple: Readonly<Record<string, string>> = {
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

const numbered = /^(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/;

/**
 * What a backslash and the text behind it stand for in a Python string literal, and how much of that text it takes;
 * undefined where Python knows no such escape. \N{NAME} would need the table of Unicode's names.
 */
export function readPythonEscape(behind: string): { value: string; length: number } | undefined {
  const first = behind.charAt(0);
  if (Object.hasOwn(simple, first)) return { value: simple[first] ?? '', length: 1 };
  const found = numbered.exec(behind);
  if (found === null) return undefined;
  const [whole, octal, byte, short, long] = found;
  const code = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
  return code > 0x10ffff ? undefined : { value: String.fromCodePoint(code), length: whole.length };
}

const escapes = /\\(?:[0-7]{1,3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[\s\S])/g;

/** The text that the body of a Python string literal stands for. Unknown escapes stay as they are written. */
export const unescapePython = (body: string): string =>
  body.includes('\\') ? body.replace(escapes, (whole) => readPythonEscape(whole.slice(1))?.value ?? whole) : body;
