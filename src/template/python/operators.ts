import { TemplateError } from '../errors.js';
import { formatPercent } from './format-percent.js';
import { Float, float, isFloat, isInteger, numberOf, Thing, Tuple, typeName, Undefined } from './kinds.js';
import { checkListLength, checkTextLength, repeatText } from './limits.js';
import { str } from './repr.js';

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';

function unsupported(operator: string, a: unknown, b: unknown): never {
  if (a instanceof Undefined) return a.fail();
  if (b instanceof Undefined) return b.fail();
  if (operator === '+' && typeof a === 'string') {
    throw new TemplateError(`can only concatenate str (not "${typeName(b)}") to str`, {
      fix: 'use ~ to join texts and other values',
    });
  }
  const sign = operator === '**' ? '** or pow()' : operator;
  throw new TemplateError(`unsupported operand type(s) for ${sign}: '${typeName(a)}' and '${typeName(b)}'`);
}

function compute(operator: BinaryOperator, x: number, y: number): number {
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '**':
      return x ** y;
  }
  if (y === 0) throw new TemplateError(operator === '%' ? 'integer division or modulo by zero' : 'division by zero');
  if (operator === '/') return x / y;
  if (operator === '//') return Math.floor(x / y);
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

function arithmetic(operator: BinaryOperator, a: unknown, b: unknown): unknown {
  const x = numberOf(a);
  const y = numberOf(b);
  if (x === undefined || y === undefined) return unsupported(operator, a, b);
  const result = compute(operator, x, y);
  const isFloatResult = isFloat(a) || isFloat(b) || operator === '/' || (operator === '**' && y < 0);
  // -0 is only a float's; an integer zero has no sign.
  return isFloatResult ? float(result) : result + 0;
}

function add(a: unknown, b: unknown): unknown {
  if (typeof a === 'string' && typeof b === 'string') {
    checkTextLength(a.length + b.length);
    return a + b;
  }
  if (Array.isArray(a) && Array.isArray(b) && a instanceof Tuple === b instanceof Tuple) {
    checkListLength(a.length + b.length);
    return a instanceof Tuple ? Tuple.make([...a, ...b]) : [...a, ...b];
  }
  if (Array.isArray(a) && numberOf(b) === undefined && !(b instanceof Undefined)) {
    const kind = a instanceof Tuple ? 'tuple' : 'list';
    throw new TemplateError(`can only concatenate ${kind} (not "${typeName(b)}") to ${kind}`);
  }
  return arithmetic('+', a, b);
}

function multiply(a: unknown, b: unknown): unknown {
  const [sequence, count] = typeof a === 'string' || Array.isArray(a) ? [a, b] : [b, a];
  const times = typeof count === 'boolean' ? Number(count) : count;
  if (!isInteger(times)) return arithmetic('*', a, b);
  if (typeof sequence === 'string') return repeatText(sequence, times);
  if (!Array.isArray(sequence)) return arithmetic('*', a, b);
  checkListLength(sequence.length * Math.max(0, times));
  const items = Array.from({ length: Math.max(0, times) }, () => [...sequence]).flat();
  return sequence instanceof Tuple ? Tuple.make(items) : items;
}

export function binary(operator: BinaryOperator, a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number' && Number.isInteger(a) && Number.isInteger(b)) {
    if (operator === '+') return a + b;
    if (operator === '-') return a - b;
  }
  if (a instanceof Thing) {
    const method = a.attribute(`__${operator}__`);
    if (typeof method === 'function') return (method as (other: unknown) => unknown)(b);
  }
  if (operator === '+') return add(a, b);
  if (operator === '*') return multiply(a, b);
  if (operator === '%' && typeof a === 'string') return formatPercent(a, b);
  return arithmetic(operator, a, b);
}

export function negate(value: unknown): unknown {
  const number = numberOf(value);
  if (number === undefined) return badOperand('-', value);
  return isFloat(value) ? float(-number) : -number + 0;
}

export function positive(value: unknown): unknown {
  const number = numberOf(value);
  if (number === undefined) return badOperand('+', value);
  return value instanceof Float ? value : number;
}

function badOperand(operator: string, value: unknown): never {
  if (value instanceof Undefined) return value.fail();
  throw new TemplateError(`bad operand type for unary ${operator}: '${typeName(value)}'`);
}

/** `~`: both as text. */
export function concatenate(parts: readonly unknown[]): string {
  let text = '';
  for (const part of parts) text += str(part);
  checkTextLength(text.length);
  return text;
}
