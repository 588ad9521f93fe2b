import { float } from '../python/kinds.js';
import type { Arguments, Expression } from './ast.js';
import { describe } from './token.js';
import type { TokenStream } from './token-stream.js';

const constants: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
};

export function parsePrimary(stream: TokenStream): Expression {
  const token = stream.next();
  const { offset } = token;
  switch (token.type) {
    case 'name':
      if (Object.hasOwn(constants, token.value)) return { kind: 'constant', offset, value: constants[token.value] };
      return { kind: 'name', offset, name: token.value };
    case 'string': {
      let value = token.value;
      while (stream.current.type === 'string') value += stream.next().value;
      return { kind: 'constant', offset, value };
    }
    case 'integer':
      return { kind: 'constant', offset, value: Number(token.value.replaceAll('_', '')) };
    case 'float':
      return { kind: 'constant', offset, value: float(Number(token.value.replaceAll('_', ''))) };
    case 'operator':
      if (token.value === '(') return parseParenthesis(stream, offset);
      if (token.value === '[') return parseList(stream, offset);
      if (token.value === '{') return parseDict(stream, offset);
  }
  return stream.fail(`expected a value, found ${describe(token)}`, offset);
}

function parseParenthesis(stream: TokenStream, offset: number): Expression {
  if (stream.eatOperator(')')) return { kind: 'tuple', offset, items: [] };
  const value = parseTuple(stream);
  stream.expectOperator(')');
  return value;
}

/** One expression, or several with commas between: a tuple. */
export function parseTuple(stream: TokenStream, allowsConditional = true): Expression {
  const { offset } = stream.current;
  const items: Expression[] = [];
  let isTuple = false;
  for (;;) {
    if (items.length > 0 && endsTuple(stream)) break;
    items.push(stream.expression(allowsConditional));
    if (!stream.eatOperator(',')) break;
    isTuple = true;
  }
  const [only] = items;
  return !isTuple && only !== undefined ? only : { kind: 'tuple', offset, items };
}

const endsTuple = (stream: TokenStream): boolean =>
  ['variable-end', 'block-end', 'end'].includes(stream.current.type) || stream.isOperator(')') || stream.isName('in');

function parseList(stream: TokenStream, offset: number): Expression {
  const items: Expression[] = [];
  while (!stream.isOperator(']')) {
    if (items.length > 0) stream.expectOperator(',');
    if (stream.isOperator(']')) break;
    items.push(stream.expression());
  }
  stream.expectOperator(']');
  return { kind: 'list', offset, items };
}

function parseDict(stream: TokenStream, offset: number): Expression {
  const pairs: [Expression, Expression][] = [];
  while (!stream.isOperator('}')) {
    if (pairs.length > 0) stream.expectOperator(',');
    if (stream.isOperator('}')) break;
    const key = stream.expression();
    stream.expectOperator(':');
    pairs.push([key, stream.expression()]);
  }
  stream.expectOperator('}');
  return { kind: 'dict', offset, pairs };
}

/** Attributes, items and calls after a value. */
export function parsePostfix(stream: TokenStream, start: Expression): Expression {
  let value = start;
  for (;;) {
    const { offset } = stream.current;
    if (stream.eatOperator('.')) value = parseDot(stream, value, offset);
    else if (stream.eatOperator('[')) value = parseSubscript(stream, value, offset);
    else if (stream.isOperator('(')) value = { kind: 'call', offset, target: value, args: parseArguments(stream) };
    else return value;
  }
}

function parseDot(stream: TokenStream, target: Expression, offset: number): Expression {
  const token = stream.next();
  if (token.type === 'name') return { kind: 'attribute', offset, target, name: token.value };
  if (token.type === 'integer') {
    return { kind: 'item', offset, target, index: { kind: 'constant', offset, value: Number(token.value) } };
  }
  return stream.fail(`expected a name or number after '.', found ${describe(token)}`, token.offset);
}

