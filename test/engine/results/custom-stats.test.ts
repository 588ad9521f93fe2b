import { CustomStats } from '../../../src/engine/results/custom-stats.js';
import { Float, type Value } from '../../../src/values/index.js';

function after(...values: Value[]): Value | undefined {
  const stats = new CustomStats();
  for (const value of values) stats.take({ data: { v: value }, per_host: false, aggregate: true }, ['h']);
  return stats.values.get('_run')?.v;
}

// What Python's `+=` on the first value, and Ansible's merge_hash, come to.
test.each<[string, Value[], Value]>([
  ['whole numbers are summed', [1, 2], 3],
  ['floats are summed', [0.5, 0.25], 0.75],
  ['a float stays one', [0.5, 0.5], new Float(1)],
  ['a float and a whole number are of two types', [1, 0.5], 1],
  ['texts are put one behind another', ['a', 'b'], 'ab'],
  ['lists, too', [[1], [1, 2]], [1, 1, 2]],
  [
    'mappings are merged at every depth',
    [
      { a: { x: 1 }, b: [1] },
      { a: { y: 2 }, b: [2] },
    ],
    { a: { x: 1, y: 2 }, b: [2] },
  ],
  ['yes and yes are two', [true, true], 2],
  ['nothing stays nothing', [null, null], null],
  ['what is of another type is left out', ['a', 1], 'a'],
  ['a list is no mapping', [{ a: 1 }, [1]], { a: 1 }],
])('%s', (_, values, sum) => {
  expect(after(...values)).toEqual(sum);
});

test('without aggregate the last one stands', () => {
  const stats = new CustomStats();
  for (const v of [1, 2]) stats.take({ data: { v }, per_host: true, aggregate: false }, ['a', 'b']);
  expect([...stats.values]).toEqual([
    ['a', { v: 2 }],
    ['b', { v: 2 }],
  ]);
});

test('of a module that says neither they are of the host, and the last one stands', () => {
  const stats = new CustomStats();
  for (const v of [1, 2]) stats.take({ data: { v } }, ['a']);
  expect([...stats.values]).toEqual([['a', { v: 2 }]]);
});

test.each<[Value | undefined]>([[undefined], ['x'], [{}], [{ data: 'x' }]])('%j says nothing', (value) => {
  const stats = new CustomStats();
  stats.take(value, ['a']);
  expect(stats.values.size).toBe(0);
});
