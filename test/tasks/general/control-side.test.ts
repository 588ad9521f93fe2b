import { assert } from '../../../src/tasks/general/assert.js';
import { debug } from '../../../src/tasks/general/debug.js';
import { fail } from '../../../src/tasks/general/fail.js';
import { setFact } from '../../../src/tasks/general/set-fact.js';
import { parseArguments } from '../../../src/tasks/index.js';
import type { Task, TaskContext } from '../../../src/tasks/task.js';
import type { Mapping } from '../../../src/values/index.js';
import { taskContext } from '../../support/task-cases.js';

function outcome(task: Task, written: Mapping, context: Partial<TaskContext> = {}) {
  const parsed = parseArguments(task, written);
  if (!parsed.ok) throw new Error(parsed.diagnostics.map((d) => d.message).join('\n'));
  return task.compile(parsed.args, taskContext(context));
}
const undefinedVariable = () => {
  throw Object.assign(new Error('x is undefined'), { code: 'undefined-variable' });
};

test.each([
  ['a message', { msg: 'hi' }, { msg: 'hi' }],
  ['a structure', { msg: [1, { a: 2 }] }, { msg: [1, { a: 2 }] }],
  ['the default', {}, { msg: 'Hello world!' }],
  ['a variable', { var: 'a.b' }, { 'a.b': 'value of a.b' }],
])('debug prints %s', (_name, args, result) => {
  const evaluate = (expression: string) => `value of ${expression}`;
  expect(outcome(debug, args, { evaluate })).toEqual({ status: 'ok', result });
});

test('debug says that a variable is not defined', () => {
  expect(outcome(debug, { var: 'x' }, { evaluate: undefinedVariable })).toMatchObject({
    result: { x: 'VARIABLE IS NOT DEFINED!' },
  });
});

test('debug is left out below its verbosity', () => {
  expect(outcome(debug, { msg: 'x', verbosity: 2 })).toMatchObject({ status: 'skipped' });
  expect(outcome(debug, { msg: 'x', verbosity: 2 }, { variable: () => 2 })).toMatchObject({ status: 'ok' });
});

test('assert names the first condition that does not hold', () => {
  const context = { test: (condition: unknown) => condition === 'good' };
  expect(outcome(assert, { that: ['good', 'bad', 'worse'], fail_msg: 'no' }, context)).toEqual({
    status: 'failed',
    result: { msg: 'no', assertion: 'bad', evaluated_to: false },
  });
  expect(outcome(assert, { that: 'good' }, context)).toEqual({
    status: 'ok',
    result: { msg: 'All assertions passed' },
  });
  expect(outcome(assert, { that: 'bad' }, context)).toMatchObject({ result: { msg: 'Assertion failed' } });
});

test('fail fails with its message', () => {
  expect(outcome(fail, {})).toEqual({ status: 'failed', result: { msg: 'Failed as requested from task' } });
});

test('set_fact takes any variable, and refuses what is no name of one', () => {
  const made = outcome(setFact, { a: 1, b: ['x'], cacheable: true });
  expect(made).toEqual({ status: 'ok', result: { ansible_facts: { a: 1, b: ['x'] } } });
  expect(() => outcome(setFact, { 'a-b': 1 })).toThrow('a-b is not the name of a variable');
  expect(() => outcome(setFact, {})).toThrow('No key/value pairs');
});
