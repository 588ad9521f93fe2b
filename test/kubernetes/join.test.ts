import fc from 'fast-check';
import { KprovError } from '../../src/errors/index.js';
import { isEndpoint, parseJoinCommand } from '../../src/kubernetes/join.js';
import { isBootstrapToken, isCaCertHash, isCertificateKey } from '../../src/kubernetes/tokens.js';

const token = 'abcdef.0123456789abcdef';
const hash = `sha256:${'0a'.repeat(32)}`;
const other = `sha256:${'0b'.repeat(32)}`;
const key = '1f'.repeat(32);

const expected = { endpoint: '10.0.0.1:6443', token, caCertHashes: [hash] };

/** Outputs as kubeadm of these minors prints them. */
const outputs: [name: string, output: string, result: object][] = [
  [
    '1.13: one line',
    `You can now join any number of machines by running the following on each node\nas root:\n\n  kubeadm join 10.0.0.1:6443 --token ${token} --discovery-token-ca-cert-hash ${hash}\n\n`,
    expected,
  ],
  [
    '1.14: wrapped, with the experimental control-plane form',
    `  kubeadm join 10.0.0.1:6443 --token ${token} \\\n    --discovery-token-ca-cert-hash ${hash} \\\n    --experimental-control-plane --certificate-key ${key}\n\nPlease note that the certificate-key gives access to cluster sensitive data, keep it secret!\n\nThen you can join any number of worker nodes by running the following on each as root:\n\nkubeadm join 10.0.0.1:6443 --token ${token} \\\n    --discovery-token-ca-cert-hash ${hash} \n`,
    { ...expected, certificateKey: key },
  ],
  [
    '1.20: wrapped, the second line ends in a blank',
    `kubeadm join 10.0.0.1:6443 --token ${token} \\\n    --discovery-token-ca-cert-hash ${hash} \n`,
    expected,
  ],
  [
    '1.30: control-plane form first, tab-indented',
    `You can now join any number of the control-plane node running the following command on each as root:\n\n  kubeadm join k8s.example:6443 --token ${token} \\\n\t--discovery-token-ca-cert-hash ${hash} \\\n\t--control-plane --certificate-key ${key}\n\nThen you can join any number of worker nodes by running the following on each as root:\n\nkubeadm join k8s.example:6443 --token ${token} \\\n\t--discovery-token-ca-cert-hash ${hash} \n`,
    { ...expected, endpoint: 'k8s.example:6443', certificateKey: key },
  ],
  [
    'the certificate key printed by upload-certs alone',
    `[upload-certs] Using certificate key:\n${key}\n[mark] done\nkubeadm join 10.0.0.1:6443 --token ${token} --discovery-token-ca-cert-hash ${hash}\n`,
    { ...expected, certificateKey: key },
  ],
  [
    'token create --print-join-command with several hashes',
    `kubeadm join 10.0.0.1:6443 --token ${token} --discovery-token-ca-cert-hash ${hash} --discovery-token-ca-cert-hash ${other} --discovery-token-ca-cert-hash ${hash}\n`,
    { ...expected, caCertHashes: [hash, other] },
  ],
  [
    'a deprecation warning on the same stream, CRLF',
    `W0101 00:00:00.000000   1 configset.go:348] WARNING: kubeadm cannot validate\r\nkubeadm join 10.0.0.1:6443 --token ${token} \\\r\n    --discovery-token-ca-cert-hash ${hash} \r\n`,
    expected,
  ],
  [
    'colours',
    `\x1b[1mkubeadm join\x1b[0m 10.0.0.1:6443 \x1b[32m--token ${token}\x1b[0m --discovery-token-ca-cert-hash ${hash}`,
    expected,
  ],
  [
    'flags with =, hashes with commas, other flags between',
    `kubeadm join --v=5 --cri-socket unix:///run/x.sock 10.0.0.1:6443 --token=${token} --ignore-preflight-errors=Swap --discovery-token-ca-cert-hash=${hash},${other}`,
    { ...expected, caCertHashes: [hash, other] },
  ],
  [
    'IPv6',
    `kubeadm join [fd00::1]:6443 --token ${token} --discovery-token-ca-cert-hash ${hash}`,
    { ...expected, endpoint: '[fd00::1]:6443' },
  ],
  [
    'prose that mentions kubeadm join',
    `Run kubeadm join on each node.\nkubeadm join 10.0.0.1:6443 --token ${token} --discovery-token-ca-cert-hash ${hash}\nRun 'kubectl get nodes' to see kubeadm join work.`,
    expected,
  ],
];

