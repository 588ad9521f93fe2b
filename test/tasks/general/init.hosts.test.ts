import { jest } from '@jest/globals';
import type { Mapping } from '../../../src/values/index.js';
import type { BedHost } from '../../lab/bed.js';
import { OtherHost } from '../../support/other-host.js';

jest.setTimeout(120_000);

/** A service that runs in the background, as the scripts in /etc/init.d have them; OpenRC takes it as it is. */
const script = `#!/bin/sh
### BEGIN INIT INFO
# Provides: kptest
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: waits
### END INIT INFO
case $1 in
start) start-stop-daemon --start --background --make-pidfile --pidfile /run/kptest.pid --exec /bin/sleep -- 3600 ;;
stop) start-stop-daemon --stop --oknodo --retry 2 --pidfile /run/kptest.pid && rm -f /run/kptest.pid ;;
restart) $0 stop; $0 start ;;
reload | force-reload) echo reloaded >>/run/kptest.log ;;
status) start-stop-daemon --status --pidfile /run/kptest.pid ;;
esac
`;

const openrcScript = `#!/sbin/openrc-run
command=/bin/sleep
command_args=3600
command_background=yes
pidfile=/run/kptest.pid
extra_started_commands=reload
reload() { echo reloaded >>/run/kptest.log; }
`;

const running = '[ -s /run/kptest.pid ] && kill -0 "$(cat /run/kptest.pid)" && echo runs || echo rests';

interface Kind {
  host: BedHost;
  script: string;
  /** Prints a line for each run level in which the service starts. */
  atBoot: string;
}
const kinds: readonly Kind[] = [
  { host: 'sysv', script, atBoot: 'ls /etc/rc[2345].d | grep -c "^S.*kptest"' },
  { host: 'openrc', script: openrcScript, atBoot: 'ls /etc/runlevels/default | grep -c kptest' },
];

describe.each(kinds.map((kind) => [kind.host, kind] as const))('service on %s', (_name, kind) => {
  const host = new OtherHost(kind.host);
  const clean = () =>
    host.ssh(
      `exec >/dev/null 2>&1; /etc/init.d/kptest stop; rc-update del kptest default; rm -f /etc/init.d/kptest /etc/rc?.d/*kptest /run/kptest.*; true`,
    );
  beforeAll(() => {
    clean();
    host.ssh(`cat >/etc/init.d/kptest <<'END'\n${kind.script}END\nchmod 755 /etc/init.d/kptest`);
  });
  afterAll(async () => {
    clean();
    await host.close();
  });
  const prove = async (args: Mapping, ...statuses: string[]) =>
    expect(await host.thrice('service', { name: 'kptest', ...args })).toEqual(statuses);
  const atBoot = () => Number(host.ssh(`${kind.atBoot}; true`));

  test('starts, is satisfied, and stops', async () => {
    await prove({ state: 'started' }, 'changed', 'changed', 'ok');
    expect(host.ssh(running)).toBe('runs\n');
    await prove({ state: 'stopped' }, 'changed', 'changed', 'ok');
    expect(host.ssh(running)).toBe('rests\n');
  });

  test('restarts each time, as another process', async () => {
    await host.run('service', { name: 'kptest', state: 'started' });
    const before = host.ssh('cat /run/kptest.pid');
    await prove({ state: 'restarted' }, 'changed', 'changed', 'changed');
    expect(host.ssh('cat /run/kptest.pid')).not.toBe(before);
    expect(host.ssh(running)).toBe('runs\n');
  });

  test('reloads what runs, and starts what does not', async () => {
    await host.run('service', { name: 'kptest', state: 'started' });
    await prove({ state: 'reloaded' }, 'changed', 'changed', 'changed');
    expect(host.ssh('cat /run/kptest.log')).toBe('reloaded\nreloaded\n');
    await host.run('service', { name: 'kptest', state: 'stopped' });
    await host.run('service', { name: 'kptest', state: 'reloaded' });
    expect(host.ssh(running)).toBe('runs\n');
  });

  test('is enabled at boot, and disabled', async () => {
    await prove({ enabled: true }, 'changed', 'changed', 'ok');
    expect(atBoot()).toBeGreaterThan(0);
    await prove({ enabled: false }, 'changed', 'changed', 'ok');
    expect(atBoot()).toBe(0);
    await prove({ enabled: true, state: 'stopped' }, 'changed', 'changed', 'ok');
    expect(atBoot()).toBeGreaterThan(0);
  });

  test.each(['service', 'sysvinit'])(
    '%s: a process by its pattern is what counts, whatever the script says',
    async (name) => {
      const run = (args: Mapping) => host.run(name, { name: 'kptest', ...args });
      await run({ state: 'stopped' });
      // A process that no status knows of.
      host.ssh("sh -c 'sleep 60; : kpother-daemon' >/dev/null 2>&1 </dev/null & echo $! >/run/kptest.other");
      try {
        expect((await run({ state: 'started', pattern: 'kpother-daemon' })).status).toBe('ok');
        expect(host.ssh(running)).toBe('rests\n');
        expect((await run({ state: 'stopped' })).status).toBe('ok');
      } finally {
        host.ssh('kill "$(cat /run/kptest.other)"');
      }
      const foretold = await host.foresee(name, { name: 'kptest', state: 'started', pattern: 'kpother-daemon' });
      expect(foretold.status).toBe('changed');
      expect((await run({ state: 'started', pattern: 'kpother-daemon' })).status).toBe('changed');
      expect(host.ssh(running)).toBe('runs\n');
      // It runs, and is not seen to: so there is nothing to stop.
      expect((await run({ state: 'stopped', pattern: 'kpother-daemon' })).status).toBe('ok');
      expect(host.ssh(running)).toBe('runs\n');
      expect((await run({ state: 'stopped', pattern: '/bin/sleep 3600' })).status).toBe('changed');
      expect(host.ssh(running)).toBe('rests\n');
    },
  );

  test('sshd is seen to run', () => prove({ name: 'ssh', state: 'started' }, 'ok', 'ok', 'ok'));

  test('what is not there fails by its name', async () => {
    const { status, result } = await host.run('service', { name: 'kpnothing', state: 'started' });
    expect([status, result.msg]).toEqual(['failed', 'Could not find the requested service kpnothing: host']);
  });

  test('facts name the service manager', async () => {
    const { result } = await host.run('setup', {});
    expect(result.ansible_facts).toMatchObject({ ansible_service_mgr: kind.host === 'sysv' ? 'sysvinit' : 'openrc' });
  });
});
