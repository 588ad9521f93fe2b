import { Buffer } from 'node:buffer';

export type StepStatus = 'ok' | 'changed' | 'failed' | 'unknown' | 'discarded';

/** What came back from one step: its status and its fields, bytes as the host wrote them. */
export interface Frame {
  nonce: string;
  status: StepStatus;
  fields: Map<string, Buffer>;
}

export interface FrameEvents {
  /** Part of a field that is still being written: live output of a long command. */
  progress?(nonce: string, field: string, chunk: Buffer): void;
  frame(frame: Frame): void;
  /** The shell has read its library and tells its number. */
  greeting?(pid: number): void;
  /** Another run holds the host: who, since when; empty where it is an earlier shell of this run. */
  waiting?(holder: string): void;
  /** The host has nothing to lock itself with. */
  unlocked?(): void;
  /** What a step has to say while it runs: whom it waits for. */
  notice?(text: string): void;
}

export interface FrameLimits {
  /** Bytes kept of one field: the first half and the last half, with a note between them. Default 32 MiB. */
  maxFieldBytes?: number;
}

/** Where a mark begins in the buffer, of which step it is, and where what it says begins. */
interface Mark {
  nonce: string;
  at: number;
  from: number;
}

const empty = Buffer.alloc(0);
const newline = 10;
/** Newline, @, nonce (16 digits), space: of a mark that has not arrived whole, at most this many bytes have. */
const longestMark = 19;
const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString();
const isStatus = (word: string): word is StepStatus => /^(ok|changed|failed|unknown|discarded)$/.test(word);

/** Keeps the head and the tail of what flows through it, so that a flood of output cannot fill the memory. */
class Field {
  readonly #half: number;
  #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #dropped = 0;

  constructor(
    readonly name: string,
    maxBytes: number,
  ) {
    this.#half = Math.floor(maxBytes / 2);
  }

