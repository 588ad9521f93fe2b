import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { renderInitConfig, renderJoinConfig } from '../../src/kubernetes/kubeadm-config.js';
import { readKubeadmFile } from '../../src/kubernetes/kubeadm-file.js';
import type { InitOptions, JoinOptions } from '../../src/kubernetes/kubeadm-options.js';
import { parseVersion } from '../../src/kubernetes/version.js';

const token = 'abcdef.0123456789abcdef';
const hash = `sha256:${'0a'.repeat(32)}`;
const key = 'f'.repeat(64);

const init: InitOptions = {
  advertiseAddress: '10.0.0.1',
  bindPort: 6443,
  bootstrapToken: { token, ttl: '1h0m0s' },
  proxyMode: 'ipvs',
  cgroupDriver: 'systemd',
  controlPlaneTimeout: '6m0s',
  node: {
    name: 'm1',
    criSocket: '/run/containerd/containerd.sock',
    taints: [],
    labels: { disk: 'ssd' },
    kubeletExtraArgs: { 'node-ip': '10.0.0.1' },
    ignorePreflightErrors: ['NumCPU', 'Mem'],
  },
  cluster: {
    imageRepository: 'mirror.example/k8s',
    podSubnet: '10.244.0.0/16',
    serviceSubnet: '10.96.0.0/12',
    dnsDomain: 'cluster.local',
    controlPlaneEndpoint: 'k8s.example:6443',
    apiServer: { certSANs: ['k8s.example'], extraArgs: { 'audit-log-path': '/var/log/audit.log' } },
    controllerManager: { extraArgs: { 'bind-address': '0.0.0.0' } },
    etcd: { local: { extraArgs: { 'listen-metrics-urls': 'http://0.0.0.0:2381' } } },
  },
};

const join: JoinOptions = {
  endpoint: '10.0.0.1:6443',
  token,
  caCertHashes: [hash],
  node: { name: 'w1', criSocket: '/run/containerd/containerd.sock', ignorePreflightErrors: ['Mem'] },
  discoveryTimeout: '5m0s',
};

/** The golden file's text; written anew when UPDATE_GOLDEN is set. */
function golden(name: string, text: string): string {
  const file = fileURLToPath(new URL(`./golden/${name}`, import.meta.url));
  if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(file, text);
  return readFileSync(file, 'utf8');
}

describe.each([
  ['v1beta1', '1.14.10'],
  ['v1beta2', '1.20.2'],
  ['v1beta3', '1.30.2'],
  ['v1beta4', '1.35.0'],
])('%s (Kubernetes %s)', (api, version) => {
  test('init', () => {
    const config = renderInitConfig(parseVersion(version), init);
    expect(config.diagnostics).toEqual([]);
    expect(config.text).toBe(golden(`init-${api}.yaml`, config.text));
  });

  test('join as a worker', () => {
    const config = renderJoinConfig(parseVersion(version), join);
    expect(config.diagnostics).toEqual([]);
    expect(config.text).toBe(golden(`join-${api}.yaml`, config.text));
  });

  test('kprov recognises its own file as fit for the version', () => {
    const file = readKubeadmFile(
      renderInitConfig(parseVersion(version), init).text,
      'kubeadm.yaml',
      parseVersion(version),
    );
    expect(file).toEqual({
      kinds: ['InitConfiguration', 'ClusterConfiguration', 'KubeletConfiguration', 'KubeProxyConfiguration'],
      podSubnet: '10.244.0.0/16',
      controlPlaneEndpoint: 'k8s.example:6443',
      criSocket: '/run/containerd/containerd.sock',
      hasBootstrapToken: true,
      diagnostics: [],
    });
  });
});

test('what v1beta1 has no field for becomes a flag', () => {
  expect(renderInitConfig(parseVersion('1.14.1'), init).flags).toEqual(['--ignore-preflight-errors=NumCPU,Mem']);
  expect(renderInitConfig(parseVersion('1.15.1'), init).flags).toEqual([]);
});

