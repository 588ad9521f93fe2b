import { createHash } from 'node:crypto';
import { crypt64 } from './crypt64.js';

const ROUNDS = 1000;
const order = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]];

/** `$1$` of crypt(3), without the prefix and the salt. */
export function md5Crypt(password: string, salt: string): string {
  const key = Buffer.from(password);
  const saltBytes = Buffer.from(salt);
  const md5 = (...parts: Uint8Array[]): Buffer => {
    const hash = createHash('md5');
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
  const alternate = md5(key, saltBytes, key);
  const parts: Uint8Array[] = [key, Buffer.from('$1$'), saltBytes];
  for (let left = key.length; left > 0; left -= 16) parts.push(alternate.subarray(0, Math.min(16, left)));
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? Buffer.alloc(1) : key.subarray(0, 1));
  let state = md5(...parts);
  for (let i = 0; i < ROUNDS; i++) {
    const round: Uint8Array[] = [i & 1 ? key : state];
    if (i % 3 !== 0) round.push(saltBytes);
    if (i % 7 !== 0) round.push(key);
    round.push(i & 1 ? state : key);
    state = md5(...round);
  }
  return crypt64(state, order);
}
