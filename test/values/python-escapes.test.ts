import fc from 'fast-check';
import { readPythonEscape, unescapePython } from '../../src/values/index.js';

test.each([
  ['\\n', '\n'],
  ['\\x41\\u00e9\\U0001F600', 'A\u00e9\u{1F600}'],
  ['\\101\\0', 'A\0'],
  ['a\\\nb', 'ab'],
  ['\\q\\xZZ\\U00110000\\N{BULLET}', '\\q\\xZZ\\U00110000\\N{BULLET}'],
  ['end\\', 'end\\'],
])('%j stands for %j', (written, meant) => {
  expect(unescapePython(written)).toBe(meant);
});

test('an escape tells how much of the text it takes', () => {
  expect(readPythonEscape('x41rest')).toEqual({ value: 'A', length: 3 });
  expect(readPythonEscape('1234')).toEqual({ value: 'S', length: 3 });
  expect(readPythonEscape('U00110000')).toBeUndefined();
});

test('a text whose backslashes are doubled comes out as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(unescapePython(text.replaceAll('\\', '\\\\'))).toBe(text);
    }),
  );
});
