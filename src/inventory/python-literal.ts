import { type Mapping, mapping, type Value } from '../values/index.js';
import { readPythonString } from './python-string.js';

/** Thrown inside this module only: the text is no literal, so the value is the text itself. */
class NotLiteral extends Error {}

/** As deep as Python's own parser lets brackets nest. */
const maxDepth = 200;

const digits = '[0-9](?:_?[0-9])*';
const blank = /(?:[ \t\f]|#.*$)*/y;
const word = /(?:True|False|None)(?!\w)/y;
const integer = /(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[1-9](?:_?[0-9])*|0(?:_?0)*)(?![\w.])/y;
const float = new RegExp(
  `(?:(?:${digits})?\\.${digits}|${digits}\\.|${digits}(?=[eE]))(?:[eE][+-]?${digits})?(?![\\w.])`,
  'y',
);

/** Reads one literal; keeps its place in `at`. */
class Reader {
  private at = 0;

  constructor(private readonly source: string) {}

  read(): Value {
    const value = this.list(0, '');
    this.skip();
    if (this.at < this.source.length) throw new NotLiteral();
    return value;
  }

  /** The text at the reader's place that the (sticky) pattern matches; does not move. */
  private peek(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.source)?.[0];
  }

  private skip(): void {
    this.at += this.peek(blank)?.length ?? 0;
  }

  private take(text: string): boolean {
    this.skip();
    if (!this.source.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** One value, or a tuple where commas follow; `closing` is the bracket that ends it. */
  private list(depth: number, closing: string): Value {
    const first = this.value(depth);
    if (!this.take(',')) return first;
    return [first, ...this.items(depth, closing)];
  }

  private items(depth: number, closing: string): Value[] {
    const items: Value[] = [];
    while (!this.isAt(closing)) {
      items.push(this.value(depth));
      if (!this.take(',')) break;
    }
    return items;
  }

  private isAt(closing: string): boolean {
    this.skip();
    return closing === '' ? this.at >= this.source.length : this.source.startsWith(closing, this.at);
  }

  private close(closing: string): void {
    if (!this.take(closing)) throw new NotLiteral();
  }

  private value(depth: number): Value {
    if (depth > maxDepth) throw new NotLiteral();
    if (this.take('[')) {
      const items = this.items(depth + 1, ']');
      this.close(']');
      return items;
    }
    if (this.take('(')) {
      if (this.take(')')) return [];
      const value = this.list(depth + 1, ')');
      this.close(')');
      return value;
    }
    if (this.take('{')) return this.mapping(depth + 1);
    return this.string() ?? this.constant();
  }

  private mapping(depth: number): Mapping {
    const result = mapping();
    while (!this.isAt('}')) {
      const key = this.value(depth);
      if (typeof key === 'object' && key !== null) throw new NotLiteral();
      // A set, `{1, 2}`, is no value of the playbook language: its text is kept.
      this.close(':');
      result[keyText(key)] = this.value(depth);
      if (!this.take(',')) break;
    }
    this.close('}');
    return result;
  }

  private string(): string | undefined {
    let text: string | undefined;
    for (;;) {
      this.skip();
      const literal = readPythonString(this.source, this.at);
      if (literal === undefined) return text;
      text = (text ?? '') + literal.value;
      this.at = literal.end;
    }
  }

  private constant(): Value {
    const name = this.peek(word);
    if (name === undefined) return this.number();
    this.at += name.length;
    return name === 'None' ? null : name === 'True';
  }

  private number(): number {
    const negative = this.take('-');
    if (!negative) this.take('+');
    this.skip();
    const whole = this.peek(integer);
    const text = whole ?? this.peek(float);
    if (text === undefined) throw new NotLiteral();
    const number = Number(text.replaceAll('_', ''));
    // Numbers beyond what JSON can carry exactly (serials, account ids) keep their digits as text.
    if (!Number.isFinite(number) || (whole !== undefined && !Number.isSafeInteger(number))) throw new NotLiteral();
    this.at += text.length;
    return negative && number !== 0 ? -number : number;
  }
}

function keyText(key: null | boolean | number | string): string {
  if (key === null) return 'None';
  if (typeof key === 'boolean') return key ? 'True' : 'False';
  return String(key);
}

/**
 * The value that Ansible's INI inventory gives to the text after `=`: what Python's `ast.literal_eval` makes of it, and
 * the text itself where that fails. Tuples become lists. Sets and complex numbers stay text.
 */
export function readPythonLiteral(text: string): Value {
  try {
    return new Reader(text.replace(/^[ \t]+/, '')).read();
  } catch (error) {
    if (error instanceof NotLiteral) return text;
    throw error;
  }
}
