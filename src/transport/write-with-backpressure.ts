import type { Writable } from 'node:stream';
import { ConnectionLost } from './errors.js';

/**
 * Writes and waits while the stream is above its high-water mark. `waiting` gets a function that ends the wait, for
 * streams that never say that they are gone.
 */
export function writeWithBackpressure(
  stream: Writable,
  data: string | Uint8Array,
  waiting: Set<(error: ConnectionLost) => void>,
): Promise<void> {
  if (!stream.writable) return Promise.reject(new ConnectionLost('the command no longer reads its input'));
  return new Promise((resolve, reject) => {
    if (stream.write(data)) return resolve();
    const done = (): void => {
      waiting.delete(give);
      stream.off('drain', done);
      resolve();
    };
    const give = (error: ConnectionLost): void => {
      waiting.delete(give);
      stream.off('drain', done);
      reject(error);
    };
    waiting.add(give);
    stream.on('drain', done);
  });
}

/** Writes and waits until the stream has done with the bytes. `waiting` as above. */
export function writeThrough(
  stream: Writable,
  data: Uint8Array,
  waiting: Set<(error: ConnectionLost) => void>,
): Promise<void> {
  if (!stream.writable) return Promise.reject(new ConnectionLost('the command no longer reads its input'));
  return new Promise((resolve, reject) => {
    const give = (error: ConnectionLost): void => {
      waiting.delete(give);
      reject(error);
    };
    waiting.add(give);
    stream.write(data, (error) => {
      waiting.delete(give);
      if (error) reject(new ConnectionLost('the command no longer reads its input', { cause: error }));
      else resolve();
    });
  });
}
