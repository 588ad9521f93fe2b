import { TemplateError } from '../errors.js';
import type { Expression, Statement } from './ast.js';
import { describe, type Token, type TokenType } from './token.js';

const END: Token = { type: 'end', value: '', offset: 0 };

/** Deeper nesting than anybody writes; parsing and compiling recurse by it. */
const DEEPEST = 200;

/** The two rules that the smaller ones come back to; handed in, so that the parser's files do not import in circles. */
export interface Grammar {
  expression(stream: TokenStream, allowsConditional?: boolean): Expression;
  statement(stream: TokenStream): Statement;
}

export class TokenStream {
  #at = 0;
  #depth = 0;

  constructor(
    readonly tokens: readonly Token[],
    readonly grammar: Grammar,
  ) {}

  /** Reads an expression, with an inline `if` unless that is not allowed here. */
  expression(allowsConditional = true): Expression {
    return this.grammar.expression(this, allowsConditional);
  }

  get current(): Token {
    return this.tokens[this.#at] ?? END;
  }

  peek(): Token {
    return this.tokens[this.#at + 1] ?? END;
  }

  next(): Token {
    const token = this.current;
    this.#at++;
    return token;
  }

  isOperator(value: string): boolean {
    return this.current.type === 'operator' && this.current.value === value;
  }

  isName(...values: string[]): boolean {
    return this.current.type === 'name' && values.includes(this.current.value);
  }

  eatOperator(value: string): boolean {
    if (!this.isOperator(value)) return false;
    this.#at++;
    return true;
  }

  eatName(value: string): boolean {
    if (!this.isName(value)) return false;
    this.#at++;
    return true;
  }

  expectOperator(value: string): Token {
    if (!this.isOperator(value)) this.fail(`expected '${value}', found ${describe(this.current)}`);
    return this.next();
  }

  expect(type: TokenType, what: string): Token {
    if (this.current.type !== type) this.fail(`expected ${what}, found ${describe(this.current)}`);
    return this.next();
  }

  fail(message: string, offset = this.current.offset, fix?: string): never {
    throw new TemplateError(message, { code: 'template-syntax', offset, ...(fix === undefined ? {} : { fix }) });
  }

  /** Runs one level of nesting. */
  nested<T>(parse: () => T): T {
    if (++this.#depth > DEEPEST) this.fail('the template is nested too deeply');
    const result = parse();
    this.#depth--;
    return result;
  }
}
