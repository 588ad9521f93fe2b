import { TemplateError } from '../errors.js';
import { isTruthy } from '../python/compare.js';
import { rangeItems } from '../python/dict.js';
import { itemsOf } from '../python/iterate.js';
import { Range } from '../python/kinds.js';
import { str } from '../python/repr.js';
import type { Frame } from '../runtime/frame.js';
import { Output } from '../runtime/output.js';
import { Namespace } from '../runtime/things.js';
import type { Expression, Statement, Target } from '../syntax/ast.js';
import { compileExpression } from './expression.js';
import { compileFor } from './for.js';
import { compileBlock, compileExtends, compileFromImport, compileImport, compileInclude } from './inheritance.js';
import { compileCallBlock, compileMacro } from './macro.js';
import type { Names } from './names.js';
import type { Assign, Execute, StatementCompiler } from './types.js';

export function statementCompiler(names: Names): StatementCompiler {
  const compiler: StatementCompiler = {
    names,
    expression: (node) => compileExpression(node, names),
    body: (statements) => compileBody(statements, compiler),
    target: (target) => compileTarget(target),
  };
  return compiler;
}

function compileBody(statements: readonly Statement[], compiler: StatementCompiler): Execute {
  const steps = statements.map((statement) => compileStatement(statement, compiler));
  return (frame) => {
    for (const step of steps) {
      const signal = step(frame);
      if (signal !== undefined) return signal;
    }
    return undefined;
  };
}

function compileTarget(target: Target): Assign {
  if (target.kind === 'name') {
    const { name } = target;
    return (frame, value) => frame.set(name, value);
  }
  if (target.kind === 'member') {
    const { namespace, attribute } = target;
    return (frame, value) => {
      const owner = frame.resolve(namespace);
      if (!(owner instanceof Namespace)) throw new TemplateError('cannot assign attribute on non-namespace object');
      owner.set(attribute, value);
    };
  }
  const parts = target.items.map(compileTarget);
  return (frame, value) => {
    const items = itemsOf(value);
    if (items.length !== parts.length) {
      throw new TemplateError(
        items.length > parts.length
          ? `too many values to unpack (expected ${parts.length})`
          : `not enough values to unpack (expected ${parts.length}, got ${items.length})`,
      );
    }
    parts.forEach((assign, index) => {
      assign(frame, items[index]);
    });
  };
}

/** The body's text. */
function capture(body: Execute, frame: Frame): string {
  const output = new Output();
  body(frame.child(output));
  return output.text;
}

function compileStatement(node: Statement, compiler: StatementCompiler): Execute {
  switch (node.kind) {
    case 'text': {
      const { text } = node;
      return (frame) => void frame.output.write(text);
    }
    case 'output':
      return compileOutput(node.value, compiler);
    case 'for':
      return compileFor(node, compiler);
    case 'if': {
      const branches = node.branches.map(
        ([condition, body]) => [compiler.expression(condition), compiler.body(body)] as const,
      );
      const otherwise = compiler.body(node.otherwise);
      return (frame) => {
        for (const [condition, body] of branches) if (isTruthy(condition(frame))) return body(frame);
        return otherwise(frame);
      };
    }
    case 'set': {
      const [value, assign] = [compiler.expression(node.value), compiler.target(node.target)];
      return (frame) => void assign(frame, value(frame));
    }
    case 'set-block':
    case 'filter-block':
      return compileCaptured(node, compiler);
    case 'macro':
      return compileMacro(node.macro, compiler);
    case 'call-block':
      return compileCallBlock(node, compiler);
    case 'with': {
      const bindings = node.bindings.map(
        ([target, value]) => [compiler.target(target), compiler.expression(value)] as const,
      );
      const body = compiler.body(node.body);
      return (frame) => {
        const scope = frame.child();
        // All values are seen from outside the block.
        const values = bindings.map(([, value]) => value(frame));
        bindings.forEach(([assign], index) => {
          assign(scope, values[index]);
        });
        return body(scope);
      };
    }
    case 'do': {
      const value = compiler.expression(node.value);
      return (frame) => void value(frame);
    }
    case 'scope': {
      const body = compiler.body(node.body);
      return (frame) => body(frame.child());
    }
    case 'include':
      return compileInclude(node, compiler);
    case 'import':
      return compileImport(node, compiler);
    case 'from-import':
      return compileFromImport(node, compiler);
    case 'extends':
      return compileExtends(node, compiler);
    case 'block':
      return compileBlock(node);
    case 'break':
    case 'continue': {
      const { kind } = node;
      return () => kind;
    }
  }
}

function compileOutput(node: Expression, compiler: StatementCompiler): Execute {
  const value = compiler.expression(node);
  const { offset } = node;
  return (frame) => {
    const result = value(frame);
    frame.rendering.at = offset;
    // None is written as nothing: Ansible's finalize.
    if (result !== null) frame.output.write(str(result instanceof Range ? rangeItems(result) : result));
    return undefined;
  };
}

type Captured = Extract<Statement, { kind: 'set-block' | 'filter-block' }>;

/** The name under which a block's text reaches the filters after it; no template can say it. */
const BLOCK_TEXT = ' text';

function withInput(node: Expression, input: Expression): Expression {
  if (node.kind !== 'filter') return node;
  return { ...node, target: node.target === undefined ? input : withInput(node.target, input) };
}

function compileCaptured(node: Captured, compiler: StatementCompiler): Execute {
  const body = compiler.body(node.body);
  const input: Expression = { kind: 'name', name: BLOCK_TEXT, offset: node.offset };
  const filter = node.filter && compiler.expression(withInput(node.filter, input));
  const assign = node.kind === 'set-block' ? compiler.target(node.target) : undefined;
  return (frame) => {
    const text = capture(body, frame);
    let result: unknown = text;
    if (filter !== undefined) {
      const scope = frame.child();
      scope.set(BLOCK_TEXT, text);
      result = filter(scope);
    }
    if (assign !== undefined) assign(frame, result);
    else if (result !== null) frame.output.write(str(result));
    return undefined;
  };
}
