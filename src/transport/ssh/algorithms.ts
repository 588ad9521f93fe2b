import { getCiphers } from 'node:crypto';
import type { Algorithms, CipherAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';

/** The host key types we take, best first, and the signature algorithms that go with each. No SHA-1. */
const HOST_KEYS: readonly { type: string; algorithms: readonly ServerHostKeyAlgorithm[] }[] = [
  { type: 'ssh-ed25519', algorithms: ['ssh-ed25519'] },
  { type: 'ecdsa-sha2-nistp256', algorithms: ['ecdsa-sha2-nistp256'] },
  { type: 'ecdsa-sha2-nistp384', algorithms: ['ecdsa-sha2-nistp384'] },
  { type: 'ecdsa-sha2-nistp521', algorithms: ['ecdsa-sha2-nistp521'] },
  { type: 'ssh-rsa', algorithms: ['rsa-sha2-512', 'rsa-sha2-256'] },
];

/** What Node's OpenSSL may lack is only offered where it is there; ssh2 would refuse the whole list. */
const CIPHERS: readonly CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  ...(getCiphers().includes('chacha20') ? (['chacha20-poly1305@openssh.com'] as const) : []),
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
];

/**
 * What is offered to a server. The types of the keys we know of it come first, as with ssh: a host known by its
 * ed25519 key is not a stranger because it also has an ECDSA one. ssh2 has no post-quantum key exchange.
 */
export function offerAlgorithms(knownTypes: ReadonlySet<string>): Algorithms {
  const known = HOST_KEYS.filter(({ type }) => knownTypes.has(type));
  const others = HOST_KEYS.filter(({ type }) => !knownTypes.has(type));
  return {
    kex: [
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'diffie-hellman-group-exchange-sha256',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
      'diffie-hellman-group14-sha256',
    ],
    serverHostKey: [...known, ...others].flatMap(({ algorithms }) => algorithms),
    cipher: [...CIPHERS],
    hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
    compress: ['none'],
  };
}
