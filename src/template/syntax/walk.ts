import type { Arguments, Expression, Statement, Target } from './ast.js';

const ofArguments = (args: Arguments): Expression[] => [
  ...args.positional,
  ...args.named.map(([, value]) => value),
  ...(args.star ? [args.star] : []),
  ...(args.starStar ? [args.starStar] : []),
];

const present = (parts: readonly (Expression | undefined)[]): Expression[] =>
  parts.filter((part) => part !== undefined);

/** The expressions directly inside one. */
export function childrenOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'constant':
    case 'name':
      return [];
    case 'list':
    case 'tuple':
    case 'concat':
      return node.items;
    case 'dict':
      return node.pairs.flat();
    case 'not':
    case 'negate':
    case 'plus':
      return [node.operand];
    case 'binary':
    case 'and':
    case 'or':
      return [node.left, node.right];
    case 'compare':
      return [node.first, ...node.rest.map(([, operand]) => operand)];
    case 'conditional':
      return present([node.condition, node.value, node.otherwise]);
    case 'attribute':
      return [node.target];
    case 'item':
      return [node.target, node.index];
    case 'slice':
      return present([node.target, node.start, node.stop, node.step]);
    case 'call':
    case 'test':
      return [node.target, ...ofArguments(node.args)];
    case 'filter':
      return [...present([node.target]), ...ofArguments(node.args)];
  }
}

export interface StatementParts {
  expressions: readonly Expression[];
  bodies: readonly (readonly Statement[])[];
  targets: readonly Target[];
}

/** What is directly inside a statement. */
export function partsOf(node: Statement): StatementParts {
  const parts = (
    expressions: readonly (Expression | undefined)[],
    bodies: readonly (readonly Statement[])[] = [],
    targets: readonly Target[] = [],
  ): StatementParts => ({ expressions: present(expressions), bodies, targets });
  switch (node.kind) {
    case 'text':
    case 'break':
    case 'continue':
      return parts([]);
    case 'output':
    case 'do':
      return parts([node.value]);
    case 'for':
      return parts([node.over, node.filter], [node.body, node.otherwise], [node.target]);
    case 'if':
      return parts(
        node.branches.map(([condition]) => condition),
        [...node.branches.map(([, body]) => body), node.otherwise],
      );
    case 'set':
      return parts([node.value], [], [node.target]);
    case 'set-block':
      return parts([node.filter], [node.body], [node.target]);
    case 'macro':
      return parts(
        node.macro.parameters.map(({ fallback }) => fallback),
        [node.macro.body],
      );
    case 'call-block':
      return parts([node.call, ...node.caller.parameters.map(({ fallback }) => fallback)], [node.caller.body]);
    case 'filter-block':
      return parts([node.filter], [node.body]);
    case 'with':
      return parts(
        node.bindings.map(([, value]) => value),
        [node.body],
        node.bindings.map(([target]) => target),
      );
    case 'include':
    case 'import':
    case 'from-import':
    case 'extends':
      return parts([node.name]);
    case 'block':
    case 'scope':
      return parts([], [node.body]);
  }
}

/** Calls `visit` for every expression, outermost first. */
export function walkExpressions(statements: readonly Statement[], visit: (node: Expression) => void): void {
  const expression = (node: Expression): void => {
    visit(node);
    childrenOf(node).forEach(expression);
  };
  for (const statement of statements) {
    const { expressions, bodies } = partsOf(statement);
    expressions.forEach(expression);
    for (const body of bodies) walkExpressions(body, visit);
  }
}
