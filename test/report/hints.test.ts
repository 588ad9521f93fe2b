import { cureOf } from '../../src/report/hints.js';
import { resultOf } from './events.js';

const cure = (text: string) =>
  cureOf(resultOf('failed', { message: 'non-zero return code', value: { stderr: text, rc: 1 } }));

test.each([
  ['E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)', 'another program'],
  ["E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.", 'dpkg --configure'],
  ['E: Unmet dependencies. Try apt --fix-broken install', '--fix-broken'],
  ['cp: error writing /x: No space left on device', 'disk is full'],
  ['touch: cannot touch /x: Read-only file system', 'read-only'],
  ['W: GPG error: ... InRelease: The following signatures were invalid: EXPKEYSIG 234654DA9A296436', 'has expired'],
  ["NO_PUBKEY 234654DA9A296436 E: The repository 'https://x' is not signed.", 'signing key'],
  ['E: Release file for http://deb/InRelease is not valid yet (invalid for another 3h)', 'clock'],
  ['Err:1 http://pkgs.k8s.io Temporary failure resolving pkgs.k8s.io', 'resolve names'],
  ['E: Failed to fetch http://x/InRelease  Could not connect to x:80, connection timed out', 'cannot reach'],
  ['E: Unable to locate package kubelet', 'no repository'],
  ['x509: certificate signed by unknown authority', 'trust'],
  ['[ERROR Port-6443]: Port 6443 is in use', 'ss -ltnp'],
  ['[ERROR Swap]: running with swap on is not supported', 'swap'],
  ['misconfiguration: kubelet cgroup driver: "systemd" is different from docker', 'cgroup driver'],
  ['[ERROR FileAvailable--etc-kubernetes-manifests]: already exists', 'kprov reset'],
  ['[ERROR ImagePull]: failed to pull image k8s.gcr.io/x', 'pull images'],
  ['ops is not in the sudoers file.  This incident will be reported.', 'sudoers'],
  ['sudo: a password is required', '-K'],
  ['sh: 1: sudo: not found', 'no sudo'],
  ['Host key verification failed.', 'ssh-keyscan'],
  ['kex_exchange_identification: Connection closed by remote host', 'MaxStartups'],
  ['All configured authentication methods failed', '--private-key'],
  ["mkdir: cannot create directory '/etc/x': Permission denied", 'become: true'],
  ['curl: (7) Failed to connect: Connection refused', 'nothing listens'],
  ['fork: Cannot allocate memory', 'memory'],
  ['sh: 1: kubeadm: not found', 'not installed'],
])('%s has a likely cure', (text, part) => {
  expect(cure(text)).toContain(part);
});

test('what is not known has none', () => {
  expect(cure('something else went wrong')).toBeUndefined();
});

test("the task's own word wins", () => {
  expect(cureOf(resultOf('failed', { hint: 'do this', message: 'No space left on device' }))).toBe('do this');
});

test('what went well needs none', () => {
  expect(cureOf(resultOf('ok', { message: 'No space left on device' }))).toBeUndefined();
});

test('an endless output takes no time', () => {
  const before = process.cpuUsage();
  cure('port '.repeat(1_000_000));
  expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
});
