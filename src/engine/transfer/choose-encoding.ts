export type Encoding = 'raw' | 'gzip';

/** A part of a file that goes to the host in one session. */
export interface Segment {
  encoding: Encoding;
  bytes: number;
}

/** How long a segment took, from its first byte to the host's word that all is written. */
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
  /** What has been sent of this file before. */
  measured: readonly Measured[];
}

const MIB = 1024 * 1024;
/** Less than a fifth saved is not worth the processor time on both sides. */
const WORTHWHILE = 0.8;
/** From here on a try of both ways pays for itself. */
const WORTH_A_TRY = 96 * MIB;
const GZIP_TRY = 24 * MIB;
const RAW_TRY = 16 * MIB;

const speed = ({ bytes, ms }: Measured): number => bytes / Math.max(1, ms);

/**
 * How the next part of a file is sent. What compresses well goes compressed, as most wires are slower than gzip; on one
 * that is not, a large file finds out by trying both.
 */
export function chooseSegment({ left, ratio, canUnpack, measured }: Choice): Segment {
  if (!canUnpack || ratio > WORTHWHILE) return { encoding: 'raw', bytes: left };
  const [packed, plain] = (['gzip', 'raw'] as const).map((way) =>
    measured.findLast(({ encoding }) => encoding === way),
  );
  if (packed && plain) return { encoding: speed(plain) > speed(packed) ? 'raw' : 'gzip', bytes: left };
  if (left < WORTH_A_TRY) return { encoding: 'gzip', bytes: left };
  return packed ? { encoding: 'raw', bytes: RAW_TRY } : { encoding: 'gzip', bytes: GZIP_TRY };
}
