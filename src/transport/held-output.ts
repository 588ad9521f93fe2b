import type { Readable } from 'node:stream';

/** Beyond this, output that nobody listens to stays where it comes from. */
const MOST_HELD_BYTES = 1024 * 1024;

export interface Output {
  listen(listener: (chunk: Buffer) => void): void;
}

/** Reads a stream at once and holds what comes before somebody listens, so that nothing is lost and its end is seen. */
export function holdOutput(stream: Readable): Output {
  const listeners: ((chunk: Buffer) => void)[] = [];
  let held: Buffer[] = [];
  let heldBytes = 0;
  stream.on('data', (chunk: Buffer) => {
    if (listeners.length > 0) {
      for (const listener of listeners) listener(chunk);
      return;
    }
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes > MOST_HELD_BYTES) stream.pause();
  });
  return {
    listen(listener) {
      listeners.push(listener);
      const missed = held;
      held = [];
      for (const chunk of missed) listener(chunk);
      stream.resume();
    },
  };
}
