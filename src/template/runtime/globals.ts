import { type Mapping, mapping } from '../../values/index.js';
import { TemplateError } from '../errors.js';
import { needs } from '../filters/needs.js';
import { lookupFunction } from '../lookups/bound.js';
import { OMIT } from '../omit.js';
import { fieldsOf } from '../python/calendar.js';
import { isTruthy } from '../python/compare.js';
import { toValue } from '../python/copy.js';
import { DateTime } from '../python/datetime.js';
import { mapKey } from '../python/dict.js';
import { pairsOf } from '../python/dict-methods.js';
import { Callable, Range, Undefined } from '../python/kinds.js';
import { str } from '../python/repr.js';
import { integerArgument } from '../python/text-methods.js';
import type { TemplarOptions } from '../types.js';
import type { Evaluation } from './contracts.js';
import { Cycler, Namespace } from './things.js';

function range(args: readonly unknown[]): Range {
  const [first, second, third] = args.map((argument) => integerArgument(argument, 'range'));
  if (first === undefined || args.length > 3) throw new TemplateError('range expects 1 to 3 arguments');
  const step = third ?? 1;
  if (step === 0) throw new TemplateError('range() arg 3 must not be zero');
  return second === undefined ? new Range(0, first, step) : new Range(first, second, step);
}

function joiner(separator: string): Callable {
  let used = false;
  return new Callable('joiner', () => {
    const text = used ? separator : '';
    used = true;
    return text;
  });
}

const builtin: Readonly<Record<string, unknown>> = {
  range: new Callable('range', range),
  dict: new Callable('dict', ([first], kwargs) => {
    const result = new Map<unknown, unknown>();
    if (first !== undefined) for (const [key, value] of pairsOf(first)) result.set(mapKey(key), value);
    for (const [name, value] of kwargs) result.set(name, value);
    return result;
  }),
  namespace: new Callable('namespace', (args, kwargs) => new Namespace(args, kwargs)),
  cycler: new Callable('cycler', (args) => new Cycler(args)),
  joiner: new Callable('joiner', ([separator], kwargs) => joiner(str(separator ?? kwargs.get('sep') ?? ', '))),
  undef: new Callable(
    'undef',
    ([hint], kwargs) => new Undefined(str(hint ?? kwargs.get('hint') ?? 'Mandatory variable has not been overridden')),
  ),
  omit: OMIT,
};

/** What the names mean that no variable has; an injected one wins over ours. */
export function globalsOf(options: TemplarOptions): ReadonlyMap<string, unknown> {
  const all = new Map<string, unknown>(Object.entries(builtin));
  for (const [name, value] of Object.entries(options.globals ?? {})) {
    if (typeof value !== 'function') all.set(name, value);
    else {
      all.set(
        name,
        new Callable(name, (args, kwargs) => {
          const named: Mapping = mapping();
          for (const [key, argument] of kwargs) named[key] = toValue(argument);
          return value(
            args.map((argument) => toValue(argument)),
            named,
          );
        }),
      );
    }
  }
  return all;
}

function now(evaluation: Evaluation): Callable {
  return new Callable('now', ([utc, format], kwargs) => {
    const epochMs = needs(evaluation.environment, 'now', 'now()')();
    const isUtc = isTruthy(utc ?? kwargs.get('utc') ?? false);
    const offset = isUtc ? 0 : (evaluation.environment.utcOffsetMinutes?.(epochMs) ?? 0);
    const date = new DateTime(fieldsOf(epochMs + offset * 60_000));
    const wanted = format ?? kwargs.get('fmt') ?? null;
    return wanted === null ? date : date.format(str(wanted));
  });
}

export const boundGlobals: ReadonlyMap<string, (evaluation: Evaluation) => unknown> = new Map([
  ['lookup', (evaluation: Evaluation) => lookupFunction(evaluation, false)],
  ['query', (evaluation: Evaluation) => lookupFunction(evaluation, true)],
  ['q', (evaluation: Evaluation) => lookupFunction(evaluation, true)],
  ['now', now],
]);
