import { Buffer } from 'node:buffer';

const MAGIC = Buffer.from('openssh-key-v1\0', 'latin1');

/**
 * The public key, as `type base64`, that an OpenSSH private key file carries in clear even when it is encrypted (see
 * PROTOCOL.key of OpenSSH). Undefined for other formats and damaged files.
 */
export function publicPart(privateKeyFile: string): string | undefined {
  const [, body] = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]*)-----END/.exec(privateKeyFile) ?? [];
  if (body === undefined) return undefined;
  const data = Buffer.from(body, 'base64');
  if (!data.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  let at = MAGIC.length;
  const readString = (): Buffer | undefined => {
    if (at + 4 > data.length) return undefined;
    const end = at + 4 + data.readUInt32BE(at);
    if (end > data.length) return undefined;
    const value = data.subarray(at + 4, end);
    at = end;
    return value;
  };
  // Cipher, key derivation and its options; then the number of keys.
  if (readString() === undefined || readString() === undefined || readString() === undefined) return undefined;
  at += 4;
  const key = readString();
  if (key === undefined || key.length < 4) return undefined;
  const type = key.toString('latin1', 4, Math.min(key.length, 4 + key.readUInt32BE(0)));
  return `${type} ${key.toString('base64')}`;
}

/** Whether a private key file, in OpenSSH's or an older form, needs a passphrase. */
export function isEncrypted(privateKeyFile: string): boolean {
  if (/^Proc-Type: 4,ENCRYPTED/m.test(privateKeyFile) || /BEGIN ENCRYPTED PRIVATE KEY/.test(privateKeyFile))
    return true;
  const [, body] = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]*)-----END/.exec(privateKeyFile) ?? [];
  if (body === undefined) return /^Encryption: (?!none)/m.test(privateKeyFile);
  const data = Buffer.from(body, 'base64').subarray(MAGIC.length);
  return data.length >= 4 && data.toString('latin1', 4, Math.min(data.length, 4 + data.readUInt32BE(0))) !== 'none';
}
