import { createCipheriv, createDecipheriv, createHmac, pbkdf2, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Envelope } from './envelope.js';

/** As ansible-vault: PBKDF2-HMAC-SHA256 gives the key of AES-256-CTR, that of the HMAC, and the counter. */
const ROUNDS = 10_000;
const KEY = 32;
const COUNTER = 16;
const LENGTH = 2 * KEY + COUNTER;

const deriving = promisify(pbkdf2);

/** Keys take milliseconds to derive: they are kept, by secret and salt. */
export class Keys {
  readonly #known = new Map<string, Buffer>();

  of(secret: Buffer, salt: Buffer): Buffer {
    const name = nameOf(secret, salt);
    const key = this.#known.get(name) ?? pbkdf2Sync(secret, salt, ROUNDS, LENGTH, 'sha256');
    this.#known.set(name, key);
    return key;
  }

  /** Derives it beside the event loop, for `of` to find. */
  async prepare(secret: Buffer, salt: Buffer): Promise<void> {
    const name = nameOf(secret, salt);
    if (!this.#known.has(name)) this.#known.set(name, await deriving(secret, salt, ROUNDS, LENGTH, 'sha256'));
  }
}

const nameOf = (secret: Buffer, salt: Buffer): string => `${secret.toString('base64')} ${salt.toString('base64')}`;

const cipherKey = (key: Buffer): Buffer => key.subarray(0, KEY);
const signingKey = (key: Buffer): Buffer => key.subarray(KEY, 2 * KEY);
const counter = (key: Buffer): Buffer => key.subarray(2 * KEY, LENGTH);

/** PKCS#7 to whole blocks, which a counter mode would not need; ansible-vault does it. */
function pad(plain: Buffer): Buffer {
  const missing = COUNTER - (plain.length % COUNTER);
  return Buffer.concat([plain, Buffer.alloc(missing, missing)]);
}

const sign = (ciphertext: Buffer, key: Buffer): Buffer =>
  createHmac('sha256', signingKey(key)).update(ciphertext).digest();

/** Encrypts with AES-256 in counter mode and signs, with what `Keys` derives from a password. */
export function seal(plain: Buffer, key: Buffer): Pick<Envelope, 'signature' | 'ciphertext'> {
  const cipher = createCipheriv('aes-256-ctr', cipherKey(key), counter(key));
  const ciphertext = Buffer.concat([cipher.update(pad(plain)), cipher.final()]);
  return { ciphertext, signature: sign(ciphertext, key) };
}

/** The plain bytes; undefined where the key is not the one it was sealed with, or the text was changed. */
export function open({ ciphertext, signature }: Envelope, key: Buffer): Buffer | undefined {
  const expected = sign(ciphertext, key);
  if (expected.length !== signature.length || !timingSafeEqual(expected, signature)) return undefined;
  const cipher = createDecipheriv('aes-256-ctr', cipherKey(key), counter(key));
  const padded = Buffer.concat([cipher.update(ciphertext), cipher.final()]);
  const padding = padded.at(-1) ?? 0;
  return padding > 0 && padding <= COUNTER ? padded.subarray(0, padded.length - padding) : undefined;
}