  push(chunk: Buffer): void {
    const room = this.#half - this.#headBytes;
    if (room > 0) {
      const part = chunk.subarray(0, room);
      this.#head.push(part);
      this.#headBytes += part.length;
    }
    const rest = chunk.subarray(Math.max(0, room));
    if (rest.length === 0) return;
    this.#tail.push(rest);
    this.#tailBytes += rest.length;
    if (this.#tailBytes > 2 * this.#half) {
      const kept = Buffer.concat(this.#tail).subarray(-this.#half);
      this.#dropped += this.#tailBytes - kept.length;
      this.#tail = [Buffer.from(kept)];
      this.#tailBytes = kept.length;
    }
  }

  value(): Buffer {
    const dropped = this.#dropped + Math.max(0, this.#tailBytes - this.#half);
    if (dropped === 0) return Buffer.concat([...this.#head, ...this.#tail]);
    const note = Buffer.from(`\n[... ${dropped} bytes left out ...]\n`);
    return Buffer.concat([...this.#head, note, Buffer.concat(this.#tail).subarray(-this.#half)]);
  }
}

/**
 * Reads the standard output of a host's shell. Only marks with the nonce of the step that is due count; everything
 * else is either the content of the open field or noise.
 */
export class FrameReader {
  readonly #events: FrameEvents;
  readonly #maxFieldBytes: number;
  readonly #due: string[] = [];
  #buffer: Buffer = empty;
  #field: Field | undefined;
  #fields = new Map<string, Buffer>();

  constructor(events: FrameEvents, limits: FrameLimits = {}) {
    this.#events = events;
    this.#maxFieldBytes = limits.maxFieldBytes ?? 32 * 1024 * 1024;
  }

  /** Announces the shell's first words, before any step. */
  greet(nonce: string): void {
    this.#due.unshift(nonce);
  }

  /** Announces a step, in the order in which the host will run them. */
  expect(nonce: string): void {
    this.#due.push(nonce);
    if (this.#due.length === 1) this.#drain();
  }

  /** The announced step will not write here after all. */
  forget(nonce: string): void {
    const at = this.#due.indexOf(nonce);
    if (at < 0) return;
    this.#due.splice(at, 1);
    if (at === 0) {
      this.#field = undefined;
      this.#fields = new Map();
      this.#drain();
    }
  }

  push(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    this.#drain();
  }

  #drain(): void {
    for (;;) {
      const [first] = this.#due;
      if (first === undefined) {
        this.#buffer = empty;
        return;
      }
      const { nonce, at, from } = this.#field === undefined ? this.#anyMark(first) : this.#markOf(first);
      const end = at < 0 ? -1 : this.#buffer.indexOf(newline, from);
      if (end < 0) {
        this.#keepFrom(nonce, at < 0 ? this.#perhapsMark(nonce) : at);
        return;
      }
      this.#content(nonce, this.#buffer.subarray(0, at));
      const directive = this.#buffer.toString('latin1', from, end);
      this.#buffer = this.#buffer.subarray(end + 1);
      while (this.#due[0] !== nonce) this.#due.shift();
      this.#obey(nonce, directive);
    }
  }

  /** Inside a field only its own step's mark means anything. */
  #markOf(nonce: string): Mark {
    const mark = `\n@${nonce} `;
    const at = this.#buffer.indexOf(mark, 0, 'latin1');
    return { nonce, at, from: at + mark.length };
  }

  /**
   * The first mark of any step that is due. Steps run in order: what a later one writes says that those before it have
   * nothing (more) to write here. The other stream, where each of them ends, may well arrive after this one.
   */
  #anyMark(first: string): Mark {
    for (let at = this.#buffer.indexOf('\n@'); at >= 0; at = this.#buffer.indexOf('\n@', at + 1)) {
      const space = this.#buffer.indexOf(' ', at);
      const nonce = this.#buffer.toString('latin1', at + 2, space < 0 ? at + 2 : space);
      if (this.#due.includes(nonce)) return { nonce, at, from: space + 1 };
    }
    return { nonce: first, at: -1, from: -1 };
  }

  /** Where a mark begins of which the rest may still be to come: what stands before it need not wait. */
  #perhapsMark(nonce: string): number {
    const { length } = this.#buffer;
    const from = Math.max(0, length - longestMark);
    if (this.#field === undefined) return from;
    const mark = `\n@${nonce} `;
    for (let at = this.#buffer.indexOf(newline, from); at >= 0; at = this.#buffer.indexOf(newline, at + 1)) {
      if (mark.startsWith(this.#buffer.toString('latin1', at))) return at;
    }
    return length;
  }

  /** Passes on all content up to `at`, where a mark may begin. */
  #keepFrom(nonce: string, at: number): void {
    if (at === 0) return;
    this.#content(nonce, this.#buffer.subarray(0, at));
    this.#buffer = this.#buffer.subarray(at);
  }

  #content(nonce: string, bytes: Buffer): void {
    if (this.#field === undefined || bytes.length === 0) return;
    this.#field.push(bytes);
    this.#events.progress?.(nonce, this.#field.name, bytes);
  }

  #obey(nonce: string, directive: string): void {
    if (directive.startsWith('<')) {
      this.#field = new Field(directive.slice(1), this.#maxFieldBytes);
    } else if (directive === '.') {
      if (this.#field) this.#fields.set(this.#field.name, this.#field.value());
      this.#field = undefined;
    } else if (directive.startsWith('ready ')) {
      this.#due.shift();
      this.#events.greeting?.(Number(directive.slice(6)));
    } else if (directive === 'wait' || directive.startsWith('wait ')) {
      this.#events.waiting?.(utf8(directive.slice(5)));
    } else if (directive === 'unlocked') {
      this.#events.unlocked?.();
    } else if (directive.startsWith('notice ')) {
      this.#events.notice?.(utf8(directive.slice(7)));
    } else if (directive.startsWith('end ')) {
      const status = directive.slice(4);
      const fields = this.#fields;
      this.#field = undefined;
      this.#fields = new Map();
      this.#due.shift();
      this.#events.frame({ nonce, status: isStatus(status) ? status : 'failed', fields });
    }
  }
}
