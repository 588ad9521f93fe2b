import PQueue from 'p-queue';
import { CompressedBlocks } from './compressed-blocks.js';

/** Each holds a few MiB; more at once would only share the same wire. */
const MOST_TRANSFERS = 16;

/** What the transfers of a run share: their number, and what has been compressed. */
export class Transfers {
  readonly blocks = new CompressedBlocks();
  readonly #queue = new PQueue({ concurrency: MOST_TRANSFERS });

  /** Waits for its turn, then works. Throws the signal's reason when aborted. */
  one<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#queue.add(work, { signal });
  }
}
