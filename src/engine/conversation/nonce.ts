import { randomBytes } from 'node:crypto';

const nonceBytes = 8;
let spare = '';

/** An unguessable mark of a step or a shell: [0-9a-f]{16}. Random bytes are fetched for many at once: each time costs as much as working a task out. */
export function makeNonce(): string {
  if (spare === '') spare = randomBytes(256 * nonceBytes).toString('hex');
  const nonce = spare.slice(0, 2 * nonceBytes);
  spare = spare.slice(2 * nonceBytes);
  return nonce;
}
