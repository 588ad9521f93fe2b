import { compareText } from '../../src/inventory/index.js';

test('text is sorted by code points, not by code units', () => {
  const sorted = [
    '',
    'A',
    'Z',
    'a',
    'aa',
    'ab',
    'é',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '\u{10000}',
    '\u{1f600}',
    '\u{1f600}a',
    '\u{10ffff}',
  ];
  expect([...sorted].reverse().sort(compareText)).toEqual(sorted);
});
