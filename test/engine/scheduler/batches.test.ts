import { batchesOf } from '../../../src/engine/scheduler/batches.js';

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
