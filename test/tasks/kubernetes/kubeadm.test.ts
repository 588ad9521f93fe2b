import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { caCertHash } from '../../../src/kubernetes/pki.js';
import { findTask, parseArguments } from '../../../src/tasks/index.js';
import { extraArgs, maskOutput, parseTaint, readJoinValue } from '../../../src/tasks/kubernetes/parts/kubeadm.js';
import type { Report, Task } from '../../../src/tasks/task.js';
import type { Mapping } from '../../../src/values/index.js';
import { taskContext } from '../../support/task-cases.js';

const certificate = readFileSync(new URL('../../kubernetes/pki/rsa.crt', import.meta.url), 'utf8');
const token = 'abcdef.0123456789abcdef';
const hash = caCertHash(certificate);

const taskOf = (name: string): Task => {
  const task = findTask(name);
  if (task === undefined) throw new Error(name);
  return task;
};

const reportOf = (status: Report['status'], fields: Readonly<Record<string, string>>): Report => ({
  status,
  text: (name) => fields[name],
  bytes: () => undefined,
});

function interpret(name: string, written: Mapping, report: Report) {
  const task = taskOf(name);
  const parsed = parseArguments(task, written);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return task.interpret?.(report, parsed.args, taskContext());
}

/** What the host's first answer leads to: the further program's text, or the outcome. */
function nextOf(name: string, written: Mapping, fields: Readonly<Record<string, string>>) {
  const task = taskOf(name);
  const parsed = parseArguments(task, written);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  const first = task.compile(parsed.args, taskContext());
  if (first.kind !== 'program') return first;
  return first.next?.(reportOf('ok', fields));
}

const printed = (with_: string) => `Your Kubernetes control-plane has initialized successfully!

kubeadm join 10.0.0.1:6443 --token ${token} \\
    --discovery-token-ca-cert-hash ${with_} 
`;

describe('kubeadm_init', () => {
  test('its join parameters come from what kubeadm printed, and its secrets are known as such', () => {
    const read = interpret(
      'kubeadm_init',
      {},
      reportOf('changed', { init_output: printed(hash), ca_crt: certificate, log: '/l' }),
    );
    expect(read?.result?.join).toEqual({
      endpoint: '10.0.0.1:6443',
      token,
      ca_cert_hashes: [hash],
      certificate_key: '',
    });
    expect(read?.secrets).toEqual([token]);
    expect(JSON.stringify({ ...read?.result, join: undefined })).not.toContain(token);
  });

  test('a printed CA hash that is not that of ca.crt stops everything', () => {
    const other = `sha256:${'0a'.repeat(32)}`;
    expect(() =>
      interpret('kubeadm_init', {}, reportOf('changed', { init_output: printed(other), ca_crt: certificate })),
    ).toThrow(expect.objectContaining({ code: 'ca-hash-mismatch' }));
  });

  test('a cluster that is there gives endpoint and hash, and no token where all nodes are in it', () => {
    const fields = { server: 'https://k8s.example:6443', ca_crt: certificate, nodes: 'a b', complete: '1' };
    expect(interpret('kubeadm_init', {}, reportOf('ok', fields))).toMatchObject({
      result: { join: { endpoint: 'k8s.example:6443', token: '', ca_cert_hashes: [hash] }, nodes: ['a', 'b'] },
    });
  });

  test('preflight findings become the message, with a hint', () => {
    const output = `\t[ERROR Port-6443]: Port 6443 is in use\n--token ${token}\n`;
    const read = interpret('kubeadm_init', {}, reportOf('failed', { msg: 'x', init_output: output }));
    expect(read?.result).toMatchObject({
      msg: expect.stringMatching(/^kubeadm refuses: Port-6443: Port 6443 is in use/),
      hint: expect.stringContaining('kubeadm_reset'),
      findings: [{ name: 'Port-6443', severity: 'error' }],
    });
    expect(JSON.stringify(read)).not.toContain(token);
  });

  test.each<[string, Mapping, RegExp]>([
    [
      'an open patch becomes that of the installed kubeadm',
      { kubernetes_version: '1.20' },
      /kubernetesVersion: v1\.20\.2/,
    ],
    ['the version that is asked for stays', { kubernetes_version: '1.20.1' }, /kubernetesVersion: v1\.20\.1/],
    ['the API version is that of the installed kubeadm', { kubernetes_version: '1.19.3' }, /kubeadm\.k8s\.io\/v1beta2/],
    ['sockets are written as this kubeadm wants them', { cri_socket: 'unix:///x.sock' }, /criSocket: \/x\.sock/],
  ])('%s', (_, args, pattern) => {
    const next = nextOf('kubeadm_init', args, { state: 'absent', kubeadm: 'v1.20.2', kubelet: 'Kubernetes v1.19.3' });
    expect(next?.kind === 'program' && String(next.script)).toMatch(pattern);
  });

  test.each<[string, Mapping]>([
    ['kubeadm 1.20.2 cannot make a Kubernetes 1.21', { kubernetes_version: '1.21' }],
    ['is not a subnet', { pod_subnet: '10.244.0.0' }],
    ['overlaps with the service subnet', { pod_subnet: '10.96.0.0/16' }],
  ])('is refused before anything is done: %s', (message, args) => {
    const next = nextOf('kubeadm_init', args, { state: 'absent', kubeadm: 'v1.20.2' });
    expect(next).toMatchObject({ status: 'failed', result: { msg: expect.stringContaining(message) } });
  });
});

