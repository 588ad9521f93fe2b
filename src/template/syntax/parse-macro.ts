import type { MacroBody, Parameter, Statement } from './ast.js';
import { parseBody } from './parse-body.js';
import { parseExpression, parseUnary } from './parse-expression.js';
import type { TokenStream } from './token-stream.js';

function parseParameters(stream: TokenStream): Parameter[] {
  const parameters: Parameter[] = [];
  stream.expectOperator('(');
  while (!stream.isOperator(')')) {
    if (parameters.length > 0) {
      stream.expectOperator(',');
      if (stream.isOperator(')')) break;
    }
    const name = stream.expect('name', 'the name of a parameter').value;
    const fallback = stream.eatOperator('=') ? parseExpression(stream) : undefined;
    if (fallback === undefined && parameters.at(-1)?.fallback !== undefined) {
      stream.fail('a parameter without a default follows one with a default');
    }
    parameters.push({ name, fallback });
  }
  stream.expectOperator(')');
  return parameters;
}

export function parseMacro(stream: TokenStream, offset: number): Statement {
  const name = stream.expect('name', "the macro's name").value;
  const parameters = parseParameters(stream);
  const macro: MacroBody = { name, parameters, body: parseBody(stream, ['endmacro']).body };
  return { kind: 'macro', offset, macro };
}

export function parseCallBlock(stream: TokenStream, offset: number): Statement {
  const parameters = stream.isOperator('(') ? parseParameters(stream) : [];
  const call = parseUnary(stream);
  if (call.kind !== 'call') stream.fail('expected a call', offset);
  const caller: MacroBody = { name: 'caller', parameters, body: parseBody(stream, ['endcall']).body };
  return { kind: 'call-block', offset, call, caller };
}