test.each(outputs)('reads %s', (_, output, result) => {
  expect(parseJoinCommand(output)).toEqual(result);
});

test.each([
  ['nothing', ''],
  ['prose', 'then run kubeadm join'],
  ['no hash', `kubeadm join 10.0.0.1:6443 --token ${token}`],
  ['a short hash', `kubeadm join 10.0.0.1:6443 --token ${token} --discovery-token-ca-cert-hash sha256:0a`],
  ['a malformed token', `kubeadm join 10.0.0.1:6443 --token $(id) --discovery-token-ca-cert-hash ${hash}`],
  ['no endpoint', `kubeadm join --token ${token} --discovery-token-ca-cert-hash ${hash}`],
  [
    'an endpoint with a command in it',
    `kubeadm join 10.0.0.1:6443;id --token ${token} --discovery-token-ca-cert-hash ${hash}`,
  ],
  ['a port out of range', `kubeadm join 10.0.0.1:65536 --token ${token} --discovery-token-ca-cert-hash ${hash}`],
  ['another program', `notkubeadm join 10.0.0.1:6443 --token ${token} --discovery-token-ca-cert-hash ${hash}`],
])('refuses %s', (_, output) => {
  expect(() => parseJoinCommand(output)).toThrow(expect.objectContaining({ code: 'no-join-command' }));
});

test('the last complete command counts', () => {
  const fresh = 'zzzzzz.0123456789abcdef';
  const text = `kubeadm join 10.0.0.1:6443 --token ${token} --discovery-token-ca-cert-hash ${hash}\nkubeadm join 10.0.0.1:6443 --token ${fresh} --discovery-token-ca-cert-hash ${hash}\n`;
  expect(parseJoinCommand(text).token).toBe(fresh);
});

const fragment = fc.oneof(
  fc.constantFrom('kubeadm join', 'kubeadm', 'join', '--token', '--discovery-token-ca-cert-hash', '--certificate-key'),
  fc.constantFrom(
    '10.0.0.1:6443',
    token,
    hash,
    key,
    '\\',
    '\n',
    '\\\n',
    '$(id)',
    '`id`',
    ';',
    '|',
    '\x1b[0m',
    '\x00',
    "'",
  ),
  fc.string(),
);
const hostile = fc
  .array(fragment, { maxLength: 30 })
  .chain((parts) => fc.constantFrom(parts.join(' '), parts.join('')));

test('whatever a host prints, each parameter is of its grammar or nothing is returned', () => {
  fc.assert(
    fc.property(hostile, (output) => {
      try {
        const found = parseJoinCommand(output);
        expect(isEndpoint(found.endpoint)).toBe(true);
        expect(isBootstrapToken(found.token)).toBe(true);
        expect(found.caCertHashes.length > 0 && found.caCertHashes.every(isCaCertHash)).toBe(true);
        expect(found.certificateKey === undefined || isCertificateKey(found.certificateKey)).toBe(true);
        expect(Object.values(found).flat().join('')).not.toMatch(/[\s;|&$`'"<>(){}\\*?!#~]/);
      } catch (error) {
        expect(error).toBeInstanceOf(KprovError);
      }
    }),
    { numRuns: 2000 },
  );
});

test('noise around a command does not change what is read', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      fc.pre(!`${before}${after}`.includes('\x1b'));
      const text = `${before}\nkubeadm join 10.0.0.1:6443 --token ${token} \\\n  --discovery-token-ca-cert-hash ${hash} \n${after}`;
      expect(parseJoinCommand(text)).toMatchObject({ endpoint: expected.endpoint, token });
    }),
  );
});
