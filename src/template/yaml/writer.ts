const breaks = '\n\x85\u2028\u2029';
const replacements: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\x08': 'b',
  '\x09': 't',
  '\x0a': 'n',
  '\x0b': 'v',
  '\x0c': 'f',
  '\x0d': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

/** Writes YAML's tokens with PyYAML's blanks and line folding. */
export class YamlWriter {
  text = '';
  column = 0;
  /** The last thing written was a blank. */
  whitespace = true;
  /** Only indentation and indicators so far on this line. */
  indention = true;

  constructor(readonly width: number) {}

  #put(data: string): void {
    this.text += data;
    this.column += [...data].length;
  }

  lineBreak(): void {
    this.text += '\n';
    this.column = 0;
    this.whitespace = true;
    this.indention = true;
  }

  indent(to: number): void {
    if (!this.indention || this.column > to || (this.column === to && !this.whitespace)) this.lineBreak();
    if (this.column < to) {
      this.#put(' '.repeat(to - this.column));
      this.whitespace = true;
    }
  }

  indicator(data: string, needsBlank: boolean, isBlank = false, isIndention = false): void {
    this.#put(this.whitespace || !needsBlank ? data : ` ${data}`);
    this.whitespace = isBlank;
    this.indention &&= isIndention;
  }

  plain(value: string, folds: boolean, indent: number): void {
    if (value === '') return;
    if (!this.whitespace) this.#put(' ');
    this.whitespace = false;
    this.indention = false;
    const parts = value.match(/ +|[^ ]+/g) ?? [];
    parts.forEach((part) => {
      if (part === ' ' && folds && this.column > this.width) {
        this.indent(indent);
        this.whitespace = false;
        this.indention = false;
      } else this.#put(part);
    });
  }

  singleQuoted(value: string, folds: boolean, indent: number): void {
    this.indicator("'", true);
    const parts = value.match(/ +|[\n\x85\u2028\u2029]+|[^ \n\x85\u2028\u2029]+/g) ?? [];
    parts.forEach((part, at) => {
      const isEdge = at === 0 || at === parts.length - 1;
      if (part === ' ' && folds && this.column > this.width && !isEdge) this.indent(indent);
      else if (breaks.includes(part[0] ?? '')) {
        if (part[0] === '\n') this.lineBreak();
        for (let i = 0; i < part.length; i++) this.lineBreak();
        this.indent(indent);
      } else this.#put(part.replaceAll("'", "''"));
    });
    this.indicator("'", false);
  }

  /** Lines below a `|`, which says whether they begin with a blank and how they end. */
  literal(value: string, indent: number, step: number): void {
    const first = value[0] ?? '';
    const [last = '', beforeLast = ''] = [value.at(-1), value.at(-2)];
    const end = !breaks.includes(last) ? '-' : beforeLast === '' || breaks.includes(beforeLast) ? '+' : '';
    this.indicator(`|${first === ' ' || breaks.includes(first) ? step : ''}${end}`, true);
    this.lineBreak();
    let isAtBreak = true;
    for (const character of value) {
      if (breaks.includes(character)) {
        if (character === '\n') this.lineBreak();
        else {
          this.#put(character);
          this.column = 0;
        }
        isAtBreak = true;
      } else {
        if (isAtBreak) this.#put(' '.repeat(indent));
        this.#put(character);
        isAtBreak = false;
      }
    }
    this.whitespace = isAtBreak;
    this.indention = isAtBreak;
  }

  doubleQuoted(value: string, folds: boolean, indent: number): void {
    this.indicator('"', true);
    const characters = [...value];
    let pending = '';
    const flush = (): void => {
      this.#put(pending);
      pending = '';
    };
    characters.forEach((c, end) => {
      const isPlain =
        /^[\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/.test(c) && c !== '"' && c !== '\\' && !breaks.includes(c);
      if (isPlain) pending += c;
      else {
        flush();
        this.#put(escapeOf(c));
      }
      const mayFold = end > 0 && end < characters.length - 1 && (c === ' ' || !isPlain) && folds;
      const column = this.column + (isPlain ? [...pending].length - 1 : 0);
      if (!mayFold || column <= this.width) return;
      // The blank that is folded at belongs to the next line.
      const kept = isPlain ? pending.slice(0, -1) : pending;
      const rest = isPlain ? pending.slice(-1) : '';
      this.#put(`${kept}\\`);
      this.indent(indent);
      this.whitespace = false;
      this.indention = false;
      pending = rest;
      const next = isPlain ? rest : (characters[end + 1] ?? '');
      if (next.startsWith(' ')) this.#put('\\');
    });
    flush();
    this.indicator('"', false);
  }
}

function escapeOf(character: string): string {
  const known = replacements[character];
  if (known !== undefined) return `\\${known}`;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
