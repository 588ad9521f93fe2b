import { connect } from 'node:net';
import { jest } from '@jest/globals';
import { addressOf, readBed } from '../../lab/bed.js';
import { OtherHost } from '../../support/other-host.js';

jest.setTimeout(180_000);

const host = new OtherHost('rpm');
const address = addressOf(readBed(), 'rpm');

/** Does somebody else get through to the port, on which something listens? */
const reaches = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1500 });
    const done = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', done(true)).on('error', done(false)).on('timeout', done(false));
  });

/** Source and destination of the one connection that all of this goes over. */
const connection = () => host.ssh('echo "$SSH_CONNECTION"');

const thrice = ['changed', 'changed', 'ok'];
const task = 'firewall';
const worker = { role: 'worker', cni: 'flannel', ports: ['9443/tcp'] };

const clean = () =>
  host.ssh(
    `exec >/dev/null 2>&1; ufw --force reset; ufw --force disable; systemctl disable --now firewalld kplisten9443 kplisten9444
     systemctl reset-failed; rm -rf /etc/firewalld/zones/* /etc/ufw/*.rules.2*; true`,
  );

beforeAll(() => {
  clean();
  for (const port of [9443, 9444]) {
    host.ssh(`systemd-run -q --unit kplisten${port} python3 -m http.server ${port} --directory /srv/rpm`);
  }
});
afterAll(async () => {
  clean();
  await host.close();
});

/** firewalld has started before its rules stand. */
const isReady = 'until firewall-cmd --state && firewall-cmd --list-all; do sleep 0.2; done >/dev/null 2>&1; sleep 1';

const firewalls = [
  [
    'ufw',
    {
      on: 'ufw default deny incoming; ufw allow 22/tcp; ufw deny 9443/tcp; ufw --force enable',
      rules: 'ufw status; cat /etc/ufw/user.rules',
      isOff: 'ufw status; cat /etc/ufw/ufw.conf',
      off: /Status: inactive[\s\S]*ENABLED=no/,
    },
  ],
  [
    'firewalld',
    {
      on: `systemctl enable --now firewalld; ${isReady}`,
      rules: 'firewall-cmd --list-all; firewall-cmd --permanent --list-all',
      isOff: 'systemctl is-active firewalld; systemctl is-enabled firewalld; true',
      off: /inactive\ndisabled/,
    },
  ],
] as const;

describe.each(firewalls)('firewall with %s', (name, firewall) => {
  let over: string;
  beforeAll(() => {
    over = connection();
    host.ssh(`{ ${firewall.on}; } >/dev/null 2>&1`);
  });
  afterEach(() => {
    expect(connection()).toBe(over);
  });

  test('it stands between others and the port', async () => {
    expect(await reaches(22)).toBe(true);
    expect(await reaches(9443)).toBe(false);
  });

  test('a dry run says that ports would be opened, and opens none', async () => {
    const before = host.ssh(firewall.rules);
    const { status, result } = await host.foresee(task, worker);
    expect([status, result.firewalls]).toEqual(['changed', [name]]);
    expect(host.ssh(firewall.rules)).toBe(before);
  });

  test('the ports of a worker, of its network and further ones are opened, once, and no others', async () => {
    const { status, result } = await host.run(task, worker);
    expect([status, result.ports]).toEqual(['changed', expect.arrayContaining(['10250/tcp', '8472/udp', '9443/tcp'])]);
    expect((await host.run(task, worker)).status).toBe('ok');
    expect((await host.foresee(task, worker)).status).toBe('ok');
    expect([await reaches(9443), await reaches(9444), await reaches(22)]).toEqual([true, false, true]);
    const rules = host.ssh(firewall.rules);
    for (const port of ['10250', '8472', '30000']) expect(rules).toContain(port);
  });

  test('what is open stays open when the firewall starts again', async () => {
    host.ssh(name === 'ufw' ? 'ufw reload' : `systemctl restart firewalld; ${isReady}`);
    expect([await reaches(9443), await reaches(9444)]).toEqual([true, false]);
    expect((await host.run(task, worker)).status).toBe('ok');
  });

  test('it is switched off, now and at boot', async () => {
    expect(await host.thrice(task, { state: 'disabled' })).toEqual(thrice);
    expect(host.ssh(firewall.isOff)).toMatch(firewall.off);
    expect([await reaches(9443), await reaches(9444)]).toEqual([true, true]);
  });
});

test('a firewalld that would start at the next boot gets its ports opened, or is disabled', async () => {
  host.ssh('{ rm -rf /etc/firewalld/zones/*; systemctl enable firewalld; } 2>/dev/null');
  const args = { role: 'none', ports: ['9443/tcp'] };
  expect(await host.thrice(task, args)).toEqual(thrice);
  host.ssh(`systemctl start firewalld; ${isReady}`);
  expect([await reaches(9443), await reaches(9444)]).toEqual([true, false]);
  host.ssh('systemctl stop firewalld');
  expect(await host.thrice(task, { state: 'disabled' })).toEqual(thrice);
  expect(host.ssh('systemctl is-enabled firewalld; true')).toBe('disabled\n');
});

test('where no firewall is active nothing is done', async () => {
  expect(await host.thrice(task, worker)).toEqual(['ok', 'ok', 'ok']);
});
