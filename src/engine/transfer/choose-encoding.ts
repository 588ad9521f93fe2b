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

/** What is known of a host, and of what it still has to get. */
export interface Choice {
  /** Bytes that are still to be sent. */
  left: number;
  /** Size after compression of a sample, as a part of what it was. */
  ratio: number;
  /** Has the host something to unpack with? */
  canUnpack: boolean;
  /** What has been sent of this file to this host before. */
  own: readonly Measured[];
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

const isOf = (encoding: Encoding) => (part: Measured) => part.encoding === encoding;

/** Bytes per millisecond over all of them. */
function speedOf(parts: readonly Measured[]): number {
  const sum = (of: (part: Measured) => number) => parts.reduce((total, part) => total + of(part), 0);
  const [bytes, ms] = [sum((part) => part.bytes), sum((part) => part.ms)];
  return bytes / Math.max(1, ms);
}

/**
 * How the parts of one file are sent to many hosts. What compresses well goes compressed, as most wires are slower than
 * gzip; on one that is not, a large file finds out: every host that gets it at the time is sent a part of it both ways,
 * and all of these together decide, for all that follows. One alone may be lucky, as hosts share the wire and the processors.
 */
export class Trial {
  #hosts = 0;
  #measured: Measured[] = [];
  #decided: Encoding | undefined;

  /** Sends the file to one more host that can unpack, by `work`. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#hosts++;
    try {
      return await work();
    } finally {
      this.#hosts--;
    }
  }

  note(taken: Measured): void {
    this.#measured.push(taken);
  }

  /** The next part of the file. */
  next({ left, ratio, canUnpack, own }: Choice): Segment {
    if (!canUnpack || ratio > WORTHWHILE) return { encoding: 'raw', bytes: left };
    this.#decided ??= this.#decide();
    if (this.#decided) return { encoding: this.#decided, bytes: left };
    if (own.length === 0) return { encoding: 'gzip', bytes: left < WORTH_A_TRY ? left : TRY_BYTES };
    // Who has tried both goes on as it is until the others have.
    return { encoding: own.some(isOf('gzip')) ? 'raw' : 'gzip', bytes: Math.min(left, TRY_BYTES) };
  }

  #decide(): Encoding | undefined {
    const [packed, plain] = [this.#measured.filter(isOf('gzip')), this.#measured.filter(isOf('raw'))];
    if (Math.min(packed.length, plain.length) < Math.max(1, this.#hosts)) return undefined;
    return speedOf(packed) > FASTER * speedOf(plain) ? 'gzip' : 'raw';
  }
}
