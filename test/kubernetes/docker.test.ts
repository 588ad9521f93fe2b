import fc from 'fast-check';
import { mergeDaemonJson } from '../../src/kubernetes/docker.js';

const merge = (existing: unknown, options = {}) =>
  JSON.parse(mergeDaemonJson(JSON.stringify(existing), { cgroupDriver: 'systemd', ...options }));

test('keys that kprov does not know stay as they are', () => {
  const old = { 'data-root': '/srv/docker', 'log-opts': { tag: 'x' }, features: { buildkit: true } };
  expect(merge(old, { logDriver: 'json-file', logOptions: { 'max-size': '100m' } })).toEqual({
    ...old,
    'exec-opts': ['native.cgroupdriver=systemd'],
    'log-driver': 'json-file',
    'log-opts': { tag: 'x', 'max-size': '100m' },
  });
});

test('another cgroup driver is replaced, other exec options stay', () => {
  expect(merge({ 'exec-opts': ['native.cgroupdriver=cgroupfs', 'isolation=default'] })).toEqual({
    'exec-opts': ['native.cgroupdriver=systemd', 'isolation=default'],
  });
});

test('mirrors come first, those that were there stay', () => {
  const options = { registryMirrors: ['https://new'], insecureRegistries: ['r:5000'] };
  expect(merge({ 'registry-mirrors': ['https://old'] }, options)).toMatchObject({
    'registry-mirrors': ['https://new', 'https://old'],
    'insecure-registries': ['r:5000'],
  });
});

test('an empty or missing file becomes one', () => {
  expect(mergeDaemonJson('', { cgroupDriver: 'cgroupfs' })).toBe(
    '{\n  "exec-opts": [\n    "native.cgroupdriver=cgroupfs"\n  ]\n}\n',
  );
});

test.each(['[]', '{', '"x"', 'null'])('%s is not overwritten', (text) => {
  expect(() => mergeDaemonJson(text, { cgroupDriver: 'systemd' })).toThrow(
    expect.objectContaining({ code: 'bad-daemon-json' }),
  );
});

test('a second merge changes nothing, byte for byte', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.webUrl()), (old, registryMirrors) => {
      const options = { cgroupDriver: 'systemd', registryMirrors, logDriver: 'json-file' } as const;
      const once = mergeDaemonJson(JSON.stringify(old), options);
      expect(mergeDaemonJson(once, options)).toBe(once);
    }),
  );
});
