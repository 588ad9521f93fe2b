import type { Statement } from './ast.js';
import { parseBody } from './parse-body.js';
import { parseExpression } from './parse-expression.js';
import { describe } from './token.js';
import type { TokenStream } from './token-stream.js';

/** `with context` or `without context`, where it stands; `fallback` otherwise. */
function parseContext(stream: TokenStream, fallback: boolean): boolean {
  const next = stream.peek();
  if (!stream.isName('with', 'without') || next.type !== 'name' || next.value !== 'context') return fallback;
  const withContext = stream.next().value === 'with';
  stream.next();
  return withContext;
}

export function parseInclude(stream: TokenStream, offset: number): Statement {
  const name = parseExpression(stream);
  let ignoreMissing = false;
  if (stream.isName('ignore') && stream.peek().value === 'missing') {
    stream.next();
    stream.next();
    ignoreMissing = true;
  }
  return { kind: 'include', offset, name, ignoreMissing, withContext: parseContext(stream, true) };
}

export function parseImport(stream: TokenStream, offset: number): Statement {
  const name = parseExpression(stream);
  if (!stream.eatName('as')) stream.fail(`expected 'as', found ${describe(stream.current)}`);
  const as = stream.expect('name', 'a name').value;
  return { kind: 'import', offset, name, as, withContext: parseContext(stream, false) };
}

export function parseFromImport(stream: TokenStream, offset: number): Statement {
  const name = parseExpression(stream);
  if (!stream.eatName('import')) stream.fail(`expected 'import', found ${describe(stream.current)}`);
  const names: [string, string][] = [];
  do {
    if (names.length > 0 && stream.current.type !== 'name') break;
    const imported = stream.expect('name', 'a name to import').value;
    names.push([imported, stream.eatName('as') ? stream.expect('name', 'a name').value : imported]);
    const next = stream.peek();
    if (stream.isName('with', 'without') && next.type === 'name' && next.value === 'context') break;
  } while (stream.eatOperator(','));
  return { kind: 'from-import', offset, name, names, withContext: parseContext(stream, false) };
}

export const parseExtends = (stream: TokenStream, offset: number): Statement => ({
  kind: 'extends',
  offset,
  name: parseExpression(stream),
});

export function parseBlock(stream: TokenStream, offset: number): Statement {
  const name = stream.expect('name', "the block's name").value;
  let scoped = false;
  let required = false;
  while (stream.isName('scoped', 'required')) {
    if (stream.next().value === 'scoped') scoped = true;
    else required = true;
  }
  const { body } = parseBody(stream, ['endblock']);
  if (stream.current.type === 'name') {
    const closing = stream.next();
    if (closing.value !== name) stream.fail(`'endblock ${closing.value}' closes the block '${name}'`, closing.offset);
  }
  return { kind: 'block', offset, name, body, scoped, required };
}
