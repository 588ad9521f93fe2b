import { TemplateError } from '../errors.js';
import { compare, isEqual, isTruthy } from '../python/compare.js';
import { mapKey } from '../python/dict.js';
import { contains } from '../python/iterate.js';
import { Callable, Internal, Nothing, Tuple, typeName, Undefined } from '../python/kinds.js';
import { attributeOf, itemOf } from '../python/member.js';
import { binary, concatenate, negate, positive } from '../python/operators.js';
import { slice } from '../python/slice.js';
import type { ComparisonOperator, Expression } from '../syntax/ast.js';
import { compileArguments } from './arguments.js';
import type { Names } from './names.js';
import { kindOfExpression } from './text-kind.js';
import type { Evaluate } from './types.js';

type Node<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>;

const compareWith: Readonly<Record<ComparisonOperator, (a: unknown, b: unknown) => boolean>> = {
  '==': isEqual,
  '!=': (a, b) => !isEqual(a, b),
  '<': (a, b) => compare(a, b, '<') < 0,
  '<=': (a, b) => compare(a, b, '<=') <= 0,
  '>': (a, b) => compare(a, b, '>') > 0,
  '>=': (a, b) => compare(a, b, '>=') >= 0,
  in: (a, b) => contains(b, a),
  'not in': (a, b) => !contains(b, a),
};

/** An expression to a function of the frame. Names of filters and tests are checked here. */
export function compileExpression(node: Expression, names: Names): Evaluate {
  const compile = (child: Expression): Evaluate => compileExpression(child, names);
  switch (node.kind) {
    case 'constant': {
      const { value } = node;
      return () => value;
    }
    case 'name': {
      const { name } = node;
      return (frame) => frame.resolve(name);
    }
    case 'list': {
      const items = node.items.map(compile);
      return (frame) => items.map((item) => item(frame));
    }
    case 'tuple': {
      const items = node.items.map(compile);
      return (frame) => Tuple.make(items.map((item) => item(frame)));
    }
    case 'dict':
      return compileDict(node, compile);
    case 'and': {
      const [left, right] = [compile(node.left), compile(node.right)];
      return (frame) => {
        const value = left(frame);
        return isTruthy(value) ? right(frame) : value;
      };
    }
    case 'or': {
      const [left, right] = [compile(node.left), compile(node.right)];
      return (frame) => {
        const value = left(frame);
        return isTruthy(value) ? value : right(frame);
      };
    }
    case 'conditional':
      return compileConditional(node, compile);
    case 'compare':
      return compileCompare(node, compile);
    case 'not': {
      const operand = compile(node.operand);
      return (frame) => !isTruthy(operand(frame));
    }
    case 'concat': {
      const items = node.items.map(compile);
      return (frame) => concatenate(items.map((item) => item(frame)));
    }
    case 'call':
      return compileCall(node, names);
    case 'filter':
    case 'test':
      return compileApplication(node, names);
    default:
      return compileAccess(node, compile);
  }
}

type Compile = (child: Expression) => Evaluate;

function compileDict(node: Node<'dict'>, compile: Compile): Evaluate {
  const pairs = node.pairs.map(([key, value]) => [compile(key), compile(value)] as const);
  return (frame) => {
    const dict = new Map<unknown, unknown>();
    for (const [key, value] of pairs) dict.set(mapKey(key(frame)), value(frame));
    return dict;
  };
}

function compileConditional(node: Node<'conditional'>, compile: Compile): Evaluate {
  const [condition, value] = [compile(node.condition), compile(node.value)];
  const otherwise = node.otherwise && compile(node.otherwise);
  return (frame) => {
    if (isTruthy(condition(frame))) return value(frame);
    if (otherwise !== undefined) return otherwise(frame);
    return new Nothing('the inline if-expression evaluated to false and no else section was defined');
  };
}

