import { compareOrders, isSelected } from '../../src/engine/index.js';
import { batchesOf } from '../../src/engine/run.js';

describe('tags choose tasks as Ansible does', () => {
  test.each([
    // tags, --tags, --skip-tags, runs
    [[], [], [], true],
    [['never'], [], [], false],
    [['always'], ['x'], [], true],
    [['always', 'never'], [], [], true],
    [['never', 'x'], ['x'], [], true],
    [['never', 'x'], ['tagged'], [], false],
    [['never'], ['never'], [], true],
    [[], ['untagged'], [], true],
    [['x'], ['untagged'], [], false],
    [['always'], ['untagged'], [], true],
    [[], ['tagged'], [], false],
    [['x'], ['all'], [], true],
    [['x', 'y'], ['x'], ['y'], false],
    [['always'], [], ['always'], false],
    [['always'], [], ['all'], true],
    [['always'], [], ['all', 'always'], false],
    [['x'], [], ['tagged'], false],
    [[], [], ['tagged'], true],
    [[], [], ['untagged'], false],
    [['x'], [], ['all'], false],
  ] as [string[], string[], string[], boolean][])(
    'tags %j with --tags %j and --skip-tags %j: %p',
    (tags, only, skip, runs) => {
      expect(isSelected(tags, { only, skip })).toBe(runs);
    },
  );
});

describe('serial cuts the hosts into batches', () => {
  const hosts = ['a', 'b', 'c', 'd', 'e'];
  test.each([
    [[], ['abcde']],
    [[2], ['ab', 'cd', 'e']],
    [['2'], ['ab', 'cd', 'e']],
    [['40%'], ['ab', 'cd', 'e']],
    [['1%'], ['a', 'b', 'c', 'd', 'e']],
    [['100%'], ['abcde']],
    [
      [1, 3],
      ['a', 'bcd', 'e'],
    ],
    [
      [1, '50%'],
      ['a', 'bc', 'de'],
    ],
    [[0], ['abcde']],
    [[9], ['abcde']],
  ] as [(number | string)[], string[]][])('serial %j gives %j', (serial, batches) => {
    expect(batchesOf(hosts, serial).map((batch) => batch.join(''))).toEqual(batches);
  });

  test('what is no number is refused by name', () => {
    expect(() => batchesOf(hosts, ['many'])).toThrow('serial: many is neither a number nor a percentage');
  });
});

test('tasks of an include stand behind it and before what follows', () => {
  const orders = [[4, 0], [4, 1], [4, 1, 0], [4, 1, 0, 2], [4, 1, 1], [4, 2], [5], [5, 0]];
  const shuffled = [...orders].reverse().sort(compareOrders);
  expect(shuffled).toEqual(orders);
});
