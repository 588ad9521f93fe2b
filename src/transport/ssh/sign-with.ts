import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { ParsedKey, SigningRequestOptions } from '../auth/ssh2.js';

/** By signature algorithm of SSH (RFC 8332, 5656, 8709); null: the hash is part of it. */
const HASHES: Readonly<Record<string, SigningRequestOptions['hash'] | 'sha384' | null>> = {
  'ssh-ed25519': null,
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
};

const opened = new WeakMap<ParsedKey, KeyObject>();

function open(key: ParsedKey): KeyObject {
  const known = opened.get(key) ?? createPrivateKey(key.getPrivatePEM());
  opened.set(key, known);
  return known;
}

/**
 * Signs as `key.sign` does. ssh2 has OpenSSL read the key's text each time, which takes ten times as long as an ed25519
 * signature: here that is done once for all hosts.
 */
export function signWith(key: ParsedKey, algorithm: string | undefined, data: Buffer): Buffer | Error {
  const hash = HASHES[algorithm ?? key.type];
  if (hash === undefined) return key.sign(data);
  try {
    return sign(hash, data, open(key));
  } catch (error) {
    return error as Error;
  }
}
