import { service } from '../../../src/tasks/general/service.js';
import { systemd } from '../../../src/tasks/general/systemd.js';
import { Doubles } from '../../support/doubles.js';
import { shells } from '../../support/shells.js';
import { TaskHost } from '../../support/task-cases.js';

const unit = (load: string, active: string, file: string) =>
  `case $* in *show*) printf 'LoadState=${load}\\nActiveState=${active}\\nUnitFileState=${file}\\n';; esac`;

describe.each(shells)('systemd in %s', (_name, argv) => {
  let doubles: Doubles;
  let host: TaskHost;
  beforeEach(() => {
    doubles = new Doubles();
    host = new TaskHost(argv, doubles.env);
  });
  afterEach(async () => {
    await host.close();
    doubles.remove();
  });
  const verbs = () => doubles.calls().map((call) => call.find((word) => /^[a-z]/.test(word) && word !== 'systemctl'));

  test.each([
    ['loaded', 'active', 'enabled', { state: 'started', enabled: true }, 'ok', []],
    ['loaded', 'inactive', 'disabled', { state: 'started', enabled: true }, 'changed', ['enable', 'start']],
    ['loaded', 'active', 'enabled', { state: 'stopped', enabled: false }, 'changed', ['disable', 'stop']],
    ['loaded', 'active', 'static', { enabled: true }, 'ok', []],
    ['loaded', 'active', 'static', { enabled: false }, 'ok', []],
    ['loaded', 'active', 'enabled', { state: 'restarted' }, 'changed', ['restart']],
    ['loaded', 'active', 'enabled', { state: 'reloaded' }, 'changed', ['reload']],
    ['loaded', 'failed', 'enabled', { state: 'reloaded' }, 'changed', ['start']],
    ['masked', 'inactive', 'masked', { masked: true }, 'ok', []],
    ['masked', 'inactive', 'masked', { masked: false }, 'changed', ['unmask']],
    ['not-found', 'inactive', '', { state: 'started' }, 'failed', []],
  ] as const)('%s %s %s with %j is %s', async (load, active, file, args, status, actions) => {
    doubles.add('systemctl', unit(load, active, file));
    const run = await host.run(systemd, { name: 'kubelet', ...args });
    expect([run.status, verbs()]).toEqual([status, ['show', ...actions]]);
  });

  test('check mode asks but changes nothing, and remembers what it would have done', async () => {
    doubles.add('systemctl', unit('loaded', 'inactive', 'disabled'));
    const args = { name: 'kubelet', state: 'started', enabled: true };
    const first = await host.run(systemd, args, { check: true });
    const second = await host.run(systemd, args, { check: true });
    expect([first.status, second.status]).toEqual(['changed', 'ok']);
    expect(first.diff[0]).toMatchObject({
      before: 'state: stopped\nenabled: no\n',
      after: 'state: started\nenabled: yes\n',
    });
    expect(new Set(verbs())).toEqual(new Set(['show']));
  });

  test('a unit that is not there yet cannot be judged in check mode', async () => {
    doubles.add('systemctl', unit('not-found', 'inactive', ''));
    expect((await host.run(systemd, { name: 'kubelet', state: 'started' }, { check: true })).status).toBe('unknown');
  });

  test('a failing start tells the status and the journal', async () => {
    doubles.add(
      'systemctl',
      `${unit('loaded', 'inactive', 'enabled')}\ncase $* in start*) echo 'Job failed' >&2; exit 1;; status*) echo 'bad config in line 3';; esac`,
    );
    const run = await host.run(systemd, { name: 'kubelet', state: 'started' });
    expect(run.status).toBe('failed');
    expect(run.result.msg).toBe('Unable to start service kubelet: Job failed\nbad config in line 3');
  });

  test('the name of a unit arrives unharmed', async () => {
    doubles.add('systemctl', unit('loaded', 'inactive', 'enabled'));
    const name = `a 'b' "c" $(d) \\x2d * -e.mount`;
    await host.run(systemd, { name, state: 'started' });
    expect(doubles.calls().map((call) => call.at(-1))).toEqual([name, name]);
  });

  test('service says which of its parameters systemd has no use for', async () => {
    doubles.add('systemctl', unit('loaded', 'active', 'enabled'));
    const args = { name: 'kubelet', state: 'started', use: 'systemd' };
    const { status, result } = await host.run(service, { ...args, pattern: 'nothing like it', sleep: 2 });
    expect([status, result.warnings]).toEqual([
      'ok',
      ['Ignoring "pattern" as it is not used in "systemd"', 'Ignoring "sleep" as it is not used in "systemd"'],
    ]);
    expect((await host.run(service, args)).result).not.toHaveProperty('warnings');
  });
});
