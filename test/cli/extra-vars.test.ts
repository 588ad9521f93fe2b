import { readExtraVars } from '../../src/cli/extra-vars.js';
import { memoryFiles } from '../inventory/memory.js';

const read = (...given: string[]) => readExtraVars(given, memoryFiles({}));

test.each([
  ['a=1 b=two', { a: '1', b: 'two' }],
  ['a="one two" b=\'three four\'', { a: 'one two', b: 'three four' }],
  ['a={{ undef() }} b={{ x | default("y z") }}', { a: '{{ undef() }}', b: '{{ x | default("y z") }}' }],
  [' a = ', undefined],
  ['a', undefined],
  ['a="open', undefined],
  ['a={{ open', undefined],
  ['a=1=2', { a: '1=2' }],
  ['{a: [1, x]}', { a: [1, 'x'] }],
])('-e %s is read as Ansible reads it', (text, expected) => {
  if (expected === undefined) expect(() => read(text)).toThrow(expect.objectContaining({ code: 'bad-extra-vars' }));
  else expect({ ...read(text) }).toEqual(expected);
});

test('later extra variables win', () => {
  expect({ ...read('a=1 b=1', '{b: 2}', 'c=3') }).toEqual({ a: '1', b: 2, c: '3' });
});
