import type { Channel, ChannelExit } from '../../transport/index.js';
import { ConnectionLost } from '../../transport/index.js';
import type { Segment } from './choose-encoding.js';
import { BLOCK_BYTES, type CompressedBlocks } from './compressed-blocks.js';
import type { Source } from './source.js';

/** The host could not take what was sent: its disk is full, it has no gzip, nobody may write there. */
export class NotReceived extends Error {
  readonly code: number | undefined;

  constructor(said: string, code: number | undefined) {
    super(said);
    this.name = 'NotReceived';
    this.code = code;
  }
}

const READ_BYTES = 256 * 1024;
/** Compressed ahead of the wire. */
const AHEAD = 3;
const MOST_SAID = 1000;

async function* plainPieces(source: Source, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const piece = await source.read(at, Math.min(READ_BYTES, to - at));
    if (piece.length === 0) return;
    at += piece.length;
    yield piece;
  }
}

/** Ends at `to` or at the end of the block that `to` is in. */
async function* packedPieces(
  source: Source,
  blocks: CompressedBlocks,
  from: number,
  to: number,
): AsyncGenerator<Buffer> {
  const first = Math.ceil(from / BLOCK_BYTES);
  if (first * BLOCK_BYTES > from) {
    yield await blocks.pack(await source.read(from, first * BLOCK_BYTES - from));
  }
  const end = Math.ceil(Math.min(to, source.size) / BLOCK_BYTES);
  const ahead: Promise<Buffer>[] = [];
  for (let index = first; index < end || ahead.length > 0; ) {
    for (; index < end && ahead.length < AHEAD; index++) {
      const block = blocks.block(source, index);
      block.catch(() => undefined);
      ahead.push(block);
    }
    const block = await ahead.shift();
    if (block) yield block;
  }
}

export interface SegmentRequest extends Segment {
  channel: Channel;
  /** What the session reads ahead of the file. */
  input: string;
  source: Source;
  blocks: CompressedBlocks;
  from: number;
  signal: AbortSignal;
}

/**
 * Sends a part of a file over a session of its own and waits until the host has written it. Holds no more than a few
 * pieces. Throws NotReceived, ConnectionLost, or the signal's reason.
 */
export async function sendSegment(request: SegmentRequest): Promise<void> {
  const { channel, input, source, blocks, from, bytes, encoding, signal } = request;
  let said = '';
  channel.onStdout(() => undefined);
  channel.onStderr((chunk) => {
    said = (said + chunk.toString()).slice(-MOST_SAID);
  });
  const abort = (): void => channel.close();
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    const pieces =
      encoding === 'gzip' ? packedPieces(source, blocks, from, from + bytes) : plainPieces(source, from, from + bytes);
    await write(channel, input, pieces);
    const exit = await channel.exit;
    signal.throwIfAborted();
    judge(exit, said);
  } catch (error) {
    channel.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function write(channel: Channel, input: string, pieces: AsyncIterable<Buffer>): Promise<void> {
  try {
    await channel.write(input);
    for await (const piece of pieces) await channel.write(piece);
    channel.end();
  } catch (error) {
    // A command that gives up no longer reads: what it said on leaving tells why.
    if (!(error instanceof ConnectionLost)) throw error;
  }
}

function judge(exit: ChannelExit, said: string): void {
  if (exit.kind === 'lost') throw exit.error;
  if (exit.kind === 'signalled') throw new NotReceived(`it was ended by ${exit.signal}`, undefined);
  if (exit.code !== 0) throw new NotReceived(said.trim() || `exit code ${exit.code}`, exit.code);
}
