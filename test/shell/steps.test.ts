import { renderSteps } from '../../src/shell/index.js';

const step = (text: string, ...looks: string[]) => ({ text: `${text}\n`, looks });
const other = (text: string) => ({ text: `${text}\n` });

test.each([
  ['steps that do not only look are sent as they are', [other('a'), other('b')], 'a\nb\n'],
  ['a single look is left to its step', [other('a'), step('b', '/x')], 'a\nb\n'],
  [
    'neighbours look once, each path named once, and answer together',
    [step('a', '/x'), step('b'), step('c', '/y y'), step('d', '/x')],
    "kp_ahead /x '/y y'\nkp_still=1\nkp_hold=1\na\nkp_still=1\nkp_hold=1\nb\nkp_still=1\nkp_hold=1\nc\nkp_still=1\nd\n",
  ],
  [
    'what stands between them parts them',
    [step('a', '/x', '/y'), other('b'), step('c', '/x')],
    'kp_ahead /x /y\nkp_still=1\na\nb\nc\n',
  ],
  [
    'paths that no line can hold, and relative ones, are not looked at ahead',
    [step('a', '/x\ny', '/t\tz', 'r'), step('b', '/z')],
    'kp_hold=1\na\nb\n',
  ],
])('%s', (_name, steps, text) => {
  expect(renderSteps(steps)).toBe(text);
});

test('many paths are looked at in groups, and none of the steps is lost', () => {
  const steps = Array.from({ length: 70 }, (_, i) => step(`s${i}`, `/p${i}`));
  const lines = renderSteps([...steps, step('tree', ...steps.flatMap(({ looks }) => looks))]).split('\n');
  const groups = lines.filter((line) => line.startsWith('kp_ahead ')).map((line) => line.split(' ').length - 1);
  expect(groups).toEqual([32, 32, 6]);
  expect(lines.filter((line) => /^(s\d+|tree)$/.test(line))).toHaveLength(71);
});
