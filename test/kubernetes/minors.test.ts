import { criSocket, normaliseCriSocket } from '../../src/kubernetes/cri.js';
import { checkFeatureGates } from '../../src/kubernetes/feature-gates.js';
import {
  DEFAULT_VERSION,
  minorFacts,
  minors,
  NEWEST_MINOR,
  OLDEST_MINOR,
  pauseImage,
} from '../../src/kubernetes/minors.js';
import { checkSkew } from '../../src/kubernetes/skew.js';
import { parseVersion } from '../../src/kubernetes/version.js';

test.each([
  [13, 'v1beta1', 'k8s.gcr.io/pause:3.1', '--experimental-'],
  [14, 'v1beta1', 'k8s.gcr.io/pause:3.1', '--experimental-'],
  [15, 'v1beta2', 'k8s.gcr.io/pause:3.1', '--'],
  [18, 'v1beta2', 'k8s.gcr.io/pause:3.2', '--'],
  [20, 'v1beta2', 'k8s.gcr.io/pause:3.2', '--'],
  [21, 'v1beta2', 'k8s.gcr.io/pause:3.4.1', '--'],
  [22, 'v1beta3', 'k8s.gcr.io/pause:3.5', '--'],
  [24, 'v1beta3', 'k8s.gcr.io/pause:3.7', '--'],
  [25, 'v1beta3', 'registry.k8s.io/pause:3.8', '--'],
  [30, 'v1beta3', 'registry.k8s.io/pause:3.9', '--'],
  [31, 'v1beta4', 'registry.k8s.io/pause:3.10', '--'],
  [36, 'v1beta4', 'registry.k8s.io/pause:3.10.2', '--'],
])('1.%i writes %s, asks for %s and has HA flags that begin with %s', (minor, api, pause, prefix) => {
  const facts = minorFacts({ minor });
  expect([facts.configApi, pauseImage({ minor }), facts.haFlagPrefix]).toEqual([api, pause, prefix]);
});

test('every minor of the range has a row, and reads what it writes', () => {
  const rows = [...minors.values()];
  expect(rows.map((row) => row.minor)).toEqual(
    Array.from({ length: NEWEST_MINOR - OLDEST_MINOR + 1 }, (_, i) => OLDEST_MINOR + i),
  );
  for (const row of rows) expect(row.configApisRead).toContain(row.configApi);
});

test('notes belong to their own minor only', () => {
  expect(minorFacts({ minor: 23 }).notes).toEqual(['The last minor with dockershim.']);
  expect(minorFacts({ minor: 30 }).notes).toEqual([]);
});

test('the default version is one of the table and has upstream packages', () => {
  expect(minorFacts(parseVersion(DEFAULT_VERSION)).hasUpstreamPackages).toBe(true);
});

test.each([12, 38])('1.%i is refused by name', (minor) => {
  expect(() => minorFacts({ minor })).toThrow(`Kubernetes 1.${minor} is not supported`);
});

test.each([
  ['containerd', 20, '/run/containerd/containerd.sock'],
  ['containerd', 24, 'unix:///run/containerd/containerd.sock'],
  ['docker', 23, '/var/run/dockershim.sock'],
  ['docker', 24, 'unix:///var/run/cri-dockerd.sock'],
  ['cri-o', 30, 'unix:///var/run/crio/crio.sock'],
] as const)('%s on 1.%i is reached at %s', (runtime, minor, socket) => {
  expect(criSocket(runtime, minorFacts({ minor }))).toBe(socket);
});

test('a socket of the user gets the form that the minor wants', () => {
  expect(normaliseCriSocket('/a.sock', minorFacts({ minor: 30 }))).toBe('unix:///a.sock');
  expect(normaliseCriSocket('unix:///a.sock', minorFacts({ minor: 30 }))).toBe('unix:///a.sock');
  expect(normaliseCriSocket('unix:///a.sock', minorFacts({ minor: 20 }))).toBe('/a.sock');
});

test.each([
  ['1.30', '1.30', '1.30', []],
  ['1.30', '1.31', '1.28', []],
  ['1.30', '1.29', undefined, ['kubeadm 1.29 cannot make a Kubernetes 1.30 node']],
  ['1.30', '1.32', undefined, ['kubeadm 1.32 is too new for Kubernetes 1.30']],
  ['1.30', '1.30', '1.31', ['kubelet 1.31 is newer than the control plane 1.30']],
  ['1.30', '1.30', '1.27', []],
  ['1.30', '1.30', '1.26', ['kubelet 1.26 is too old for the control plane 1.30']],
  ['1.27', '1.27', '1.24', ['kubelet 1.24 is too old for the control plane 1.27']],
])('API server %s with kubeadm %s and kubelet %s: %j', (apiServer, kubeadm, kubelet, expected) => {
  const found = checkSkew({
    apiServer: parseVersion(apiServer),
    kubeadm: parseVersion(kubeadm),
    kubelet: kubelet === undefined ? undefined : parseVersion(kubelet),
  });
  expect(found.map((f) => f.message)).toEqual(expected);
});

test('a feature gate of another minor is an error, an unknown one a warning with the nearest name', () => {
  expect(checkFeatureGates(['ControlPlaneKubeletLocalMode'], 33)).toEqual([]);
  expect(checkFeatureGates(['ControlPlaneKubeletLocalMode'], 36)).toEqual([
    expect.objectContaining({ severity: 'error', why: 'It exists in 1.31 to 1.35.' }),
  ]);
  expect(checkFeatureGates(['EtcdLearnerMod'], 30)).toEqual([
    expect.objectContaining({ severity: 'warning', fix: 'Did you mean EtcdLearnerMode?' }),
  ]);
  expect(checkFeatureGates(['constructor'], 30)).toEqual([expect.objectContaining({ severity: 'warning' })]);
});
