import { jest } from '@jest/globals';
import type { Mapping } from '../../../src/values/index.js';
import { OtherHost } from '../../support/other-host.js';

jest.setTimeout(120_000);

const host = new OtherHost('rpm');
const clean = () =>
  host.ssh(
    `exec >/dev/null 2>&1; rpm -e --nodeps --allmatches $(rpm -qa 'kp-*' gpg-pubkey); rm -rf /etc/yum.repos.d/* /var/cache/dnf/kp*; [ ! -e /usr/bin/dnf.away ] || mv /usr/bin/dnf.away /usr/bin/dnf; rm -f /usr/local/bin/yum; true`,
  );
beforeAll(() => {
  clean();
});
afterAll(async () => {
  clean();
  await host.close();
});

const thrice = ['changed', 'changed', 'ok'];
const settled = ['ok', 'ok', 'ok'];
const keys = () => host.ssh('rpm -qa gpg-pubkey | wc -l').trim();
const keyFile = '/srv/rpm/key.asc';
const keyUrl = 'http://127.0.0.1:8080/key.asc';

describe('rpm_key on a real host', () => {
  const fingerprint = () =>
    host
      .ssh(`gpg --batch --with-colons --show-keys ${keyFile} | sed -n 's/^fpr:*\\([0-9A-F]*\\):$/\\1/p' | head -n 1`)
      .trim();

  test.each([
    ['a file', keyFile],
    ['an address', keyUrl],
  ])('a key is imported from %s, once, and goes again by it', async (_from, key) => {
    expect(await host.thrice('rpm_key', { key })).toEqual(thrice);
    expect(keys()).toBe('1');
    expect((await host.foresee('rpm_key', { key })).status).toBe('ok');
    expect(await host.thrice('rpm_key', { key, state: 'absent' })).toEqual(thrice);
    expect(keys()).toBe('0');
  });

  test('a key goes by its identifier', async () => {
    await host.run('rpm_key', { key: keyFile });
    const id = fingerprint().slice(-8);
    expect(await host.thrice('rpm_key', { key: id, state: 'absent' })).toEqual(thrice);
    expect(keys()).toBe('0');
  });

  test('a key of another fingerprint than the one that is asked for is refused', async () => {
    const wrong = await host.run('rpm_key', { key: keyFile, fingerprint: '0'.repeat(40) });
    expect([wrong.status, wrong.result.msg]).toEqual(['failed', expect.stringContaining(fingerprint())]);
    expect(keys()).toBe('0');
    expect(await host.thrice('rpm_key', { key: keyFile, fingerprint: fingerprint() })).toEqual(thrice);
    await host.run('rpm_key', { key: keyFile, state: 'absent' });
  });

  test('what is no key is refused', async () => {
    const { status, result } = await host.run('rpm_key', { key: '/etc/passwd' });
    expect([status, result.msg]).toEqual(['failed', expect.stringContaining('no key')]);
  });
});

describe('yum_repository on a real host', () => {
  const args: Mapping = {
    name: 'kp',
    description: 'The signed one',
    baseurl: 'http://127.0.0.1:8080/signed/',
    gpgcheck: true,
    gpgkey: keyUrl,
  };
  const path = '/etc/yum.repos.d/kp.repo';
  const read = () => host.ssh(`cat ${path} 2>/dev/null; true`);

  test('it is made as a dry run with diff has shown, and dnf takes its signed packages with the key it names', async () => {
    const foretold = await host.foresee('yum_repository', args);
    expect([foretold.status, read()]).toEqual(['changed', '']);
    expect(await host.thrice('yum_repository', args)).toEqual(thrice);
    expect(foretold.diff[0]?.after).toBe(read());
    expect(host.ssh('dnf -q repolist')).toContain('The signed one');
    expect(await host.thrice('dnf', { name: 'kp-signed' })).toEqual(thrice);
    expect(host.ssh('rpm -q kp-signed')).toBe('kp-signed-1.0-1.noarch\n');
    const forged = await host.run('dnf', { name: 'kp-forged' });
    expect([forged.status, keys()]).toEqual(['failed', '1']);
  });

  test('a change shows in the diff and keeps the other sections of its file', async () => {
    host.ssh(`printf '\n[other]\nname = other\nbaseurl = file:///none\nenabled = 0\n' >>${path}`);
    const before = read();
    const changed = { ...args, enabled: false, exclude: 'kp-forged', priority: 5 };
    const foretold = await host.foresee('yum_repository', changed);
    expect(read()).toBe(before);
    expect(await host.thrice('yum_repository', changed)).toEqual(thrice);
    expect(foretold.diff[0]).toMatchObject({ before, after: read() });
    expect(read()).toContain('[other]');
    expect(
      host
        .ssh('dnf -q repolist --disabled')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(' ')[0]),
    ).toEqual(['kp', 'other']);
  });

  test('it goes, and its file goes with the last section', async () => {
    expect(await host.thrice('yum_repository', { name: 'kp', state: 'absent' })).toEqual(thrice);
    expect(read()).toContain('[other]');
    expect(await host.thrice('yum_repository', { name: 'other', file: 'kp', state: 'absent' })).toEqual(thrice);
    expect(read()).toBe('');
    expect(await host.thrice('yum_repository', { name: 'kp', state: 'absent' })).toEqual(settled);
  });
});

test('yum: where there is only yum, it is called', async () => {
  // A shell remembers where it has found dnf.
  await host.disconnect();
  host.ssh(
    `printf '[kp]\nname=kp\nbaseurl=file:///srv/rpm/tools\ngpgcheck=0\n' >/etc/yum.repos.d/kp.repo; mv /usr/bin/dnf /usr/bin/dnf.away; ln -s /usr/bin/dnf.away /usr/local/bin/yum`,
  );
  try {
    expect(await host.thrice('yum', { name: 'kp-tool' })).toEqual(thrice);
    expect(await host.thrice('yum', { name: 'kp-tool-1.0', allow_downgrade: true })).toEqual(thrice);
    expect(host.ssh('kp-tool')).toBe('1.0\n');
    expect(await host.thrice('yum', { name: 'kp-tool', state: 'latest' })).toEqual(thrice);
    expect(host.ssh('kp-tool')).toBe('2.0\n');
    const removed = await host.run('yum', { name: 'kp-tool', state: 'absent' });
    expect([removed.status, removed.result.cmd]).toEqual(['changed', expect.stringContaining('yum -y')]);
  } finally {
    await host.disconnect();
    clean();
  }
});

test('facts of a host of the Red Hat family', async () => {
  const { result } = await host.run('setup', {});
  expect(result.ansible_facts).toMatchObject({
    ansible_pkg_mgr: 'dnf',
    ansible_os_family: 'RedHat',
    ansible_distribution: 'Rocky',
    ansible_distribution_version: '9.4',
    ansible_distribution_major_version: '9',
    ansible_distribution_release: 'Blue Onyx',
    ansible_service_mgr: 'systemd',
  });
});
