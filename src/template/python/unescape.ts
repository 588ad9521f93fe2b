const simple: Readonly<Record<string, string>> = {
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
  '\n': '',
};

const escapeSequence = /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g;

/** The text a Python string literal's body stands for. Unknown escapes stay as they are written. */
export const unescapeString = (body: string): string =>
  body.includes('\\')
    ? body.replace(escapeSequence, (whole, octal, byte, short, long, other) => {
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
        const hex: string | undefined = byte ?? short ?? long;
        if (hex !== undefined) {
          const code = Number.parseInt(hex, 16);
          return code > 0x10ffff ? whole : String.fromCodePoint(code);
        }
        return simple[other] ?? whole;
      })
    : body;
