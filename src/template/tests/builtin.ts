import { TemplateError } from '../errors.js';
import { compare, isEqual, isTruthy } from '../python/compare.js';
import { dictGet } from '../python/dict.js';
import { contains, isIterable, itemsOf } from '../python/iterate.js';
import {
  Callable,
  Float,
  isDict,
  isFloat,
  isInteger,
  isList,
  isString,
  MISSING,
  numberOf,
  Range,
  Undefined,
} from '../python/kinds.js';
import { binary } from '../python/operators.js';
import { str } from '../python/repr.js';
import { type Test, test } from '../runtime/callables.js';

const always = { acceptsUndefined: true };

const order = (sign: string, holds: (order: number) => boolean): Test =>
  test('other', (value, [other]) => holds(compare(value, other, sign)));

const remainder = (value: unknown, by: unknown): unknown => binary('%', value, by);

/** Jinja2's own tests. */
export const builtinTests: Readonly<Record<string, Test>> = {
  defined: test('', (value) => !(value instanceof Undefined), always),
  undefined: test('', (value) => value instanceof Undefined, always),
  none: test('', (value) => value === null, always),
  true: test('', (value) => value === true, always),
  false: test('', (value) => value === false, always),
  boolean: test('', (value) => typeof value === 'boolean', always),
  string: test('', isString, always),
  number: test('', (value) => numberOf(value) !== undefined, always),
  integer: test('', (value) => isInteger(value), always),
  float: test('', (value) => isFloat(value), always),
  mapping: test('', (value) => isDict(value), always),
  sequence: test('', (value) => isList(value) || isString(value) || isDict(value) || value instanceof Range, always),
  iterable: test('', isIterable),
  callable: test('', (value) => value instanceof Callable, always),
  sameas: test(
    'other',
    (value, [other]) =>
      value === other || (value instanceof Float && other instanceof Float && value.value === other.value),
    always,
  ),
  escaped: test('', () => false, always),
  in: test('seq', (value, [container]) => contains(container, value)),
  eq: test('other', (value, [other]) => isEqual(value, other)),
  ne: test('other', (value, [other]) => !isEqual(value, other)),
  lt: order('<', (sign) => sign < 0),
  le: order('<=', (sign) => sign <= 0),
  gt: order('>', (sign) => sign > 0),
  ge: order('>=', (sign) => sign >= 0),
  odd: test('', (value) => isEqual(remainder(value, 2), 1)),
  even: test('', (value) => isEqual(remainder(value, 2), 0)),
  divisibleby: test('num', (value, [by]) => isEqual(remainder(value, by), 0)),
  lower: test('', (value) => str(value) === str(value).toLowerCase() && str(value) !== str(value).toUpperCase()),
  upper: test('', (value) => str(value) === str(value).toUpperCase() && str(value) !== str(value).toLowerCase()),
  filter: test('', (value, _, { context }) => context.hasFilter(str(value))),
  test: test('', (value, _, { context }) => context.hasTest(str(value))),
};

/** A registered result's flag. */
function resultFlag(value: unknown, name: string): unknown {
  if (!isDict(value))
    throw new TemplateError(`The '${name}' test expects a dictionary`, { fix: 'test a registered variable' });
  const found = dictGet(value, name);
  return found === MISSING ? undefined : found;
}

const hasFlag = (value: unknown, name: string): boolean => isTruthy(resultFlag(value, name) ?? false);

function changed(value: unknown): boolean {
  const own = resultFlag(value, 'changed');
  if (own !== undefined) return isTruthy(own);
  const results = resultFlag(value, 'results');
  return isList(results) && results.some((result) => isDict(result) && hasFlag(result, 'changed'));
}

/** 0 or 1 for asynchronous tasks; others have always started and finished. */
const progress = (name: string): Test =>
  test('', (value) => {
    const state = resultFlag(value, name);
    return state === undefined || isEqual(state, 1);
  });

const resultTest = (name: string, expected: boolean): Test => test('', (value) => hasFlag(value, name) === expected);

export const resultTests: Readonly<Record<string, Test>> = {
  failed: resultTest('failed', true),
  succeeded: resultTest('failed', false),
  unreachable: resultTest('unreachable', true),
  reachable: resultTest('unreachable', false),
  skipped: resultTest('skipped', true),
  /** Ended by the keyword `timeout`. */
  timedout: test('', (value) => {
    const late = resultFlag(value, 'timedout');
    return isDict(late) && isTruthy(dictGet(late, 'period') ?? false);
  }),
  changed: test('', changed),
  started: progress('started'),
  finished: progress('finished'),
  any: test('', (value) => itemsOf(value).some(isTruthy)),
  all: test('', (value) => itemsOf(value).every(isTruthy)),
};
