import { debconf } from '../../../src/tasks/general/debconf.js';
import { Doubles } from '../../support/doubles.js';
import { shells } from '../../support/shells.js';
import { TaskHost } from '../../support/task-cases.js';

describe.each(shells)('debconf in %s', (_name, argv) => {
  let doubles: Doubles;
  let host: TaskHost;
  beforeEach(() => {
    doubles = new Doubles();
    doubles.add('debconf-show', "printf '* p/services: group, passwd, shadow\\n* p/secret: (password omitted)\\n'");
    doubles.add(
      'debconf-get-selections',
      "printf 'q\\tp/secret\\tpassword\\tother\\np\\tp/secret\\tpassword\\thidden\\n'",
    );
    doubles.add('debconf-set-selections', 'cat >/dev/null');
    host = new TaskHost(argv, doubles.env);
  });
  afterEach(async () => {
    await host.close();
    doubles.remove();
  });
  const answer = (question: string, vtype: string, value: unknown) =>
    host.run(debconf, { name: 'p', question, vtype, value: value as string }, { diff: false });
  const isSet = () => doubles.calls().some(([name]) => name === 'debconf-set-selections');

  test.each([
    [['shadow', 'passwd', 'group'], 'ok'],
    ['group, passwd, shadow', 'ok'],
    [['group', 'passwd'], 'changed'],
    ['group, shadow, passwd', 'changed'],
    [['group', 1], 'failed'],
  ])('several choices %j: %s, since only the order of a list does not count', async (value, status) => {
    expect((await answer('p/services', 'multiselect', value)).status).toBe(status);
    expect(isSet()).toBe(status === 'changed');
  });

  test.each([
    ['hidden', 'ok'],
    ['new', 'changed'],
  ])('a password that is %s: %s', async (value, status) => {
    expect((await answer('p/secret', 'password', value)).status).toBe(status);
  });
});
