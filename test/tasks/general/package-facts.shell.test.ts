import { packageFacts } from '../../../src/tasks/general/package-facts.js';
import type { Mapping } from '../../../src/values/index.js';
import { shells } from '../../support/shells.js';
import { proveTaskCases, TaskHost } from '../../support/task-cases.js';

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

test.each(shells)('in %s packages of the host itself have no architecture in their name', async (_name, argv) => {
  const host = new TaskHost(argv);
  const run = await host.run(packageFacts, { manager: 'apt' });
  await host.close();
  const { packages } = run.result.ansible_facts as { packages: Record<string, Mapping[]> };
  expect(packages.dpkg).toEqual([expect.objectContaining({ name: 'dpkg', source: 'apt' })]);
  const own = packages.dpkg?.[0]?.arch;
  expect(Object.keys(packages).filter((name) => name.endsWith(`:${String(own)}`))).toEqual([]);
});
