/**
 * Python's `literal_eval`, with JSON's true, false and null: what Ansible applies to a rendered text that looks like a
 * list, a mapping or a boolean. Undefined for what is no literal; never throws.
 */

import { unescapePython } from '../../values/index.js';
import { mapKey } from './dict.js';
import { float, Tuple } from './kinds.js';
import { binary, negate } from './operators.js';

const constants: Readonly<Record<string, unknown>> = {
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
};

class NotLiteral extends Error {}
const fail = (): never => {
  throw new NotLiteral();
};

const stringStart = /(?:[rRuU]?)("""|'''|"|')/y;
const numberText = /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?/y;
const wordText = /[A-Za-z_]\w*/y;

class Reader {
  at = 0;
  depth = 0;
  constructor(readonly text: string) {}

  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at += match[0].length;
    return match;
  }

  space(): void {
    this.match(/(?:\s|#[^\n]*|\\\n)*/y);
  }

  eat(character: string): boolean {
    this.space();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  value(): unknown {
    if (++this.depth > 150) return fail();
    this.space();
    const value = this.element();
    this.depth--;
    return value;
  }

  element(): unknown {
    if (this.eat('[')) return this.items(']');
    if (this.eat('(')) return this.parenthesis();
    if (this.eat('{')) return this.braces();
    if (this.eat('-')) return negate(this.number() ?? fail());
    if (this.eat('+')) return this.number() ?? fail();
    const text = this.strings();
    if (text !== undefined) return text;
    const number = this.number();
    if (number !== undefined) return number;
    const word = this.match(wordText)?.[0];
    return word !== undefined && Object.hasOwn(constants, word) ? constants[word] : fail();
  }

  items(end: string): unknown[] {
    const items: unknown[] = [];
    while (!this.eat(end)) {
      items.push(this.value());
      if (this.eat(',')) continue;
      if (this.eat(end)) break;
      fail();
    }
    return items;
  }

  parenthesis(): unknown {
    if (this.eat(')')) return Tuple.make([]);
    const first = this.value();
    if (this.eat(')')) return first;
    if (!this.eat(',')) return fail();
    return Tuple.make([first, ...this.items(')')]);
  }

  braces(): unknown {
    const entries = new Map<unknown, unknown>();
    while (!this.eat('}')) {
      const key = this.value();
      if (!this.eat(':')) return fail();
      entries.set(mapKey(key), this.value());
      if (this.eat(',')) continue;
      if (this.eat('}')) break;
      fail();
    }
    return entries;
  }

  number(): unknown {
    this.space();
    const text = this.match(numberText)?.[0]?.replaceAll('_', '');
    if (text === undefined || text === '') return undefined;
    if (/^0[xXoObB]/.test(text)) return Number(text);
    if (/^0\d/.test(text) && !/[.eE]/.test(text) && !/^0+$/.test(text)) return fail();
    return /[.eE]/.test(text) ? float(Number(text)) : Number(text);
  }

  strings(): string | undefined {
    let all: string | undefined;
    for (;;) {
      this.space();
      const start = this.at;
      const opening = this.match(stringStart);
      if (opening === null) return all;
      const quote = opening[1] ?? fail();
      const isRaw = /^[rR]/.test(opening[0]);
      const from = this.at;
      while (!this.text.startsWith(quote, this.at)) {
        if (this.at >= this.text.length || (quote.length === 1 && this.text[this.at] === '\n')) return fail();
        this.at += this.text[this.at] === '\\' ? 2 : 1;
      }
      if (start < 0) return fail();
      const body = this.text.slice(from, this.at);
      this.at += quote.length;
      all = (all ?? '') + (isRaw ? body : unescapePython(body));
    }
  }

  sum(): unknown {
    let value = this.value();
    for (;;) {
      if (typeof value !== 'number') return value;
      if (this.eat('+')) value = binary('+', value, this.number() ?? fail());
      else if (this.eat('-')) value = binary('-', value, this.number() ?? fail());
      else return value;
    }
  }
}

export function literalEval(text: string): { value: unknown } | undefined {
  const reader = new Reader(text);
  try {
    const value = reader.sum();
    reader.space();
    return reader.at === text.length ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** Ansible takes a rendered text that reads as a list, a mapping or a boolean of Python's for one. */
export function asLiteral(text: string): unknown {
  const first = text[0];
  if (first !== '[' && first !== '{') return text === 'True' ? true : text === 'False' ? false : text;
  return literalEval(text)?.value ?? text;
}

/** With jinja2_native any text that is a literal becomes its value; a quoted text stays as it is, and so does an indented one. */
export function asNative(text: string): unknown {
  if (/^[ \t]/.test(text)) return text;
  const literal = literalEval(text);
  return literal === undefined || typeof literal.value === 'string' ? text : literal.value;
}
