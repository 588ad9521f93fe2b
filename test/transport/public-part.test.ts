import fc from 'fast-check';
import ssh2 from 'ssh2';
import { isEncrypted, publicPart } from '../../src/transport/auth/public-part.js';

const { generateKeyPairSync } = ssh2.utils;
const withPassphrase = { passphrase: 'x', cipher: 'aes256-ctr', rounds: 4 };

describe('the public part of a private key file', () => {
  test.each([
    ['ed25519', generateKeyPairSync('ed25519'), false],
    ['encrypted ed25519', generateKeyPairSync('ed25519', withPassphrase), true],
    ['encrypted ecdsa', generateKeyPairSync('ecdsa', { bits: 256, ...withPassphrase }), true],
  ])('%s: it is read without the passphrase', (_, pair, encrypted) => {
    expect(publicPart(pair.private)).toBe(pair.public.trim());
    expect(isEncrypted(pair.private)).toBe(encrypted);
  });

  test('a damaged file gives some answer and never an exception', () => {
    const good = generateKeyPairSync('ed25519', withPassphrase).private;
    const [head = '', ...body] = good.split('\n');
    fc.assert(
      fc.property(fc.nat(200), fc.base64String(), (cut, noise) => {
        const damaged = [head, body.join('').slice(0, cut) + noise, '-----END OPENSSH PRIVATE KEY-----'].join('\n');
        expect(['string', 'undefined']).toContain(typeof publicPart(damaged));
        expect(typeof isEncrypted(damaged)).toBe('boolean');
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n', true],
    ['-----BEGIN ENCRYPTED PRIVATE KEY-----\n', true],
    ['PuTTY-User-Key-File-3: ssh-rsa\nEncryption: aes256-cbc\n', true],
    ['PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n', false],
    ['-----BEGIN RSA PRIVATE KEY-----\nMII', false],
    ['', false],
  ])('%j is encrypted: %s', (text, encrypted) => {
    expect(isEncrypted(text)).toBe(encrypted);
    expect(publicPart(text)).toBeUndefined();
  });
});
