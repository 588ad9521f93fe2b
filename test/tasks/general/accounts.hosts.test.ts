import { jest } from '@jest/globals';
import { OtherHost } from '../../support/other-host.js';

jest.setTimeout(120_000);

const host = new OtherHost('openrc');
const clean = () =>
  host.ssh(
    `exec >/dev/null 2>&1; for u in kpuser kpsys; do deluser $u; done; for g in kpgroup kpother kpsys kpuser; do delgroup $g; done; rm -rf /home/kpuser /home/kpnew /var/kp; true`,
  );
beforeAll(() => {
  clean();
});
afterAll(async () => {
  clean();
  await host.close();
});

const thrice = ['changed', 'changed', 'ok'];
const passwd = () => host.ssh('grep ^kpuser: /etc/passwd; true').trim();
const groups = () => host.ssh('id -Gn kpuser').trim().split(' ').sort().join(' ');
const hash = '$6$saltsalt$abcdefghijklmnopqrstuvwxyz./0123456789';

describe('group and user on a host that has busybox instead of shadow', () => {
  test('there is no useradd, usermod or groupadd', () => {
    expect(
      host.ssh('command -v useradd usermod userdel groupadd groupmod groupdel; readlink -f /usr/sbin/adduser'),
    ).toBe('/usr/local/lib/accounts\n');
  });

  test('a group is made with its number', async () => {
    expect(await host.thrice('group', { name: 'kpgroup', gid: 4242 })).toEqual(thrice);
    expect(await host.thrice('group', { name: 'kpother' })).toEqual(thrice);
    expect(host.ssh('grep ^kpgroup: /etc/group')).toBe('kpgroup:x:4242:\n');
  });

  test('a system group gets a number below 1000', async () => {
    expect(await host.thrice('group', { name: 'kpsys', system: true })).toEqual(thrice);
    expect(Number(host.ssh('getent group kpsys | cut -d: -f3'))).toBeLessThan(1000);
  });

  test('what busybox cannot change is refused by the name of what is needed, in a dry run too', async () => {
    expect(await host.thrice('group', { name: 'kpgroup', gid: 4343 })).toEqual(['failed', 'failed', 'failed']);
    const { result } = await host.run('group', { name: 'kpgroup', gid: 4343 });
    expect(result.msg).toContain('groupmod is needed');
  });

  test('a user is made with number, group, groups, comment, shell, home and password', async () => {
    const args = {
      name: 'kpuser',
      uid: 4300,
      group: 'kpgroup',
      groups: 'kpother',
      comment: `it's "$x" *`,
      shell: '/bin/sh',
      password: hash,
    };
    expect(await host.thrice('user', args)).toEqual(thrice);
    expect(passwd()).toBe(`kpuser:x:4300:4242:it's "$x" *:/home/kpuser:/bin/sh`);
    expect(groups()).toBe('kpgroup kpother');
    expect(host.ssh('grep ^kpuser: /etc/shadow | cut -d: -f2').trim()).toBe(hash);
    expect(host.ssh('stat -c %U:%G /home/kpuser').trim()).toBe('kpuser:kpgroup');
  });

  test('its groups change', async () => {
    expect(await host.thrice('user', { name: 'kpuser', groups: 'kpsys', append: true })).toEqual(thrice);
    expect(groups()).toBe('kpgroup kpother kpsys');
    expect(await host.thrice('user', { name: 'kpuser', groups: 'kpsys' })).toEqual(thrice);
    expect(groups()).toBe('kpgroup kpsys');
    expect(await host.thrice('user', { name: 'kpuser', groups: [] })).toEqual(thrice);
    expect(groups()).toBe('kpgroup');
  });

  test.each([
    { shell: '/bin/false' },
    { uid: 4301 },
    { comment: 'New' },
    { home: '/home/kpnew' },
    { group: 'kpother' },
  ])('its %j is refused, since there is no usermod', async (args) => {
    const before = passwd();
    const foretold = await host.foresee('user', { name: 'kpuser', ...args });
    const done = await host.run('user', { name: 'kpuser', ...args });
    const failed = ['failed', expect.stringContaining('usermod is needed')];
    expect([foretold.status, foretold.result.msg]).toEqual(failed);
    expect([done.status, done.result.msg]).toEqual(failed);
    expect(passwd()).toBe(before);
  });

  test('its password changes', async () => {
    const other = hash.replace('abc', 'xyz');
    expect(await host.thrice('user', { name: 'kpuser', password: other })).toEqual(thrice);
    expect(await host.thrice('user', { name: 'kpuser', password: hash })).toEqual(thrice);
    expect(await host.thrice('user', { name: 'kpuser', password: other, update_password: 'on_create' })).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
  });

  test('its password is locked and unlocked', async () => {
    const shadow = () => host.ssh('grep ^kpuser: /etc/shadow | cut -d: -f2').trim();
    expect(await host.thrice('user', { name: 'kpuser', password_lock: true })).toEqual(thrice);
    expect(shadow()).toBe(`!${hash}`);
    expect(await host.thrice('user', { name: 'kpuser', password_lock: false })).toEqual(thrice);
    expect(shadow()).toBe(hash);
  });

  test('it goes with its home, and so do the groups', async () => {
    expect(await host.thrice('user', { name: 'kpuser', state: 'absent', remove: true })).toEqual(thrice);
    expect(host.ssh('grep -c kpuser /etc/passwd /etc/shadow /etc/group; ls -d /home/kpuser 2>/dev/null; true')).toBe(
      '/etc/passwd:0\n/etc/shadow:0\n/etc/group:0\n',
    );
    for (const name of ['kpgroup', 'kpother', 'kpsys']) {
      expect(await host.thrice('group', { name, state: 'absent' })).toEqual(thrice);
    }
  });

  test('a system user without a home', async () => {
    expect(await host.thrice('user', { name: 'kpsys', system: true, create_home: false, shell: '/bin/false' })).toEqual(
      thrice,
    );
    expect(Number(host.ssh('id -u kpsys'))).toBeLessThan(1000);
  });
});
