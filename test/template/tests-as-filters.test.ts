import { createTemplar } from '../../src/template/index.js';

const variables = (values: Record<string, unknown>) => ({
  get: (name: string) => (name in values ? { value: values[name] as never, template: false } : undefined),
  names: () => Object.keys(values),
});

test.each([
  ['result|failed', true],
  ['result|success', false],
  ['not result|changed', true],
  ["'1.10'|version_compare('1.9', '>')", true],
  ["'abc'|match('a')", true],
  ['[1]|issubset([1, 2])', true],
])('%s is what Ansible up to 2.8 made of it, and is said to be old once', (condition, expected) => {
  const notes: string[] = [];
  const templar = createTemplar({ onDeprecated: (message) => notes.push(message) });
  const seen = variables({ result: { failed: true, changed: false } });
  expect(templar.evaluateCondition(condition, seen)).toBe(expected);
  expect(templar.evaluateCondition(condition, seen)).toBe(expected);
  expect(notes).toEqual([expect.stringMatching(/^the test `\w+` used as a filter is an old spelling/)]);
});
