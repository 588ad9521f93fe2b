import { likelyCure, parsePreflight, preflightHint } from '../../src/kubernetes/preflight.js';

const output = `[init] Using Kubernetes version: v1.20.2
[preflight] Running pre-flight checks
\t[WARNING Hostname]: hostname "m1" could not be reached
\t[WARNING IsDockerSystemdCheck]: detected "cgroupfs" as the Docker cgroup driver.
error execution phase preflight: [preflight] Some fatal errors occurred:
\t[ERROR NumCPU]: the number of available CPUs 1 is less than the required 2
\t[ERROR FileContent--proc-sys-net-ipv4-ip_forward]: /proc/sys/net/ipv4/ip_forward contents are not set to 1
\t[ERROR ImagePull]: failed to pull image k8s.gcr.io/coredns:1.7.0: output: Error response from daemon: Get "https://k8s.gcr.io/v2/": dial tcp: lookup k8s.gcr.io: no such host
, error: exit status 1
\t[ERROR Port-6443]: Port 6443 is in use
[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`
To see the stack trace of this error execute with --v=5 or higher
`;

test('every finding is named, with its level, its whole message and a hint', () => {
  const found = parsePreflight(output);
  expect(found.map((f) => [f.severity, f.name])).toEqual([
    ['warning', 'Hostname'],
    ['warning', 'IsDockerSystemdCheck'],
    ['error', 'NumCPU'],
    ['error', 'FileContent--proc-sys-net-ipv4-ip_forward'],
    ['error', 'ImagePull'],
    ['error', 'Port-6443'],
  ]);
  expect(found[4]?.message).toMatch(/^failed to pull image .*no such host\n, error: exit status 1$/s);
  expect(found[3]?.hint).toContain('task kernel');
  expect(found[1]?.hint).toBeUndefined();
});

test('a clean run has no findings', () => {
  expect(parsePreflight('[init] Using Kubernetes version: v1.20.2\n[preflight] Running pre-flight checks\n')).toEqual(
    [],
  );
});

test.each([
  ['Port-10250', 'kubeadm_reset'],
  ['FileAvailable--etc-kubernetes-pki-ca.crt', 'kubeadm_reset'],
  ['HTTPProxy', 'API server'],
  ['HTTPProxyCIDR', 'subnets'],
])('the hint for %s speaks of %s', (name, word) => {
  expect(preflightHint(name)).toContain(word);
});

test.each([
  [
    'error execution phase preflight: couldn\'t validate the identity of the API Server: could not find a JWS signature in the cluster-info ConfigMap for token ID "abcdef"',
    'expired',
  ],
  ['cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "sha256:aa" are pinned', 'CA'],
  [
    '[ERROR CRI]: container runtime is not running: output: time="…" msg="validate service connection: CRI v1 runtime API is not implemented',
    'runtime',
  ],
  ['x509: certificate has expired or is not yet valid: current time 2020', 'clocks'],
  ['dial tcp 10.0.0.1:6443: connect: connection refused', 'reached'],
  ['error downloading certs: error downloading the secret: Secret "kubeadm-certs" was not found', 'two hours'],
])('%s', (text, word) => {
  expect(likelyCure(text)?.why).toContain(word);
});

test('an unknown failure gets no invented cure', () => {
  expect(likelyCure('something else')).toBeUndefined();
});
