import type { Expression, Statement, Target } from './syntax/ast.js';
import { childrenOf, partsOf } from './syntax/walk.js';

type Scope = ReadonlySet<string>;

const targetNames = (target: Target): string[] => {
  if (target.kind === 'name') return [target.name];
  return target.kind === 'names' ? target.items.flatMap(targetNames) : [];
};

function ofExpression(node: Expression, scope: Scope, found: Set<string>): void {
  if (node.kind === 'name' && !scope.has(node.name)) found.add(node.name);
  for (const child of childrenOf(node)) ofExpression(child, scope, found);
}

const implied: Readonly<Partial<Record<Statement['kind'], readonly string[]>>> = {
  for: ['loop'],
  macro: ['varargs', 'kwargs', 'caller'],
  block: ['super', 'self'],
};

/** The names that a statement's inside sees beside those around it. */
function innerNames(node: Statement): string[] {
  const own = [...(implied[node.kind] ?? [])];
  if (node.kind === 'macro') return [...own, ...node.macro.parameters.map(({ name }) => name)];
  if (node.kind === 'call-block') return [...own, ...node.caller.parameters.map(({ name }) => name)];
  if (node.kind === 'for' || node.kind === 'with') return [...own, ...partsOf(node).targets.flatMap(targetNames)];
  return own;
}

/** The names that a statement gives to what follows it. */
function definedNames(node: Statement): string[] {
  switch (node.kind) {
    case 'set':
    case 'set-block':
      return targetNames(node.target);
    case 'macro':
      return [node.macro.name];
    case 'import':
      return [node.as];
    case 'from-import':
      return node.names.map(([, as]) => as);
    default:
      return [];
  }
}

function ofStatements(statements: readonly Statement[], scope: Scope, found: Set<string>): Set<string> {
  const names = new Set(scope);
  for (const node of statements) {
    const { expressions, bodies } = partsOf(node);
    const inner = new Set([...names, ...innerNames(node)]);
    if (node.kind === 'for') {
      ofExpression(node.over, names, found);
      if (node.filter !== undefined) ofExpression(node.filter, inner, found);
    } else for (const expression of expressions) ofExpression(expression, node.kind === 'macro' ? inner : names, found);
    for (const body of bodies) {
      const after = ofStatements(body, inner, found);
      // An `if` has no scope of its own: what it sets stays.
      if (node.kind === 'if') for (const name of after) names.add(name);
    }
    for (const name of definedNames(node)) names.add(name);
  }
  return names;
}

/** The names that statements use and do not define themselves. */
export function freeNames(statements: readonly Statement[]): Set<string> {
  const found = new Set<string>();
  ofStatements(statements, new Set(['self']), found);
  return found;
}

export function freeNamesOf(expression: Expression): Set<string> {
  const found = new Set<string>();
  ofExpression(expression, new Set(), found);
  return found;
}
