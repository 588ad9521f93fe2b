import { isTruthy } from '../python/compare.js';
import { MISSING, Undefined } from '../python/kinds.js';
import type { Frame } from '../runtime/frame.js';
import { kindIn } from '../runtime/text-kinds.js';
import type { Expression } from '../syntax/ast.js';
import { childrenOf } from '../syntax/walk.js';
import type { TextKind } from '../types.js';
import type { Evaluate } from './types.js';
import { isKeptText, textFilters } from './uses.js';

/** Filters that hand on what they were given: which of it. */
const handingOn: Readonly<Record<string, readonly unknown[]>> = {
  list: [],
  mandatory: [],
  first: [0],
  last: [-1],
};

const shortOf = (name: string): string => name.replace(/^.*\./, '');
const lookups = new Set(['lookup', 'query', 'q']);

/** Filters that may well run once more. */
const cheap = new Set(['default', 'd', 'bool', 'int', 'length', 'count', 'lower', 'upper', 'trim', 'first', 'last']);

/** May it be evaluated again: without calls, of which some act or look things up, and without costly filters? */
const isCheap = (node: Expression): boolean =>
  node.kind !== 'call' && (node.kind !== 'filter' || cheap.has(shortOf(node.name))) && childrenOf(node).every(isCheap);

/**
 * The kind of the text at `path` in what an expression gives, told without running lookups or costly filters again: a
 * choice that hangs on one counts as made for the first. Names that the template itself sets count as Python's own text.
 */
export function kindOfExpression(
  node: Expression,
  frame: Frame,
  path: readonly unknown[],
  compile: (node: Expression) => Evaluate,
): TextKind {
  const kindOf = (child: Expression, inside = path): TextKind => kindOfExpression(child, frame, inside, compile);
  const evaluate = (child: Expression): unknown => compile(child)(frame);
  const holds = (child: Expression, otherwise: boolean): boolean =>
    isCheap(child) ? isTruthy(evaluate(child)) : otherwise;
  const [key, ...rest] = path;
  switch (node.kind) {
    case 'name': {
      const { rendering } = frame;
      const variable = frame.local(node.name) === MISSING ? rendering.found(node.name) : undefined;
      return variable === undefined ? 'str' : kindIn(rendering, variable, node.name, path);
    }
    case 'attribute':
      return node.name === '__class__' ? 'type' : kindOf(node.target, [node.name, ...path]);
    case 'item':
      return isCheap(node.index) ? kindOf(node.target, [evaluate(node.index), ...path]) : 'str';
    case 'list':
    case 'tuple': {
      const item = node.items.at(typeof key === 'number' ? key : 0);
      return item === undefined ? 'str' : kindOf(item, rest);
    }
    case 'dict': {
      const pair =
        key === undefined ? node.pairs[0] : node.pairs.find(([name]) => isCheap(name) && evaluate(name) === key);
      return pair === undefined ? 'str' : kindOf(pair[1], rest);
    }
    case 'conditional': {
      const taken = holds(node.condition, true) ? node.value : node.otherwise;
      return taken === undefined ? 'str' : kindOf(taken);
    }
    case 'and':
      return kindOf(holds(node.left, false) ? node.right : node.left);
    case 'or':
      return kindOf(holds(node.left, true) ? node.left : node.right);
    case 'call': {
      if (node.target.kind !== 'name' || !lookups.has(node.target.name)) return 'str';
      return isKeptText(node.args, frame.rendering.engine.options.native)
        ? 'NativeJinjaUnsafeText'
        : 'AnsibleUnsafeText';
    }
    case 'filter': {
      if (node.target === undefined) return 'str';
      const name = shortOf(node.name);
      if (textFilters.has(name)) return 'NativeJinjaText';
      if (Object.hasOwn(handingOn, name)) return kindOf(node.target, [...(handingOn[name] ?? []), ...path]);
      if (name !== 'default' && name !== 'd') return 'str';
      const [fallback, evenFalse] = node.args.positional;
      if (!isCheap(node.target)) return kindOf(node.target);
      const value = evaluate(node.target);
      const isLacking = value instanceof Undefined || (evenFalse && holds(evenFalse, false) && !isTruthy(value));
      if (!isLacking) return kindOf(node.target);
      return fallback === undefined ? 'str' : kindOf(fallback);
    }
    default:
      return 'str';
  }
}
