import { TemplateError } from '../errors.js';
import { compare, isEqual, isTruthy } from './compare.js';
import { listOf } from './iterate.js';
import { Tuple } from './kinds.js';
import { checkListLength } from './limits.js';
import { integerArgument, type Method } from './text-methods.js';

/** Methods that change what they belong to: a template that calls one gets copies of its variables. */
export const changingMethods: ReadonlySet<string> = new Set([
  'append',
  'extend',
  'insert',
  'pop',
  'popitem',
  'remove',
  'reverse',
  'sort',
  'clear',
  'update',
  'setdefault',
]);

type List = Method<unknown[]>;

function position(self: readonly unknown[], value: unknown): number {
  const at = self.findIndex((item) => isEqual(item, value));
  if (at < 0) throw new TemplateError('the value is not in the list');
  return at;
}

const readOnly: Readonly<Record<string, List>> = {
  index: (self, [value]) => position(self, value),
  count: (self, [value]) => self.filter((item) => isEqual(item, value)).length,
};

const changing: Readonly<Record<string, List>> = {
  copy: (self) => [...self],
  append: (self, [value]) => {
    checkListLength(self.length + 1);
    self.push(value);
    return null;
  },
  extend: (self, [values]) => {
    const items = listOf(values);
    checkListLength(self.length + items.length);
    for (const item of items) self.push(item);
    return null;
  },
  insert: (self, [at, value]) => {
    self.splice(integerArgument(at, 'insert'), 0, value);
    return null;
  },
  pop: (self, [at]) => {
    const index = at === undefined ? self.length - 1 : integerArgument(at, 'pop');
    const from = index < 0 ? index + self.length : index;
    if (from < 0 || from >= self.length)
      throw new TemplateError(self.length === 0 ? 'pop from empty list' : 'pop index out of range');
    return self.splice(from, 1)[0];
  },
  remove: (self, [value]) => {
    self.splice(position(self, value), 1);
    return null;
  },
  clear: (self) => {
    self.length = 0;
    return null;
  },
  reverse: (self) => {
    self.reverse();
    return null;
  },
  sort: (self, _, kwargs) => {
    if (kwargs.has('key'))
      throw new TemplateError('sort(key=…) is not supported', { fix: 'use the sort filter with attribute' });
    self.sort((a, b) => compare(a, b));
    if (isTruthy(kwargs.get('reverse') ?? false)) self.reverse();
    return null;
  },
};

export function listMethod(self: readonly unknown[], name: string): List | undefined {
  if (Object.hasOwn(readOnly, name)) return readOnly[name];
  return !(self instanceof Tuple) && Object.hasOwn(changing, name) ? changing[name] : undefined;
}
