import { parse } from 'yaml';
import { kubeconfigSecrets, mergeKubeconfig } from '../../src/kubernetes/kubeconfig.js';

const admin = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Q0E=
    server: https://10.0.0.1:6443
  name: kubernetes
contexts:
- context: {cluster: kubernetes, user: kubernetes-admin}
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
users:
- name: kubernetes-admin
  user: {client-certificate-data: Q1JU, client-key-data: S0VZ}
`;

test('a first cluster becomes the current context', () => {
  expect(parse(mergeKubeconfig('', admin, { name: 'shop' }))).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'shop', cluster: { 'certificate-authority-data': 'Q0E=', server: 'https://10.0.0.1:6443' } }],
    users: [{ name: 'shop', user: { 'client-certificate-data': 'Q1JU', 'client-key-data': 'S0VZ' } }],
    contexts: [{ name: 'shop', context: { cluster: 'shop', user: 'shop' } }],
    'current-context': 'shop',
  });
});

test('other clusters, the current context and unknown keys stay', () => {
  const old = mergeKubeconfig('preferences: {colors: true}\n', admin, { name: 'other' });
  const merged = parse(mergeKubeconfig(old, admin, { name: 'shop', server: 'https://k8s.example:6443' }));
  expect(merged['current-context']).toBe('other');
  expect(merged.preferences).toEqual({ colors: true });
  expect(merged.clusters.map((c: { name: string; cluster: { server: string } }) => [c.name, c.cluster.server])).toEqual(
    [
      ['other', 'https://10.0.0.1:6443'],
      ['shop', 'https://k8s.example:6443'],
    ],
  );
});

test('merging again changes nothing, byte for byte', () => {
  const once = mergeKubeconfig('', admin, { name: 'shop' });
  expect(mergeKubeconfig(once, admin, { name: 'shop' })).toBe(once);
});

test('a cluster that was made anew replaces its old entry', () => {
  const once = mergeKubeconfig('', admin.replace('Q0E=', 'T0xE'), { name: 'shop' });
  const again = mergeKubeconfig(once, admin, { name: 'shop' });
  expect(again).toContain('Q0E=');
  expect(again).not.toContain('T0xE');
});

test('keys are known as secrets, certificates are not', () => {
  expect(kubeconfigSecrets(admin)).toEqual(['S0VZ']);
});

test.each(['[]', 'a: [', 'just text'])('%j is not overwritten', (text) => {
  expect(() => mergeKubeconfig(text, admin, { name: 'x' })).toThrow(
    expect.objectContaining({ code: 'bad-kubeconfig' }),
  );
});
