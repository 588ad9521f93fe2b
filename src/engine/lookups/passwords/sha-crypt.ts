import { hash } from 'node:crypto';
import { crypt64 } from './crypt64.js';

/** Bytes of the digest in the order in which the text has them; source: "Unix crypt using SHA-256 and SHA-512", 2008. */
function orderOf(size: number): number[][] {
  const third = Math.floor(size / 3);
  const groups: number[][] = [];
  // SHA-512 turns its three parts one way, SHA-256 the other.
  for (let i = 0; i < third; i++) {
    const parts = [i, i + third, i + 2 * third];
    const turn = size === 64 ? i % 3 : (3 - (i % 3)) % 3;
    groups.push([...parts.slice(turn), ...parts.slice(0, turn)]);
  }
  groups.push(size === 64 ? [63] : [31, 30]);
  return groups;
}

/** As many bytes of the repeated block as `length` says. */
function repeated(block: Buffer, length: number): Buffer {
  const result = Buffer.alloc(length);
  for (let at = 0; at < length; at += block.length) block.copy(result, at);
  return result;
}

/** `$5$` (SHA-256) and `$6$` (SHA-512) of crypt(3), without the prefix and the salt. */
export function shaCrypt(algorithm: 'sha256' | 'sha512', password: string, salt: string, rounds: number): string {
  const size = algorithm === 'sha256' ? 32 : 64;
  const digest = (...parts: Uint8Array[]): Buffer => hash(algorithm, Buffer.concat(parts), 'buffer');
  const key = Buffer.from(password);
  const saltBytes = Buffer.from(salt);
  const alternate = digest(key, saltBytes, key);
  const parts: Uint8Array[] = [key, saltBytes, repeated(alternate, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? alternate : key);
  let state = digest(...parts);
  const p = repeated(digest(...Array.from({ length: key.length }, () => key)), key.length);
  const s = repeated(digest(...Array.from({ length: 16 + (state[0] ?? 0) }, () => saltBytes)), saltBytes.length);
  // Hundreds of thousands of rounds: one buffer for all of them, and one call each.
  const block = Buffer.alloc(size + s.length + 2 * p.length);
  for (let i = 0; i < rounds; i++) {
    let at = (i & 1 ? p : state).copy(block);
    if (i % 3 !== 0) at += s.copy(block, at);
    if (i % 7 !== 0) at += p.copy(block, at);
    at += (i & 1 ? state : p).copy(block, at);
    state = hash(algorithm, block.subarray(0, at), 'buffer');
  }
  return crypt64(state, orderOf(size));
}