function parseSubscript(stream: TokenStream, target: Expression, offset: number): Expression {
  const parts: (Expression | undefined)[] = [undefined];
  let items: Expression[] | undefined;
  while (!stream.isOperator(']')) {
    if (stream.eatOperator(':')) {
      parts.push(undefined);
      continue;
    }
    if (stream.eatOperator(',')) {
      items ??= [parts[0] ?? stream.fail('expected an index before the comma')];
      if (stream.isOperator(']')) break;
      items.push(stream.expression());
      continue;
    }
    if (parts[parts.length - 1] !== undefined || items !== undefined)
      stream.fail(`expected ']', found ${describe(stream.current)}`);
    parts[parts.length - 1] = stream.expression();
  }
  stream.expectOperator(']');
  if (items !== undefined && parts.length === 1)
    return { kind: 'item', offset, target, index: { kind: 'tuple', offset, items } };
  if (parts.length > 3 || items !== undefined) stream.fail('a slice has at most three parts', offset);
  const [start, stop, step] = parts;
  if (parts.length > 1) return { kind: 'slice', offset, target, start, stop, step };
  return {
    kind: 'item',
    offset,
    target,
    index: start ?? stream.fail('expected an index between the brackets', offset),
  };
}

const noArguments: Arguments = { positional: [], named: [] };

export function parseArguments(stream: TokenStream): Arguments {
  stream.expectOperator('(');
  const positional: Expression[] = [];
  const named: [string, Expression][] = [];
  let star: Expression | undefined;
  let starStar: Expression | undefined;
  while (!stream.isOperator(')')) {
    if (positional.length + named.length > 0 || star !== undefined || starStar !== undefined) {
      stream.expectOperator(',');
      if (stream.isOperator(')')) break;
    }
    const next = stream.peek();
    if (stream.eatOperator('**')) starStar = stream.expression();
    else if (stream.eatOperator('*')) star = stream.expression();
    else if (stream.current.type === 'name' && next.type === 'operator' && next.value === '=') {
      const name = stream.next().value;
      stream.next();
      named.push([name, stream.expression()]);
    } else {
      if (named.length > 0 || starStar !== undefined) stream.fail('a positional argument follows a named one');
      positional.push(stream.expression());
    }
  }
  stream.expectOperator(')');
  return { positional, named, ...(star && { star }), ...(starStar && { starStar }) };
}

/** Filters, tests and calls after a value. */
export function parseFilters(stream: TokenStream, start: Expression): Expression {
  let value = start;
  for (;;) {
    if (stream.isOperator('|')) value = parseFilter(stream, value);
    else if (stream.isName('is')) value = parseTest(stream, value);
    else if (stream.isOperator('(')) {
      value = { kind: 'call', offset: stream.current.offset, target: value, args: parseArguments(stream) };
    } else return value;
  }
}

function parseDottedName(stream: TokenStream, what: string): string {
  let name = stream.expect('name', `the name of a ${what}`).value;
  while (stream.eatOperator('.')) name += `.${stream.expect('name', `the name of a ${what}`).value}`;
  return name;
}

function parseFilter(stream: TokenStream, target: Expression | undefined): Expression {
  stream.expectOperator('|');
  return parseFilterName(stream, target);
}

/** A filter without the bar before it: the first one of `{% filter %}`. */
export function parseFilterName(stream: TokenStream, target: Expression | undefined): Expression {
  const { offset } = stream.current;
  const name = parseDottedName(stream, 'filter');
  const args = stream.isOperator('(') ? parseArguments(stream) : noArguments;
  return { kind: 'filter', offset, target, name, args };
}

/** More filters on the text of a block. */
export function parseFilterChain(stream: TokenStream, first: Expression | undefined): Expression | undefined {
  let value = first;
  while (stream.isOperator('|')) value = parseFilter(stream, value);
  return value;
}

const argumentStarts = new Set(['name', 'string', 'integer', 'float']);

function parseTest(stream: TokenStream, target: Expression): Expression {
  stream.next();
  const negated = stream.eatName('not');
  const { offset } = stream.current;
  const name = parseDottedName(stream, 'test');
  let args = noArguments;
  const { type, value } = stream.current;
  if (stream.isOperator('(')) args = parseArguments(stream);
  else if (
    (argumentStarts.has(type) || (type === 'operator' && '[{'.includes(value))) &&
    !stream.isName('else', 'or', 'and', 'is', 'if', 'in', 'not')
  ) {
    const positional = [parsePostfix(stream, parsePrimary(stream))];
    args = { positional, named: [] };
  }
  return { kind: 'test', offset, target, name, args, negated };
}
