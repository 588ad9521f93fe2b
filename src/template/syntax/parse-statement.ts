import { nearest } from '../../errors/index.js';
import type { Expression, Statement, Target } from './ast.js';
import { parseBody } from './parse-body.js';
import { parseExpression } from './parse-expression.js';
import { parseBlock, parseExtends, parseFromImport, parseImport, parseInclude } from './parse-inheritance.js';
import { parseCallBlock, parseMacro } from './parse-macro.js';
import { parseFilterChain, parseFilterName, parseTuple } from './parse-primary.js';
import { describe } from './token.js';
import type { TokenStream } from './token-stream.js';

type Parse = (stream: TokenStream, offset: number) => Statement;

const statements: Readonly<Record<string, Parse>> = {
  for: parseFor,
  if: parseIf,
  set: parseSet,
  macro: parseMacro,
  call: parseCallBlock,
  filter: parseFilterBlock,
  with: parseWith,
  do: (stream, offset) => ({ kind: 'do', offset, value: parseTuple(stream) }),
  include: parseInclude,
  import: parseImport,
  from: parseFromImport,
  extends: parseExtends,
  block: parseBlock,
  autoescape: (stream, offset) => {
    parseExpression(stream);
    return { kind: 'scope', offset, body: parseBody(stream, ['endautoescape']).body };
  },
  break: (_, offset) => ({ kind: 'break', offset }),
  continue: (_, offset) => ({ kind: 'continue', offset }),
};

/** The statement after `{%`; its closing `%}` is the caller's. */
export function parseStatement(stream: TokenStream): Statement {
  const { value, offset } = stream.expect('name', 'a statement');
  const parse = Object.hasOwn(statements, value) ? statements[value] : undefined;
  if (parse !== undefined) return stream.nested(() => parse(stream, offset));
  if (value.startsWith('end') || value === 'else' || value === 'elif') {
    return stream.fail(`unexpected '${value}': no statement is open that it could belong to`, offset);
  }
  const near = nearest(value, [...Object.keys(statements), 'raw']);
  return stream.fail(
    `unknown statement '${value}'`,
    offset,
    near === undefined ? undefined : `did you mean '${near}'?`,
  );
}

function parseTarget(stream: TokenStream, allowsMember = false): Target {
  const { offset } = stream.current;
  const items: Target[] = [];
  let isTuple = false;
  do {
    if (items.length > 0 && (stream.isName('in') || stream.isOperator('=') || stream.isOperator(')'))) break;
    items.push(parseOneTarget(stream, allowsMember));
    if (!stream.isOperator(',')) break;
    isTuple = true;
  } while (stream.eatOperator(','));
  const [only] = items;
  return !isTuple && only !== undefined ? only : { kind: 'names', offset, items };
}

function parseOneTarget(stream: TokenStream, allowsMember: boolean): Target {
  const { offset } = stream.current;
  if (stream.eatOperator('(')) {
    const inner = parseTarget(stream);
    stream.expectOperator(')');
    return inner;
  }
  const name = stream.expect('name', 'a name to assign to').value;
  if (['true', 'false', 'none', 'True', 'False', 'None'].includes(name))
    stream.fail(`'${name}' cannot be assigned to`, offset);
  if (allowsMember && stream.eatOperator('.')) {
    return { kind: 'member', offset, namespace: name, attribute: stream.expect('name', 'an attribute').value };
  }
  return { kind: 'name', offset, name };
}

function parseFor(stream: TokenStream, offset: number): Statement {
  const target = parseTarget(stream);
  if (!stream.eatName('in')) stream.fail(`expected 'in', found ${describe(stream.current)}`);
  const over = parseTuple(stream, false);
  const filter = stream.eatName('if') ? parseExpression(stream) : undefined;
  const recursive = stream.eatName('recursive');
  const { body, end } = parseBody(stream, ['endfor', 'else']);
  const otherwise = end === 'else' ? parseBody(stream, ['endfor']).body : [];
  return { kind: 'for', offset, target, over, filter, body, otherwise, recursive };
}

function parseIf(stream: TokenStream, offset: number): Statement {
  const branches: [Expression, readonly Statement[]][] = [];
  for (;;) {
    const condition = parseTuple(stream, false);
    const { body, end } = parseBody(stream, ['elif', 'else', 'endif']);
    branches.push([condition, body]);
    if (end === 'elif') continue;
    const otherwise = end === 'else' ? parseBody(stream, ['endif']).body : [];
    return { kind: 'if', offset, branches, otherwise };
  }
}

function parseSet(stream: TokenStream, offset: number): Statement {
  const target = parseTarget(stream, true);
  if (stream.eatOperator('=')) return { kind: 'set', offset, target, value: parseTuple(stream) };
  const filter = parseFilterChain(stream, undefined);
  return { kind: 'set-block', offset, target, filter, body: parseBody(stream, ['endset']).body };
}

function parseFilterBlock(stream: TokenStream, offset: number): Statement {
  const first = parseFilterName(stream, undefined);
  const filter = parseFilterChain(stream, first) ?? first;
  return { kind: 'filter-block', offset, filter, body: parseBody(stream, ['endfilter']).body };
}

function parseWith(stream: TokenStream, offset: number): Statement {
  const bindings: [Target, Expression][] = [];
  while (stream.current.type !== 'block-end') {
    if (bindings.length > 0) stream.expectOperator(',');
    const target = parseOneTarget(stream, false);
    stream.expectOperator('=');
    bindings.push([target, parseExpression(stream)]);
  }
  return { kind: 'with', offset, bindings, body: parseBody(stream, ['endwith']).body };
}
