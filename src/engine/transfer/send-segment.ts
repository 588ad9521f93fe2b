import type { Channel, ChannelExit } from '../../transport/index.js';
import { ConnectionLost } from '../../transport/index.js';
import { BLOCK_BYTES, type Blocks } from './blocks.js';
import type { Segment } from './choose-encoding.js';
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

/** Blocks that are made ready ahead of the wire. */
const AHEAD = 3;
const READ_BYTES = 256 * 1024;
const BUFFERS = 4;
const MOST_SAID = 1000;

/** Reads ahead into few buffers that are used again and again: fresh ones cost more than the reading. */
async function sendPlain({ channel, source, from, bytes }: SegmentRequest): Promise<void> {
  const buffers = Array.from({ length: BUFFERS }, () => Buffer.allocUnsafe(READ_BYTES));
  const free: Promise<void>[] = buffers.map(() => Promise.resolve());
  const end = from + bytes;
  const fill = async (turn: number, at: number): Promise<Buffer> => {
    const slot = turn % BUFFERS;
    await free[slot];
    return at < end ? source.read(at, Math.min(READ_BYTES, end - at), buffers[slot]) : Buffer.alloc(0);
  };
  let reading = fill(0, from);
  for (let turn = 0, at = from; ; turn++) {
    const piece = await reading;
    if (piece.length === 0) break;
    at += piece.length;
    const done = channel.handOn(piece);
    done.catch(() => undefined);
    free[turn % BUFFERS] = done;
    reading = fill(turn + 1, at);
    reading.catch(() => undefined);
  }
  await Promise.all(free);
}

/** From any place on, as far as the end of a block. */
async function sendPacked({ channel, source, blocks, from, bytes }: SegmentRequest): Promise<void> {
  const first = Math.ceil(from / BLOCK_BYTES);
  if (first * BLOCK_BYTES > from) {
    await channel.write(await blocks.pack(await source.read(from, Math.min(bytes, first * BLOCK_BYTES - from))));
  }
  const end = Math.ceil((from + bytes) / BLOCK_BYTES);
  const ahead: Promise<Buffer>[] = [];
  for (let index = first; index < end || ahead.length > 0; ) {
    for (; index < end && ahead.length < AHEAD; index++) {
      const block = blocks.packed(source, index);
      block.catch(() => undefined);
      ahead.push(block);
    }
    const block = await ahead.shift();
    if (block) await channel.write(block);
  }
}

export interface SegmentRequest extends Segment {
  channel: Channel;
  /** What the session reads ahead of the file. */
  input: string;
  source: Source;
  blocks: Blocks;
  from: number;
  signal: AbortSignal;
}

/**
 * Sends a part of a file over a session of its own and waits until the host has written it. Holds no more than a few
 * pieces. Throws NotReceived, ConnectionLost, or the signal's reason.
 */
export async function sendSegment(request: SegmentRequest): Promise<void> {
  const { channel, signal } = request;
  let said = '';
  channel.onStdout(() => undefined);
  channel.onStderr((chunk) => {
    said = (said + chunk.toString()).slice(-MOST_SAID);
  });
  const abort = (): void => channel.close();
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    await write(request);
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

async function write(request: SegmentRequest): Promise<void> {
  const { channel, input, encoding } = request;
  try {
    await channel.write(input);
    await (encoding === 'gzip' ? sendPacked(request) : sendPlain(request));
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