test('skipped phases and patches are flags before v1beta3', () => {
  const options = { skipPhases: ['addon/kube-proxy'], patches: '/etc/patches' };
  expect(renderInitConfig(parseVersion('1.20.2'), options).flags).toEqual([
    '--skip-phases=addon/kube-proxy',
    '--experimental-patches=/etc/patches',
  ]);
  const config = renderInitConfig(parseVersion('1.30'), options);
  expect(config.flags).toEqual([]);
  expect(parseAllDocuments(config.text)[0]?.toJS()).toMatchObject({
    skipPhases: ['addon/kube-proxy'],
    patches: { directory: '/etc/patches' },
  });
});

test('no taints is an empty list and not the default', () => {
  const text = renderInitConfig(parseVersion('1.30'), { node: { taints: [] } }).text;
  expect(parseAllDocuments(text)[0]?.toJS()).toMatchObject({ nodeRegistration: { taints: [] } });
  expect(renderInitConfig(parseVersion('1.30'), {}).text).not.toContain('taints');
});

test('a further control plane gets its certificate key in the file, never as a flag', () => {
  const options = { ...join, controlPlane: { advertiseAddress: '10.0.0.2', certificateKey: key } };
  const config = renderJoinConfig(parseVersion('1.30'), options);
  expect(parseAllDocuments(config.text)[0]?.toJS()).toMatchObject({ controlPlane: { certificateKey: key } });
  expect(config.flags).toEqual([]);
  expect(renderJoinConfig(parseVersion('1.14.1'), options).diagnostics).toHaveLength(1);
});

test('a repeated flag is a list in v1beta4 and refused before', () => {
  const options = { cluster: { apiServer: { extraArgs: { 'service-account-issuer': ['a', 'b'] } } } };
  expect(parseAllDocuments(renderInitConfig(parseVersion('1.31'), options).text)[1]?.toJS()).toMatchObject({
    apiServer: {
      extraArgs: [
        { name: 'service-account-issuer', value: 'a' },
        { name: 'service-account-issuer', value: 'b' },
      ],
    },
  });
  expect(renderInitConfig(parseVersion('1.30'), options).diagnostics.map((d) => d.message)).toEqual([
    'apiServer gives service-account-issuer more than once',
  ]);
});

test.each([
  ['a malformed token', { bootstrapToken: { token: 'abc' } }, 'bad-kubeadm-option'],
  ['overlapping subnets', { cluster: { podSubnet: '10.100.0.0/16' } }, 'subnet-overlap'],
  ['a malformed subnet', { cluster: { podSubnet: '10.244.0.0' } }, 'bad-subnet'],
  ['a gate of another minor', { cluster: { featureGates: { EtcdLearnerMode: true } } }, 'bad-feature-gate'],
  ['a field of a newer API', { cluster: { encryptionAlgorithm: 'ECDSA-P256' } }, 'bad-kubeadm-option'],
])('%s is refused', (_, options, code) => {
  expect(renderInitConfig(parseVersion('1.26.1'), options).diagnostics.map((d) => d.code)).toEqual([code]);
});

test('joining without a CA hash is refused', () => {
  expect(() => renderJoinConfig(parseVersion('1.30'), { ...join, caCertHashes: [] })).toThrow('without a CA');
});

describe("a user's own kubeadm.yaml", () => {
  const read = (text: string, version = '1.30.2') => readKubeadmFile(text, 'k.yaml', parseVersion(version)).diagnostics;

  test('of an API that this kubeadm does not read is an error with its place', () => {
    const text =
      'apiVersion: kubeadm.k8s.io/v1beta3\nkind: InitConfiguration\n---\napiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\n';
    expect(read(text)).toEqual([
      expect.objectContaining({ code: 'kubeadm-api-mismatch', position: { file: 'k.yaml', line: 4, column: 1 } }),
    ]);
  });

  test('for another version is a warning', () => {
    const text = 'apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\nkubernetesVersion: v1.29.1\n';
    expect(read(text)).toEqual([expect.objectContaining({ severity: 'warning', code: 'kubeadm-version-mismatch' })]);
    expect(read(text, '1.29')).toEqual([]);
  });

  test.each(['a: [', '- 1\n', 'kind: Pod\napiVersion: v1\n'])('%j is not silently accepted', (text) => {
    expect(read(text)).toHaveLength(1);
  });
});
