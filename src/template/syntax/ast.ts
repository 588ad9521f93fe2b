import type { BinaryOperator } from '../python/operators.js';

interface At {
  /** In UTF-16 units from the text's start. */
  offset: number;
}

export interface Arguments {
  positional: readonly Expression[];
  named: readonly (readonly [string, Expression])[];
  star?: Expression;
  starStar?: Expression;
}

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

export type Expression = At &
  (
    | { kind: 'constant'; value: unknown }
    | { kind: 'name'; name: string }
    | { kind: 'list' | 'tuple'; items: readonly Expression[] }
    | { kind: 'dict'; pairs: readonly (readonly [Expression, Expression])[] }
    | { kind: 'not'; operand: Expression }
    | { kind: 'negate'; operand: Expression }
    | { kind: 'plus'; operand: Expression }
    | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }
    | { kind: 'concat'; items: readonly Expression[] }
    | { kind: 'compare'; first: Expression; rest: readonly (readonly [ComparisonOperator, Expression])[] }
    | { kind: 'and' | 'or'; left: Expression; right: Expression }
    | { kind: 'conditional'; condition: Expression; value: Expression; otherwise: Expression | undefined }
    | { kind: 'attribute'; target: Expression; name: string }
    | { kind: 'item'; target: Expression; index: Expression }
    | {
        kind: 'slice';
        target: Expression;
        start: Expression | undefined;
        stop: Expression | undefined;
        step: Expression | undefined;
      }
    | { kind: 'call'; target: Expression; args: Arguments }
    | { kind: 'filter'; target: Expression | undefined; name: string; args: Arguments }
    | { kind: 'test'; target: Expression; name: string; args: Arguments; negated: boolean }
  );

/** What is assigned to: a name, names to unpack into, or a namespace's attribute. */
export type Target = At &
  (
    | { kind: 'name'; name: string }
    | { kind: 'names'; items: readonly Target[] }
    | { kind: 'member'; namespace: string; attribute: string }
  );

export interface Parameter {
  name: string;
  fallback: Expression | undefined;
}

export interface MacroBody {
  name: string;
  parameters: readonly Parameter[];
  body: readonly Statement[];
}

export type Statement = At &
  (
    | { kind: 'text'; text: string }
    | { kind: 'output'; value: Expression }
    | {
        kind: 'for';
        target: Target;
        over: Expression;
        filter: Expression | undefined;
        body: readonly Statement[];
        otherwise: readonly Statement[];
        recursive: boolean;
      }
    | {
        kind: 'if';
        branches: readonly (readonly [Expression, readonly Statement[]])[];
        otherwise: readonly Statement[];
      }
    | { kind: 'set'; target: Target; value: Expression }
    | { kind: 'set-block'; target: Target; filter: Expression | undefined; body: readonly Statement[] }
    | { kind: 'macro'; macro: MacroBody }
    | { kind: 'call-block'; call: Expression; caller: MacroBody }
    | { kind: 'filter-block'; filter: Expression; body: readonly Statement[] }
    | { kind: 'with'; bindings: readonly (readonly [Target, Expression])[]; body: readonly Statement[] }
    | { kind: 'do'; value: Expression }
    | { kind: 'include'; name: Expression; ignoreMissing: boolean; withContext: boolean }
    | { kind: 'import'; name: Expression; as: string; withContext: boolean }
    | { kind: 'from-import'; name: Expression; names: readonly (readonly [string, string])[]; withContext: boolean }
    | { kind: 'extends'; name: Expression }
    | { kind: 'block'; name: string; body: readonly Statement[]; scoped: boolean; required: boolean }
    | { kind: 'scope'; body: readonly Statement[] }
    | { kind: 'break' | 'continue' }
  );
