import type { Value } from '../values/index.js';
import type { TemplateEngine } from './compile/engine.js';
import { compileExpression } from './compile/expression.js';
import { namesOf } from './compile/names.js';
import { placed } from './compile/template.js';
import type { Evaluate } from './compile/types.js';
import { TemplateError } from './errors.js';
import { isTruthy } from './python/compare.js';
import { Frame, Run } from './runtime/frame.js';
import { Output } from './runtime/output.js';
import { Rendering } from './runtime/rendering.js';
import type { Expression } from './syntax/ast.js';
import { mayBeTemplate, playbookSyntax } from './syntax/delimiters.js';
import { parseBareExpression } from './syntax/parse.js';
import type { Variables } from './types.js';

interface Condition {
  node: Expression;
  evaluate: Evaluate;
}

const caches = new WeakMap<TemplateEngine, Map<string, Condition>>();

export function compileCondition(engine: TemplateEngine, source: string): Condition {
  let cache = caches.get(engine);
  if (cache === undefined || cache.size > 5000) {
    cache = new Map();
    caches.set(engine, cache);
  }
  let condition = cache.get(source);
  if (condition === undefined) {
    condition = placed(source, undefined, undefined, () => {
      const node = parseBareExpression(source);
      return { node, evaluate: compileExpression(node, namesOf(engine)) };
    });
    cache.set(source, condition);
  }
  return condition;
}

function evaluateBare(engine: TemplateEngine, source: string, rendering: Rendering): unknown {
  const { evaluate } = compileCondition(engine, source);
  return placed(source, undefined, rendering, () => evaluate(new Frame(rendering, new Run(), new Output())));
}

function deprecateDelimiters(engine: TemplateEngine, source: string): void {
  engine.options.onDeprecated?.(
    `conditional statements should not include jinja2 templating delimiters such as {{ }} or {% %}. Found: ${source}`,
  );
}

/** A bare expression's value; one within `{{ }}` is rendered, and what is left around it evaluated. */
export function evaluateExpression(engine: TemplateEngine, source: string, variables: Variables): unknown {
  const rendering = new Rendering(engine, variables);
  if (!mayBeTemplate(source)) return evaluateBare(engine, source, rendering);
  deprecateDelimiters(engine, source);
  const compiled = engine.compile(source.trim(), playbookSyntax);
  const value = compiled.renderNative(rendering);
  if (compiled.single !== undefined || typeof value !== 'string') return value;
  return evaluateRendered(engine, source, value, rendering);
}

const delimited = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;
const quoted = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/g;
const operators = new Set(['and', 'or', 'not', 'in', 'is', 'true', 'false', 'none', 'True', 'False', 'None']);
const pipesIn = (text: string): number => text.split('|').length - 1;
const wordsOf = (text: string): string[] => text.match(/[A-Za-z_]\w*/g) ?? [];

/**
 * Has what `{{ }}` brought into the condition only the weight of a literal? Then it names no variable, filter or
 * function which the author did not write, and calls nothing.
 */
function isLiteralOnly(source: string, text: string): boolean {
  const written = source.replace(delimited, ' ');
  const bare = text.replace(quoted, ' ');
  const known = new Set([...wordsOf(written), ...operators]);
  return (
    !/['"\\{}]/.test(bare) &&
    pipesIn(bare) === pipesIn(written.replace(quoted, ' ')) &&
    (!bare.includes('(') || written.includes('(')) &&
    wordsOf(bare).every((word) => known.has(word))
  );
}

/** Text that came out of `{{ }}` is evaluated only where no data went into it, or none but literals. */
function evaluateRendered(engine: TemplateEngine, source: string, text: string, rendering: Rendering): unknown {
  if (rendering.touchedData && !isLiteralOnly(source, text)) {
    throw new TemplateError('the condition is made of data, which is never evaluated as an expression', {
      code: 'unsafe-condition',
      fix: 'write the condition without {{ }}',
    }).locate(source, undefined);
  }
  return evaluateBare(engine, text, rendering);
}

const booleanKinds = new Set<Expression['kind']>(['compare', 'and', 'or', 'not', 'test']);

/**
 * The expression that a variable holds as its text, where the condition is only that variable's name. Other texts
 * count by being empty or not, as in Ansible since 2.12; what data hold is never evaluated.
 */
function heldExpression(
  engine: TemplateEngine,
  node: Expression,
  value: unknown,
  variables: Variables,
): string | undefined {
  if (node.kind !== 'name' || typeof value !== 'string') return undefined;
  const variable = variables.get(node.name);
  if (variable === undefined || !variable.template || variable.value !== value) return undefined;
  try {
    return booleanKinds.has(compileCondition(engine, value).node.kind) ? value : undefined;
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

/** A string of `when`: bare, or with `{{ }}` in it. */
function textHolds(engine: TemplateEngine, source: string, variables: Variables): boolean {
  const rendering = new Rendering(engine, variables);
  if (mayBeTemplate(source)) {
    deprecateDelimiters(engine, source);
    const value = engine.compile(source.trim(), playbookSyntax).renderNative(rendering);
    return isTruthy(
      typeof value === 'string' && value !== '' ? evaluateRendered(engine, source, value, rendering) : value,
    );
  }
  const value = evaluateBare(engine, source, rendering);
  const held = heldExpression(engine, compileCondition(engine, source).node, value, variables);
  const result = held === undefined ? value : evaluateBare(engine, held, rendering);
  return placed(source, undefined, rendering, () => isTruthy(result));
}

export function conditionHolds(engine: TemplateEngine, condition: Value, variables: Variables): boolean {
  if (Array.isArray(condition)) return condition.every((each) => conditionHolds(engine, each, variables));
  if (condition === null || (typeof condition === 'string' && condition.trim() === '')) return true;
  return typeof condition === 'string' ? textHolds(engine, condition, variables) : isTruthy(condition);
}
