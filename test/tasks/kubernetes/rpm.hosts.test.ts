import { jest } from '@jest/globals';
import { OtherHost } from '../../support/other-host.js';

jest.setTimeout(120_000);

const host = new OtherHost('rpm');
const source = { repository: 'http://127.0.0.1:8080/kubernetes/', repository_key: 'http://127.0.0.1:8080/key.asc' };
const versions = () => host.ssh(`rpm -q --qf '%{NAME}-%{VERSION} ' kubelet kubeadm kubectl; true`).trim();
const all = (version: string) => ['kubelet', 'kubeadm', 'kubectl'].map((name) => `${name}-${version}`).join(' ');

const clean = () =>
  host.ssh(
    `exec >/dev/null 2>&1; systemctl disable --now kubelet containerd; dnf -q versionlock clear
     rpm -e --nodeps --allmatches $(rpm -qa kubelet kubeadm kubectl containerd.io gpg-pubkey)
     rm -rf /etc/yum.repos.d/* /etc/containerd /var/cache/dnf/kubernetes* /var/cache/dnf/container*; true`,
  );
beforeAll(clean);
afterAll(async () => {
  clean();
  await host.close();
});

const task = 'kubernetes_packages';
const thrice = ['changed', 'changed', 'ok'];

describe('kubernetes_packages with rpm', () => {
  test('the newest patch of a minor from a signed repository; 10 is newer than 2; the kubelet starts at boot', async () => {
    const foretold = await host.foresee(task, { version: '1.30', ...source });
    expect([foretold.status, foretold.diff[0]]).toMatchObject([
      'changed',
      {
        afterHeader: '/etc/yum.repos.d/kubernetes.repo',
        after: expect.stringContaining(`baseurl=${source.repository}`),
      },
    ]);
    expect(await host.thrice(task, { version: '1.30', ...source })).toEqual(thrice);
    expect(versions()).toBe(all('1.30.10'));
    expect(host.ssh('systemctl is-enabled kubelet').trim()).toBe('enabled');
    expect(host.ssh('rpm -q gpg-pubkey')).toContain('gpg-pubkey-');
  });

  test('held: an upgrade of the system leaves the packages alone, since the repository excludes them', async () => {
    host.ssh('dnf -q -y upgrade');
    expect(versions()).toBe(all('1.30.10'));
    expect(host.ssh('cat /etc/yum.repos.d/kubernetes.repo')).toContain('exclude=kubelet kubeadm kubectl');
  });

  test('an older version is refused unless a downgrade is allowed', async () => {
    const args = { version: '1.30.2-150500.1.1', ...source };
    const refused = await host.run(task, args);
    expect([refused.status, refused.result.msg]).toEqual(['failed', expect.stringContaining('set allow_downgrade')]);
    expect(versions()).toBe(all('1.30.10'));
    expect(await host.thrice(task, { ...args, allow_downgrade: true })).toEqual(thrice);
    expect(versions()).toBe(all('1.30.2'));
  });

  test('an upgrade to a patch by its number, the release left open', async () => {
    const done = await host.run(task, { version: '1.31.0', ...source });
    expect(done).toMatchObject({
      status: 'changed',
      result: { versions: { kubelet: '1.31.0-150500.1.1' }, previous: { kubelet: '1.30.2-150500.1.1' } },
    });
    expect(versions()).toBe(all('1.31.0'));
  });

  test('a version that no repository has is named', async () => {
    const { status, result } = await host.run(task, { version: '1.33', ...source });
    expect([status, result.msg]).toEqual(['failed', 'no repository of this host has kubelet 1.33.']);
  });

  test('not held: an upgrade of the system takes them along', async () => {
    clean();
    expect(await host.thrice(task, { version: '1.30.1', hold: false, ...source })).toEqual(thrice);
    host.ssh('dnf -q -y upgrade');
    expect(versions()).toBe(all('1.31.0'));
  });

  test('with repository none the packages are locked by versionlock, and the lock moves with the version', async () => {
    clean();
    host.ssh(
      `printf '[own]\\nname=own\\nbaseurl=${source.repository}\\ngpgcheck=1\\ngpgkey=${source.repository_key}\\n' >/etc/yum.repos.d/own.repo`,
    );
    expect(await host.thrice(task, { version: '1.30.1', repository: 'none' })).toEqual(thrice);
    host.ssh('dnf -q -y upgrade');
    expect(versions()).toBe(all('1.30.1'));
    expect(await host.thrice(task, { version: '1.30.2', repository: 'none' })).toEqual(thrice);
    host.ssh('dnf -q -y upgrade');
    expect(versions()).toBe(all('1.30.2'));
    expect(await host.thrice(task, { version: '1.30', repository: 'none', hold: false })).toEqual(thrice);
    expect(host.ssh('dnf -q versionlock list').trim()).toBe('');
  });

  test('a repository whose key is another is refused', async () => {
    clean();
    host.ssh(
      'gpg -q --batch --passphrase "" --quick-gen-key x rsa2048 2>/dev/null; gpg --armor --export x >/root/other.asc',
    );
    const { status } = await host.run(task, { version: '1.30', ...source, repository_key: 'file:///root/other.asc' });
    expect([status, versions()]).toEqual(['failed', expect.not.stringContaining('kubelet-1')]);
  });
});

test('container_runtime installs containerd with dnf, configures it and starts it', async () => {
  clean();
  const args = {
    name: 'containerd',
    repository: 'http://127.0.0.1:8080/runtime/',
    repository_key: source.repository_key,
    mirrors: [{ registry: 'docker.io', endpoints: ['https://mirror.example'] }],
  };
  expect(await host.thrice('container_runtime', args)).toEqual(thrice);
  expect(
    host.ssh('systemctl is-active containerd; ctr version | grep -c Server; rpm -q --qf %{NAME} containerd.io'),
  ).toBe('active\n1\ncontainerd.io');
  expect(host.ssh('cat /etc/containerd/config.toml')).toContain('SystemdCgroup = true');
});