function compileCompare(node: Node<'compare'>, compile: Compile): Evaluate {
  const first = compile(node.first);
  const rest = node.rest.map(([operator, operand]) => [compareWith[operator], compile(operand)] as const);
  const { offset } = node;
  const [only] = rest;
  if (rest.length === 1 && only !== undefined) {
    const [holds, operand] = only;
    return (frame) => {
      const left = first(frame);
      const right = operand(frame);
      frame.rendering.at = offset;
      return holds(left, right);
    };
  }
  return (frame) => {
    let left = first(frame);
    for (const [holds, operand] of rest) {
      const right = operand(frame);
      frame.rendering.at = offset;
      if (!holds(left, right)) return false;
      left = right;
    }
    return true;
  };
}

function compileAccess(
  node: Node<'attribute' | 'item' | 'slice' | 'binary' | 'negate' | 'plus'>,
  compile: Compile,
): Evaluate {
  const { offset } = node;
  switch (node.kind) {
    case 'attribute': {
      const { name } = node;
      const target = compile(node.target);
      return (frame) => {
        const value = target(frame);
        frame.rendering.at = offset;
        return attributeOf(value, name);
      };
    }
    case 'item': {
      const [target, index] = [compile(node.target), compile(node.index)];
      return (frame) => {
        const value = target(frame);
        const key = index(frame);
        frame.rendering.at = offset;
        return itemOf(value, key);
      };
    }
    case 'slice': {
      const target = compile(node.target);
      const [start, stop, step] = [node.start, node.stop, node.step].map((part) => part && compile(part));
      return (frame) => {
        const value = target(frame);
        frame.rendering.at = offset;
        return slice(value, start?.(frame), stop?.(frame), step?.(frame));
      };
    }
    case 'binary': {
      const { operator } = node;
      const [left, right] = [compile(node.left), compile(node.right)];
      return (frame) => {
        const a = left(frame);
        const b = right(frame);
        frame.rendering.at = offset;
        return binary(operator, a, b);
      };
    }
    default: {
      const operand = compile(node.operand);
      const apply = node.kind === 'negate' ? negate : positive;
      return (frame) => apply(operand(frame));
    }
  }
}

function compileApplication(node: Node<'filter' | 'test'>, names: Names): Evaluate {
  const { kind, name, offset } = node;
  if (node.target === undefined) throw new TemplateError('a filter stands alone', { code: 'template-syntax', offset });
  const short = kind === 'filter' ? names.filter(name, offset) : names.test(name, offset);
  const target = compileExpression(node.target, names);
  const args = compileArguments(node.args, (child) => compileExpression(child, names));
  const compile = (child: Expression): Evaluate => compileExpression(child, names);
  if (node.kind === 'filter' && short === 'type_debug') {
    const source = node.target;
    return (frame) => {
      const value = target(frame);
      return typeof value === 'string' ? kindOfExpression(source, frame, [], compile) : typeName(value);
    };
  }
  if (node.kind === 'filter') {
    return (frame) => {
      const value = target(frame);
      const { positional, named } = args(frame);
      frame.rendering.at = offset;
      return frame.rendering.applyFilter(short, value, positional, named);
    };
  }
  const { negated } = node;
  return (frame) => {
    const value = target(frame);
    const { positional, named } = args(frame);
    frame.rendering.at = offset;
    return frame.rendering.applyTest(short, value, positional, named) !== negated;
  };
}

function compileCall(node: Node<'call'>, names: Names): Evaluate {
  const target = compileExpression(node.target, names);
  const args = compileArguments(node.args, (child) => compileExpression(child, names));
  const { offset } = node;
  names.call(node);
  return (frame) => {
    const value = target(frame);
    const { positional, named } = args(frame);
    frame.rendering.at = offset;
    frame.rendering.step();
    return callValue(value, positional, named);
  };
}

export function callValue(
  value: unknown,
  positional: readonly unknown[],
  named: ReadonlyMap<string, unknown>,
): unknown {
  if (value instanceof Callable) return value.call(positional, named);
  if (value instanceof Undefined) return value.fail();
  throw new TemplateError(
    `'${typeName(value)}' object is not callable`,
    value instanceof Internal ? {} : { fix: 'leave the parentheses out, or name a filter after a |' },
  );
}
