import fc from 'fast-check';
import { KprovError } from '../../src/errors/index.js';
import { compareVersions, kubeadmVersion, parseVersion } from '../../src/kubernetes/version.js';

describe('parseVersion', () => {
  test.each([
    ['1.30', { major: 1, minor: 30 }],
    ['v1.30.2', { major: 1, minor: 30, patch: 2 }],
    ['1.30.2-1.1', { major: 1, minor: 30, patch: 2, packageRevision: '1.1' }],
    ['1.20.2-00', { major: 1, minor: 20, patch: 2, packageRevision: '00' }],
    ['1.30.2-150500.1.1', { major: 1, minor: 30, patch: 2, packageRevision: '150500.1.1' }],
    ['v1.31.0-rc.1', { major: 1, minor: 31, patch: 0, prerelease: 'rc.1' }],
    [1.31, { major: 1, minor: 31 }],
  ])('reads %p', (text, expected) => {
    expect(parseVersion(text)).toEqual(expected);
  });

  test.each(['stable', '', '2.0.1', '1', '1.30.x', 'latest', '1.30-1.1', '1.30.2; reboot'])('refuses %p', (text) => {
    expect(() => parseVersion(text)).toThrow(KprovError);
  });

  test('explains the trap of an unquoted 1.30', () => {
    expect(() => parseVersion(1.3)).toThrow(expect.objectContaining({ fix: 'Quote it: "1.30".' }));
  });

  test('never throws anything but KprovError', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseVersion(text);
        } catch (error) {
          expect(error).toBeInstanceOf(KprovError);
        }
      }),
    );
  });
});

test('versions sort as releases do', () => {
  const sorted = ['1.9.9', 'v1.13.0', '1.30.0-alpha.2', '1.30.0-beta.0', '1.30.0-rc.1', '1.30.0', '1.30.2', '1.30.10'];
  const shuffled = [...sorted].reverse();
  expect(shuffled.sort((a, b) => compareVersions(parseVersion(a), parseVersion(b)))).toEqual(sorted);
});

test('kubeadm gets a full version, or the stable label of a minor', () => {
  expect(kubeadmVersion(parseVersion('1.20.2-00'))).toBe('v1.20.2');
  expect(kubeadmVersion(parseVersion('1.30'))).toBe('stable-1.30');
  expect(kubeadmVersion(parseVersion('1.31.0-rc.1'))).toBe('v1.31.0-rc.1');
});
