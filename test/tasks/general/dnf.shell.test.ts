import { findTask } from '../../../src/tasks/index.js';
import type { Mapping } from '../../../src/values/index.js';
import { Doubles } from '../../support/doubles.js';
import { shells } from '../../support/shells.js';
import { TaskHost } from '../../support/task-cases.js';

/** tree 2.1-1 is installed; nothing else is. */
const rpm = `
case "$*" in
--eval*"'2.1', '1.0'"*) echo 1 ;;
--eval*) echo -1 ;;
*--qf*' tree') printf '2.1.x86_64\n' ;;
*' tree' | *' tree-2.1') ;;
*) exit 1 ;;
esac`;

/** [the sentence, arguments, status, calls of dnf but for its -y]. */
const rows: readonly (readonly [string, Mapping, string, readonly string[]])[] = [
  ['what is there is left alone', { name: 'tree' }, 'ok', []],
  ['what is missing is installed in one call', { name: 'tree,jq,git' }, 'changed', ['install -- jq git']],
  [
    'what is there is removed',
    { name: 'tree', state: 'absent' },
    'changed',
    ['--setopt=clean_requirements_on_remove=False remove -- tree'],
  ],
  ['what is missing stays away', { name: 'jq', state: 'absent' }, 'ok', []],
  ['a newer version stays where no downgrade is allowed', { name: 'tree-1.0' }, 'ok', []],
  [
    'a downgrade is made where it is allowed',
    { name: 'tree-1.0', allow_downgrade: true },
    'changed',
    ['install -- tree-1.0'],
  ],
  ['a newer version is installed', { name: 'tree-3.0' }, 'changed', ['install -- tree-3.0']],
];

// Debian's busybox has an rpm of its own that no double can stand in for.
describe.each(shells.filter(([name]) => !name.startsWith('busybox')))('dnf in %s', (_name, argv) => {
  test.each(rows)('%s', async (_sentence, args, status, calls) => {
    const doubles = new Doubles().add('dnf', 'echo Complete!').add('rpm', rpm);
    const host = new TaskHost(argv, doubles.env);
    const dnf = findTask('dnf');
    const said = status === 'ok' ? 'Nothing to do' : undefined;
    if (!dnf) throw new Error('no task dnf');
    try {
      const foretold = await host.run(dnf, args, { check: true });
      expect([foretold.status, foretold.result.msg]).toEqual([status, said]);
      const isDnf = ([name]: string[]) => name === 'dnf';
      expect(doubles.calls().filter(isDnf)).toEqual([]);
      const run = await (async () => {
        const real = new TaskHost(argv, doubles.env);
        try {
          return await real.run(dnf, args);
        } finally {
          await real.close();
        }
      })();
      expect([run.status, run.result.msg]).toEqual([status, said]);
      expect(
        doubles
          .calls()
          .filter(isDnf)
          .map((call) => call.slice(2).join(' ')),
      ).toEqual(calls);
    } finally {
      await host.close();
      doubles.remove();
    }
  });
});
