export type Encoding = 'raw' | 'gzip';

/** A part of a file that goes to the host in one session. */
export interface Segment {
  encoding: Encoding;
  bytes: number;
}

/** How long a segment took, from its first byte to the host's word that all is written; opening its session not counted. */
export interface Measured extends Segment {
  ms: number;
}

export interface Choice {
  /** Bytes that are still to be sent. */
  left: number;
  /** Size after compression of a sample, as a part of what it was. */
  ratio: number;
  /** Has the host something to unpack with? */
  canUnpack: boolean;
  /** What has been sent of this file before, to this host or, where several have tried, to others. */
  measured: readonly Measured[];
}

const MIB = 1024 * 1024;
/** Less than a fifth saved is not worth the processor time on both sides. */
const WORTHWHILE = 0.8;
/** From here on a try of both ways pays for itself. */
const WORTH_A_TRY = 96 * MIB;
/**
 * Four times what sshd takes of a session unasked (2 MiB): with 4 MiB, 1.6 of them compressed, that alone decides. Ten
 * hosts on a wire of 350 MB/s: 4 MiB say 7 and 4 MB/s for compressed and not, 8 MiB 5 and 10, all 300 MB 11 and 34.
 */
const TRY_BYTES = 8 * MIB;
/** A try is short and so inexact: what is not clearly faster for being compressed may only cost processor time. */
const FASTER = 1.4;
/** So much faster that one try of each decides; less may be chance, where hosts share the wire and the processors. */
const MUCH_FASTER = 2;
/** So many tries of both decide, whoever made them: the other hosts need not. */
export const ENOUGH_TRIES = 3;

interface Tries {
  count: number;
  /** Bytes per millisecond over all of them. */
  speed: number;
}

function triesOf(encoding: Encoding, measured: readonly Measured[]): Tries {
  const parts = measured.filter((part) => part.encoding === encoding);
  const sum = (of: (part: Measured) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    count: parts.length,
    speed:
      sum(({ bytes }) => bytes) /
      Math.max(
        1,
        sum(({ ms }) => ms),
      ),
  };
}

/**
 * How the next part of a file is sent. What compresses well goes compressed, as most wires are slower than gzip; on one
 * that is not, a large file finds out by trying both in turn.
 */
export function chooseSegment({ left, ratio, canUnpack, measured }: Choice): Segment {
  if (!canUnpack || ratio > WORTHWHILE) return { encoding: 'raw', bytes: left };
  const [packed, plain] = [triesOf('gzip', measured), triesOf('raw', measured)];
  const tries = Math.min(packed.count, plain.count);
  if (tries === 0 && left < WORTH_A_TRY) return { encoding: 'gzip', bytes: left };
  const gain = packed.speed / plain.speed;
  const isClear = tries > 0 && (gain < 1 || gain > MUCH_FASTER);
  if (isClear || tries >= ENOUGH_TRIES || left < 2 * TRY_BYTES) {
    return { encoding: gain > FASTER ? 'gzip' : 'raw', bytes: left };
  }
  return { encoding: packed.count > plain.count ? 'raw' : 'gzip', bytes: TRY_BYTES };
}
