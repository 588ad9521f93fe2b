import { debconf } from '../../../src/tasks/general/debconf.js';
import { parseArguments } from '../../../src/tasks/index.js';
import { taskContext } from '../../support/task-cases.js';

const compiled = (args: Record<string, unknown>) => {
  const parsed = parseArguments(debconf as never, args as never);
  return parsed.ok ? debconf.compile(parsed.args as never, taskContext()) : parsed.diagnostics;
};

test.each([
  ['a list with something that is no text', { vtype: 'multiselect', value: ['group', 1] }],
  ['a list for a question with one answer', { vtype: 'select', value: ['group'] }],
])('%s is refused', (_, args) => {
  expect(compiled({ name: 'p', question: 'p/q', ...args })).toMatchObject({
    status: 'failed',
    result: { msg: expect.stringContaining('Invalid value provided') },
  });
});

test.each([
  ['a list is one answer', { vtype: 'multiselect', value: ['b', 'a'] }, "'p p/q multiselect a, b'"],
  ['a boolean is written in small letters', { vtype: 'boolean', value: true }, "'p p/q boolean true'"],
  ['a number is text', { vtype: 'string', value: 7 }, "'p p/q string 7'"],
])('%s', (_, args, line) => {
  const { script } = compiled({ name: 'p', question: 'p/q', ...args }) as { script: unknown };
  expect(String(script)).toContain(line);
});
