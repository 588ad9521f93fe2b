import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Source } from './source.js';

const compress = promisify(gzip);
/** The fastest: a wire that is slower than this is what compression is for. */
const options = { level: 1 };

/** What is compressed at once: a gzip member of its own, so that a transfer can begin with any of them. */
export const BLOCK_BYTES = 1024 * 1024;
/** Kept for hosts that are a little behind: at most this many MiB. */
const MOST_BLOCKS = 32;
const SAMPLE_BYTES = 64 * 1024;

/** Blocks of files, compressed once for all hosts that are about equally far. */
export class Blocks {
  readonly #blocks = new Map<string, Promise<Buffer>>();
  readonly #ratios = new Map<string, Promise<number>>();

  /** Bytes of one host alone. */
  pack(bytes: Buffer): Promise<Buffer> {
    return compress(bytes, options);
  }

  /** A whole gzip member with the block's bytes. */
  packed(source: Source, index: number): Promise<Buffer> {
    return this.#keep(`${source.id} ${index}`, async () =>
      compress(await source.read(index * BLOCK_BYTES, BLOCK_BYTES), options),
    );
  }

  #keep(key: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const found = this.#blocks.get(key) ?? make();
    found.catch(() => this.#blocks.delete(key));
    this.#blocks.delete(key);
    this.#blocks.set(key, found);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= MOST_BLOCKS) break;
      this.#blocks.delete(oldest);
    }
    return found;
  }

  /** What is left of samples of the beginning, the middle and the end: from 0 to about 1. */
  ratio(source: Source): Promise<number> {
    const found = this.#ratios.get(source.id) ?? sample(source);
    this.#ratios.set(source.id, found);
    found.catch(() => this.#ratios.delete(source.id));
    return found;
  }
}

async function sample(source: Source): Promise<number> {
  const last = Math.max(0, source.size - SAMPLE_BYTES);
  const places = [...new Set([0, Math.floor(last / 2), last])];
  const pieces = await Promise.all(places.map((at) => source.read(at, SAMPLE_BYTES)));
  const packed = await Promise.all(pieces.map((piece) => compress(piece, options)));
  const sum = (buffers: readonly Buffer[]) => buffers.reduce((total, { length }) => total + length, 0);
  return sum(packed) / Math.max(1, sum(pieces));
}
