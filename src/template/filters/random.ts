import { createHash } from 'node:crypto';
import { TemplateError } from '../errors.js';
import { isIterable, itemsOf, listOf } from '../python/iterate.js';
import { isInteger, isList, isString, Undefined } from '../python/kinds.js';
import { str } from '../python/repr.js';
import { type CallContext, type Filter, filter } from '../runtime/callables.js';
import { optional, whole } from './arguments.js';
import { needs } from './needs.js';

/**
 * Numbers between 0 and 1. With a seed they are the same in every run, though not the ones that Python's generator
 * would give for it.
 */
function generator(seed: unknown, context: CallContext, user: string): () => number {
  if (optional(seed) === undefined) return needs(context.environment, 'random', user);
  let count = 0;
  return () => {
    const bytes = createHash('sha256')
      .update(`${str(seed)}:${count++}`)
      .digest();
    return bytes.readUIntBE(0, 6) / 2 ** 48;
  };
}

export const randomFilters: Readonly<Record<string, Filter>> = {
  random: filter('start step seed', (value, [start, step, seed], { context }) => {
    const next = generator(seed, context, 'random without a seed');
    if (isInteger(value)) {
      const from = whole(optional(start), 'start', 0);
      const by = whole(optional(step), 'step', 1) || 1;
      const count = Math.ceil((value - from) / by);
      if (count <= 0) throw new TemplateError(`random: the range from ${from} to ${value} is empty`);
      return from + Math.floor(next() * count) * by;
    }
    if (!isList(value) && !isString(value))
      throw new TemplateError('random can only be used on sequences and integers');
    if (optional(start) !== undefined || optional(step) !== undefined) {
      throw new TemplateError('start and step can only be used with integer values');
    }
    const items = itemsOf(value);
    return items.length > 0
      ? items[Math.floor(next() * items.length)]
      : new Undefined('No random item, sequence was empty.');
  }),
  shuffle: filter('seed', (value, [seed], { context }) => {
    const next = generator(seed, context, 'shuffle without a seed');
    if (!isIterable(value)) return value;
    const items = listOf(value);
    for (let at = items.length - 1; at > 0; at--) {
      const other = Math.floor(next() * (at + 1));
      [items[at], items[other]] = [items[other], items[at]];
    }
    return items;
  }),
};
