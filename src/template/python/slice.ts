import { TemplateError } from '../errors.js';
import { rangeItems } from './dict.js';
import { Range, Tuple, typeName, Undefined } from './kinds.js';

function bound(value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Undefined) return value.fail();
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TemplateError('slice indices must be integers or None or have an __index__ method');
  }
  return value;
}

/** The indices Python's `[start:stop:step]` picks from a sequence of this length. */
function indices(length: number, startValue: unknown, stopValue: unknown, stepValue: unknown): number[] {
  const step = bound(stepValue) ?? 1;
  if (step === 0) throw new TemplateError('slice step cannot be zero');
  const clamp = (at: number, low: number, high: number): number =>
    Math.min(Math.max(at < 0 ? at + length : at, low), high);
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const start = bound(startValue);
  const stop = bound(stopValue);
  const from = start === undefined ? (step > 0 ? low : high) : clamp(start, low, high);
  const to = stop === undefined ? (step > 0 ? high : low) : clamp(stop, low, high);
  const picked: number[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) picked.push(at);
  return picked;
}

export function slice(value: unknown, start: unknown, stop: unknown, step: unknown): unknown {
  if (value instanceof Undefined) return value.fail();
  if (typeof value === 'string') {
    const characters = [...value];
    return indices(characters.length, start, stop, step)
      .map((at) => characters[at])
      .join('');
  }
  if (Array.isArray(value)) {
    const items = indices(value.length, start, stop, step).map((at): unknown => value[at]);
    return value instanceof Tuple ? Tuple.make(items) : items;
  }
  if (value instanceof Range) return slice(rangeItems(value), start, stop, step);
  throw new TemplateError(`'${typeName(value)}' object is not subscriptable`);
}