describe('kubeadm_join', () => {
  const join = { endpoint: '10.0.0.1:6443', token, ca_cert_hashes: [hash], certificate_key: '' };
  const absent = { state: 'absent', kubeadm: 'v1.20.2' };

  test('nothing more is asked of a node that is in the cluster', () => {
    const ca = Buffer.from(certificate).toString('base64');
    expect(nextOf('kubeadm_join', { join: { ...join, token: '' } }, { state: 'joined', ca })).toBeUndefined();
    const further = { join, control_plane: true };
    expect(nextOf('kubeadm_join', further, { state: 'joined', ca, control_plane: '1' })).toBeUndefined();
  });

  test.each<[string, Mapping, Mapping, Readonly<Record<string, string>>]>([
    [
      'node of another cluster',
      join,
      {},
      {
        state: 'joined',
        ca: Buffer.from(readFileSync(new URL('../../kubernetes/pki/ec.crt', import.meta.url))).toString('base64'),
      },
    ],
    ['is a worker of the cluster, and is to be a control plane', join, { control_plane: true }, { state: 'joined' }],
    ['is a control plane of the cluster, and is to be a worker', join, {}, { state: 'joined', control_plane: '1' }],
    ['join.token is empty', { ...join, token: '' }, {}, absent],
    ['join.certificate_key is empty', join, { control_plane: true }, absent],
    ['not host:port', { ...join, endpoint: '$(id)' }, {}, absent],
    ['token is malformed', { ...join, token: 'x' }, {}, absent],
  ])('is refused: %s', (message, parameters, args, fields) => {
    const next = nextOf('kubeadm_join', { join: parameters, ...args }, fields);
    expect(next).toMatchObject({ status: 'failed', result: { msg: expect.stringContaining(message) } });
  });

  test('a dry run that could not make a token still says that the node would join', () => {
    const parsed = parseArguments(taskOf('kubeadm_join'), { join: { ...join, token: '' } });
    if (!parsed.ok) throw new Error('arguments');
    const first = taskOf('kubeadm_join').compile(parsed.args, taskContext({ checkMode: true }));
    if (first.kind !== 'program') throw new Error('no program');
    expect(first.next?.(reportOf('ok', absent))).toMatchObject({ kind: 'program' });
    expect(first.next?.(reportOf('ok', { state: 'joined' }))).toBeUndefined();
  });

  test('no CA hash is refused as unsafe', () => {
    expect(() => nextOf('kubeadm_join', { join: { ...join, ca_cert_hashes: [] } }, absent)).toThrow('without a CA');
  });

  test('the token is in the file alone, not among the words of the command', () => {
    const next = nextOf('kubeadm_join', { join }, absent);
    const text = next?.kind === 'program' ? String(next.script) : '';
    const lines = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.includes('kubeadm join --config'));
    expect(lines).toEqual(['kp_k_join() { kp_k_job kubeadm-join kubeadm join --config "$kp_k_spool/config.yaml" ; }']);
  });
});

test('a taint is key=value:effect', () => {
  expect(parseTaint('a/b=c:NoSchedule')).toEqual({ key: 'a/b', value: 'c', effect: 'NoSchedule' });
  expect(parseTaint('a/b:NoExecute')).toEqual({ key: 'a/b', effect: 'NoExecute' });
  expect(() => parseTaint('a/b')).toThrow('is not a taint');
});

test('flags from a playbook become text', () => {
  expect(extraArgs({ v: 4, profiling: false, list: ['a', 1], none: null })).toEqual({
    v: '4',
    profiling: 'false',
    list: ['a', '1'],
    none: '',
  });
});

test('what is not a join is refused with what is', () => {
  expect(() => readJoinValue('x')).toThrow(expect.objectContaining({ fix: expect.stringContaining('hostvars') }));
});

test('tokens and keys are masked, CA hashes and ordinary names are not', () => {
  const text = `${token} ${hash} ${'1f'.repeat(32)} kube-system.coredns`;
  expect(maskOutput(text)).toBe(`****** ${hash} ****** kube-system.coredns`);
});

test.each([
  ['that answers minutes later, as another run had it, is not taken for one whose clock is wrong', 1114, 1114, []],
  ['whose clock is wrong is found', 1114, 1000, ['ClockSkew']],
])('a host %s', (_, secondsHere, secondsThere, found) => {
  const answered = (host: string, here: number, there: number) => {
    jest.spyOn(Date, 'now').mockReturnValue(here * 1000);
    const { result } = interpret('preflight', {}, reportOf('ok', { epoch: `${there}`, hostname: host })) ?? {};
    return result ?? {};
  };
  try {
    const hosts = [answered('a', 1000, 1000), answered('b', secondsHere, secondsThere)];
    const parsed = parseArguments(taskOf('preflight_fleet'), { hosts, ignore: ['all'] });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
    const outcome = taskOf('preflight_fleet').compile(parsed.args, taskContext());
    expect(outcome).toMatchObject({ status: 'ok', result: { findings: found.map((name) => ({ name })) } });
  } finally {
    jest.restoreAllMocks();
  }
});
