import type { ComparisonOperator, Expression } from './ast.js';
import { parseFilters, parsePostfix, parsePrimary } from './parse-primary.js';
import type { TokenStream } from './token-stream.js';

/** An expression with an optional inline `if`. The order of the functions below is Jinja2's order of precedence. */
export function parseExpression(stream: TokenStream, allowsConditional = true): Expression {
  return stream.nested(() => (allowsConditional ? parseConditional(stream) : parseOr(stream)));
}

function parseConditional(stream: TokenStream): Expression {
  let value = parseOr(stream);
  while (stream.isName('if')) {
    const { offset } = stream.next();
    const condition = parseOr(stream);
    const otherwise = stream.eatName('else') ? parseExpression(stream) : undefined;
    value = { kind: 'conditional', offset, condition, value, otherwise };
  }
  return value;
}

function parseOr(stream: TokenStream): Expression {
  let left = parseAnd(stream);
  while (stream.isName('or')) {
    const { offset } = stream.next();
    left = { kind: 'or', offset, left, right: parseAnd(stream) };
  }
  return left;
}

function parseAnd(stream: TokenStream): Expression {
  let left = parseNot(stream);
  while (stream.isName('and')) {
    const { offset } = stream.next();
    left = { kind: 'and', offset, left, right: parseNot(stream) };
  }
  return left;
}

function parseNot(stream: TokenStream): Expression {
  if (!stream.isName('not')) return parseCompare(stream);
  const { offset } = stream.next();
  return { kind: 'not', offset, operand: stream.nested(() => parseNot(stream)) };
}

const comparisons = new Set<string>(['==', '!=', '<', '<=', '>', '>=']);

function comparison(stream: TokenStream): ComparisonOperator | undefined {
  const { type, value } = stream.current;
  if (type === 'operator' && comparisons.has(value)) return stream.next().value as ComparisonOperator;
  if (stream.eatName('in')) return 'in';
  const next = stream.peek();
  if (stream.isName('not') && next.type === 'name' && next.value === 'in') {
    stream.next();
    stream.next();
    return 'not in';
  }
  return undefined;
}

function parseCompare(stream: TokenStream): Expression {
  const { offset } = stream.current;
  const first = parseSum(stream);
  const rest: [ComparisonOperator, Expression][] = [];
  for (let operator = comparison(stream); operator !== undefined; operator = comparison(stream)) {
    rest.push([operator, parseSum(stream)]);
  }
  return rest.length === 0 ? first : { kind: 'compare', offset, first, rest };
}

function parseSum(stream: TokenStream): Expression {
  let left = parseConcat(stream);
  while (stream.isOperator('+') || stream.isOperator('-')) {
    const { value, offset } = stream.next();
    left = { kind: 'binary', offset, operator: value as '+' | '-', left, right: parseConcat(stream) };
  }
  return left;
}

function parseConcat(stream: TokenStream): Expression {
  const { offset } = stream.current;
  const items = [parseProduct(stream)];
  while (stream.eatOperator('~')) items.push(parseProduct(stream));
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { kind: 'concat', offset, items };
}

function parseProduct(stream: TokenStream): Expression {
  let left = parsePower(stream);
  while (stream.current.type === 'operator' && ['*', '/', '//', '%'].includes(stream.current.value)) {
    const { value, offset } = stream.next();
    left = { kind: 'binary', offset, operator: value as '*' | '/' | '//' | '%', left, right: parsePower(stream) };
  }
  return left;
}

function parsePower(stream: TokenStream): Expression {
  let left = parseUnary(stream);
  while (stream.isOperator('**')) {
    const { offset } = stream.next();
    left = { kind: 'binary', offset, operator: '**', left, right: parseUnary(stream) };
  }
  return left;
}

/** `-1|abs` is `(-1)|abs`: filters bind to the signed operand. */
export function parseUnary(stream: TokenStream, withFilters = true): Expression {
  const { offset } = stream.current;
  let value: Expression;
  if (stream.eatOperator('-'))
    value = { kind: 'negate', offset, operand: stream.nested(() => parseUnary(stream, false)) };
  else if (stream.eatOperator('+'))
    value = { kind: 'plus', offset, operand: stream.nested(() => parseUnary(stream, false)) };
  else value = parsePrimary(stream);
  value = parsePostfix(stream, value);
  return withFilters ? parseFilters(stream, value) : value;
}
