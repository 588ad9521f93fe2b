import { execFileSync } from 'node:child_process';
import { jest } from '@jest/globals';
import { findTask } from '../../../src/tasks/index.js';
import type { Mapping } from '../../../src/values/index.js';
import { readBed } from '../../lab/bed.js';
import { type RunOptions, TaskHost } from '../../support/task-cases.js';

// A busy machine and a package manager take their time.
jest.setTimeout(120_000);

const bed = readBed();
const node = 'node3';
const ssh = (command: string): string =>
  execFileSync('ssh', ['-F', bed.sshConfigFile, node, command], { encoding: 'utf8' });

let host: TaskHost;
beforeEach(() => {
  host = new TaskHost(['ssh', '-F', bed.sshConfigFile, node, 'sh', '-s']);
});
afterEach(() => host.close());

const run = (name: string, args: Mapping, options: RunOptions = {}) => {
  const task = findTask(name);
  if (task === undefined) throw new Error(`no task ${name}`);
  return host.run(task, args, { ...options, context: { ...options.context } });
};

/** Every file that was made or changed since, but for what runs on its own. */
const trace = (since: string): string =>
  ssh(
    `find / -xdev -newercm ${since} -not -path '/proc/*' -not -path '/run' -not -path '/run/*' -not -path '/var/log/*' -not -path '/root/.cache/*' 2>/dev/null; rm -f ${since}`,
  );

const join = {
  endpoint: '192.0.2.1:6443',
  token: 'abcdef.0123456789abcdef',
  ca_cert_hashes: [`sha256:${'0a'.repeat(32)}`],
  certificate_key: '',
};

/** The tasks of a cluster in their order, as a dry run asks for them on a bare host. */
const chain: [name: string, args: Mapping, status: string][] = [
  ['swap', {}, 'ok'],
  ['firewall', { role: 'control_plane' }, 'ok'],
  ['kernel', {}, 'changed'],
  [
    'container_runtime',
    { name: 'containerd', mirrors: [{ registry: 'docker.io', endpoints: ['https://m'] }] },
    'changed',
  ],
  [
    'kubernetes_packages',
    {
      version: '1.20.2-00',
      repository: `${bed.mirror}/apt kubernetes-xenial main`,
      repository_key: `${bed.mirror}/apt/key.asc`,
    },
    'changed',
  ],
  ['container_images', { archives: [`${bed.mirror}/images/pause_3.2.tar.xz`] }, 'changed'],
  ['kubeadm_init', { kubernetes_version: '1.20.2', pod_subnet: '10.244.0.0/16' }, 'changed'],
  ['cni', { manifest: `${bed.mirror}/manifests/labnet.yaml`, pod_subnet: '10.244.0.0/16' }, 'changed'],
  ['kubeconfig', {}, 'changed'],
  ['taint', { node: node, taints: ['a:NoSchedule'] }, 'changed'],
  ['label', { node: node, labels: { a: 'b' } }, 'changed'],
  ['kubernetes_manifest', { definition: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } } }, 'changed'],
  ['nodes_ready', {}, 'unknown'],
];

const isBare = !ssh('command -v kubeadm || true').includes('kubeadm');

(isBare ? test : test.skip)('a dry run of everything on a bare host foretells it all and leaves no trace', async () => {
  const since = '/root/.kprov-test-since';
  ssh(`sleep 1; : >${since}; sleep 1`);
  const found: [string, Mapping, string][] = [];
  for (const [name, args] of chain) {
    const { status } = await run(name, args, { check: true });
    found.push([name, args, status]);
  }
  expect(found).toEqual(chain);
  expect(trace(since)).toBe('');
});

(isBare ? test : test.skip)(
  'a join is foretold where kubeadm would be there, and fails where it would not',
  async () => {
    expect(await run('kubeadm_join', { join }, { check: true })).toMatchObject({ status: 'failed' });
    await run('kubernetes_packages', { version: '1.20.2-00', repository: 'none' }, { check: true });
    expect(await run('kubeadm_join', { join }, { check: true })).toMatchObject({ status: 'changed' });
  },
);

test('swap lines of fstab are commented out once, the file as it was is kept, nothing else changes', async () => {
  ssh(
    `cp /etc/fstab /root/fstab-before; printf '# a comment\\n/dev/a / ext4 defaults 0 1\\n/swap.img\\tnone\\tswap\\tsw 0 0\\n' >/etc/fstab`,
  );
  try {
    const foretold = await run('swap', {}, { check: true });
    const done = await run('swap', {});
    const after = '# a comment\n/dev/a / ext4 defaults 0 1\n# kprov: /swap.img\tnone\tswap\tsw 0 0\n';
    expect([foretold.status, done.status]).toEqual(['changed', 'changed']);
    expect(foretold.diff).toEqual(done.diff);
    expect(done.diff[0]).toMatchObject({ after });
    expect(ssh('cat /etc/fstab')).toBe(after);
    expect(ssh('cat /etc/fstab.kprov-backup')).toContain('\n/swap.img\tnone');
    expect((await run('swap', {})).status).toBe('ok');
  } finally {
    ssh('mv /root/fstab-before /etc/fstab; rm -f /etc/fstab.kprov-backup');
  }
});

test('preflight looks at the host, names what it finds, and can be told to ignore it by name', async () => {
  const args = { role: 'control_plane', kubernetes_version: '1.20', minimum_disk: 999_999_999 };
  const refused = await run('preflight', args);
  expect(refused.status).toBe('failed');
  expect(refused.result).toMatchObject({
    msg: expect.stringContaining('[Disk]'),
    identity: { name: 'n1', hostname: node, address: bed.hosts[node], machine_id: ssh('cat /etc/machine-id').trim() },
  });
  expect((await run('preflight', { ...args, ignore: ['Disk'] })).status).toBe('ok');
});

test('preflight tells an address where nothing listens from one that cannot be reached', async () => {
  const ask = async (api_server: string) =>
    JSON.stringify((await run('preflight', { kubernetes_version: '1.20', api_server })).result.findings ?? []);
  expect(await ask(`${bed.hosts.node1 ?? ''}:1`)).not.toContain('APIServer');
  expect(await ask((bed.hosts.node1 ?? '').replace(/\d+$/, '250:6443'))).toContain('APIServer');
});

test('a kernel without IPVS is told by name what it lacks, and nothing is written', async () => {
  const lacking = ssh(
    'for m in ip_vs ip_vs_rr ip_vs_wrr ip_vs_sh; do modprobe -n -- $m 2>/dev/null || echo $m; done',
  ).split('\n');
  const files = 'cat /etc/modules-load.d/kubernetes.conf /etc/sysctl.d/99-kubernetes.conf 2>&1 || true';
  const before = ssh(files);
  const foretold = await run('kernel', { ipvs: true }, { check: true });
  const missing = lacking.filter(Boolean).join(' ');
  if (missing === '') return expect(foretold.status).toBe('changed');
  const said = `has no module ${missing}; kube-proxy's mode ipvs needs those of ip_vs`;
  for (const result of [foretold, await run('kernel', { ipvs: true })]) {
    expect(result).toMatchObject({ status: 'failed', result: { msg: expect.stringContaining(said) } });
  }
  expect(ssh(files)).toBe(before);
});
