import type { Statement } from './ast.js';
import { parseTuple } from './parse-primary.js';
import { describe } from './token.js';
import type { TokenStream } from './token-stream.js';

export interface Body {
  body: Statement[];
  /** The word that ended it. */
  end: string;
}

/**
 * The inside of a statement: closes its opening tag, reads up to one of the `ends` and, where that is an `end…` word,
 * an optional name after it (`{% endblock name %}`). The closing `%}` of the end is the caller's.
 */
export function parseBody(stream: TokenStream, ends: readonly string[]): Body {
  const start = stream.current.offset;
  stream.expect('block-end', "'%}'");
  const body = parseStatements(stream, ends);
  if (stream.current.type === 'end')
    stream.fail(`the statement is not closed: '${ends[ends.length - 1]}' is missing`, start);
  return { body, end: stream.next().value };
}

/** Reads statements up to a tag that begins with one of the `ends` (left standing at that word) or the template's end. */
export function parseStatements(stream: TokenStream, ends: readonly string[]): Statement[] {
  const body: Statement[] = [];
  for (;;) {
    const { type, value, offset } = stream.current;
    if (type === 'end') return body;
    stream.next();
    if (type === 'data') body.push({ kind: 'text', offset, text: value });
    else if (type === 'variable-begin') {
      body.push({ kind: 'output', offset, value: parseTuple(stream) });
      closeTag(stream, 'variable-end', "'}}'");
    } else {
      if (stream.isName(...ends)) return body;
      body.push(stream.grammar.statement(stream));
      closeTag(stream, 'block-end', "'%}'");
    }
  }
}

function closeTag(stream: TokenStream, type: 'variable-end' | 'block-end', what: string): void {
  if (stream.current.type !== type) stream.fail(`expected ${what} or an operator, found ${describe(stream.current)}`);
  stream.next();
}
