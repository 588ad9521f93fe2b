import { packageFacts } from '../../../src/tasks/general/package-facts.js';
import { proveTaskCases } from '../../support/task-cases.js';

proveTaskCases(packageFacts, [
  {
    name: 'a manager that is not there is named in a warning, and the task fails',
    args: { manager: 'pkg' },
    status: 'failed',
    result: {
      msg: expect.stringContaining('Could not detect a supported package manager'),
      warnings: [expect.stringContaining('Requested package manager pkg was not usable by this module')],
    },
  },
  {
    name: 'with another that is there it is a warning only',
    args: { manager: ['portage', 'apt'] },
    status: 'ok',
    result: {
      ansible_facts: { packages: expect.any(Object) },
      warnings: [expect.stringContaining('package manager portage was not usable')],
    },
  },
]);
