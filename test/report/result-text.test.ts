import { type ResultStyle, resultText } from '../../src/report/result-text.js';

const yaml: ResultStyle = { format: 'yaml', pretty: undefined };
const exact: ResultStyle = { format: 'yaml', pretty: false };

test.each<[string, ResultStyle | undefined, number, string]>([
  ['on one line', undefined, 2, '{"a": 1}'],
  ['with -vvv over several', undefined, 3, '{\n    "a": 1\n}'],
  ['unless that is not wanted', { format: 'json', pretty: false }, 3, '{"a": 1}'],
  ['in YAML below the arrow', yaml, 0, '\n    a: 1'],
])('%s', (_, style, verbosity, text) => {
  expect(resultText({ a: 1 }, { style, verbosity, speaks: false })).toBe(text);
});

test('in YAML the lines of an output are not shown twice, unless it is to be exact', () => {
  const value = { stdout: 'a\nb', stdout_lines: ['a', 'b'] };
  expect(resultText(value, { style: yaml, verbosity: 3, speaks: false })).toBe(
    '\n    stdout: |-\n        a\n        b\n    stdout_lines: <omitted>',
  );
  expect(resultText(value, { style: exact, verbosity: 1, speaks: false })).toBe(
    '\n    stdout: |-\n      a\n      b\n    stdout_lines:\n    - a\n    - b',
  );
});

test.each<[string, ResultStyle]>([
  ['YAML', yaml],
  ['exact YAML', exact],
])('in %s no control character of a host reaches the terminal', (_, style) => {
  const text = resultText(
    { one: 'a\u001b[2Jb', many: 'a\u001b[2J\nb\u202e', '\u009b1m': 1 },
    { style, verbosity: 1, speaks: false },
  );
  expect(text).not.toMatch(/[\u001b\u009b\u202e]/);
});
