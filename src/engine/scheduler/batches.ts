import { KprovError } from '../../errors/index.js';
import type { Value } from '../../values/index.js';

/** `serial`: numbers or percentages of the hosts, the last one repeated. */
export function batchesOf(hosts: readonly string[], serial: readonly Value[]): string[][] {
  if (serial.length === 0) return [[...hosts]];
  const batches: string[][] = [];
  for (let at = 0, i = 0; at < hosts.length; i++) {
    const wanted = serial[Math.min(i, serial.length - 1)];
    const text = String(wanted);
    const share = text.endsWith('%') ? Math.floor((hosts.length * Number(text.slice(0, -1))) / 100) : Number(text);
    if (!Number.isFinite(share))
      throw new KprovError('bad-serial', `serial: ${text} is neither a number nor a percentage`);
    const size = share <= 0 ? (text.endsWith('%') ? 1 : hosts.length) : Math.floor(share);
    batches.push(hosts.slice(at, at + size));
    at += size;
  }
  return batches;
}
