import { findTask } from '../../../src/tasks/index.js';
import { proveTaskCases } from '../../support/task-cases.js';

const copy = findTask('copy');
if (copy === undefined) throw new Error('no copy task');

proveTaskCases(copy, [
  {
    name: 'content makes a file with its mode',
    args: { content: 'one\ntwo\n', dest: '{dir}/f', mode: '0640' },
    after: { f: 'one\ntwo\n' },
    modes: { f: '0640' },
    result: { dest: '{dir}/f' },
    diff: { before: '', after: 'one\ntwo\n' },
  },
]);
