import type { Expression, Statement } from './ast.js';
import type { Syntax } from './delimiters.js';
import { lexBareExpression, lexTemplate } from './lex.js';
import { parseStatements } from './parse-body.js';
import { parseExpression } from './parse-expression.js';
import { parseTuple } from './parse-primary.js';
import { parseStatement } from './parse-statement.js';
import { describe } from './token.js';
import { type Grammar, TokenStream } from './token-stream.js';

const grammar: Grammar = { expression: parseExpression, statement: parseStatement };

export function parseTemplate(source: string, syntax: Syntax): Statement[] {
  return parseStatements(new TokenStream(lexTemplate(source, syntax), grammar), []);
}

/** A bare expression: a condition. */
export function parseBareExpression(source: string): Expression {
  const stream = new TokenStream(lexBareExpression(source), grammar);
  const value = parseTuple(stream);
  if (stream.current.type !== 'end') stream.fail(`unexpected ${describe(stream.current)} after the expression`);
  return value;
}
