import {
  type Become,
  type Frame,
  FrameReader,
  type LockRequest,
  renderLogin,
  renderStep,
  type Step,
} from '../../shell/index.js';
import type { Channel, ChannelExit } from '../../transport/index.js';
import { GatheringWriter } from './gathering-writer.js';

/** What one step reported: its frame and, for a command, its standard error. */
export interface StepReport {
  status: Frame['status'];
  fields: Map<string, Buffer>;
}

export interface StepListener {
  progress?(stream: 'stdout' | 'stderr', chunk: Buffer): void;
}

interface Waiting {
  step: Step;
  listener: StepListener;
  frame?: Frame;
  stderr?: Buffer;
  resolve(report: StepReport): void;
  reject(error: ShellEnded): void;
}

/** The shell ended although it should not have: the connection broke, or nobody could become that user. */
export class ShellEnded extends Error {
  readonly exit: ChannelExit;
  /** Last lines of what came outside of any step: sudo's complaint, a login message. */
  readonly noise: string;
  /** Had the shell ever reported to be ready? */
  readonly wasReady: boolean;

  constructor(exit: ChannelExit, noise: string, wasReady: boolean) {
    super(wasReady ? 'the shell on the host has ended' : `no shell can be had on the host${saidLast(noise)}`);
    this.exit = exit;
    this.noise = noise;
    this.wasReady = wasReady;
  }
}

const maxNoise = 4096;

/** The last thing somebody said before going: the program that stands in for a shell, a login message. */
function saidLast(noise: string): string {
  const lines = noise.split('\n').map((line) => line.trim());
  const last = lines.filter((line) => line !== '' && !line.startsWith('@')).at(-1);
  return last === undefined ? '' : `; it said: ${last.slice(0, 200)}`;
}

export interface ShellOptions {
  become: Become;
  /** Unguessable mark of the shell's first words. */
  nonce: string;
  /** Taken before the first step, where the shell is root's. */
  lock?: LockRequest;
  /** Another run holds the host; `holder` is what the host says about it. */
  onWait?(holder: string): void;
  /** A step tells what it waits for. */
  onNotice?(text: string): void;
  /** The host has no `flock`. */
  onUnlocked?(): void;
}

/**
 * One long-lived shell on a host, as one user. Steps are written without waiting for earlier answers and come back in
 * order.
 */
export class ShellSession {
  readonly #channel: Channel;
  readonly #queue: Waiting[] = [];
  readonly #stdout: FrameReader;
  readonly #stderr: FrameReader;
  readonly #idle: (() => void)[] = [];
  #noise = '';
  #ready = false;
  #pid: number | undefined;
  readonly #writer: GatheringWriter;
  /** Settles when the shell has ended, for whatever reason. */
  readonly ended: Promise<ShellEnded>;
  #end: ShellEnded | undefined;

  constructor(channel: Channel, { become, nonce, lock, onWait, onNotice, onUnlocked }: ShellOptions) {
    this.#channel = channel;
    this.#writer = new GatheringWriter(channel);
    this.#stdout = new FrameReader({
      progress: (of, field, chunk) => this.#progress(of, field, chunk),
      frame: (frame) => this.#frame(frame),
      greeting: (pid) => {
        this.#ready = true;
        this.#pid = pid;
      },
      waiting: (holder) => onWait?.(holder),
      notice: (text) => onNotice?.(text),
      unlocked: () => onUnlocked?.(),
    });
    this.#stdout.greet(nonce);
    this.#stderr = new FrameReader({
      progress: (of, field, chunk) => this.#progress(of, field, chunk),
      frame: (frame) => this.#errors(frame),
    });
    channel.onStdout((chunk) => {
      if (!this.#ready) this.#noise = (this.#noise + chunk.toString()).slice(-maxNoise);
      this.#stdout.push(chunk);
    });
    channel.onStderr((chunk) => {
      if (!this.#ready) this.#noise = (this.#noise + chunk.toString()).slice(-maxNoise);
      this.#stderr.push(chunk);
    });
    this.ended = channel.exit.then((exit) => {
      const end = new ShellEnded(exit, this.#noise, this.#ready);
      this.#end = end;
      for (const { reject } of this.#queue) reject(end);
      return end;
    });
    this.#writer.write(renderLogin(become, nonce, lock).input);
  }

  /** Its number on the host, once it is ready. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /** Queues a step. Rejects with ShellEnded when its end will not be seen. */
  async send(step: Step, listener: StepListener = {}): Promise<StepReport> {
    if (this.#end) throw this.#end;
    const report = new Promise<StepReport>((resolve, reject) => {
      this.#queue.push({ step, listener, resolve, reject });
    });
    this.#stdout.expect(step.nonce);
    this.#stderr.expect(step.nonce);
    this.#writer.write(renderStep(step), step.looks);
    return report;
  }

  /** Resolves when the next answer is there, or the shell has ended; soon, where none is outstanding any more. */
  idle(): Promise<unknown> {
    // The last answer may have been read, while who asked for it has not been told yet.
    if (this.#queue.length === 0) return new Promise((resolve) => setImmediate(resolve));
    return Promise.race([new Promise<void>((resolve) => this.#idle.push(resolve)), this.ended]);
  }

  /** Resolves when there is room for more to be written. */
  drained(): Promise<void> {
    return this.#writer.drained();
  }

  close(): void {
    this.#writer.flush();
    this.#channel.end();
    this.#channel.close();
  }

  #find(nonce: string, act: (waiting: Waiting) => void): void {
    const waiting = this.#queue.find((w) => w.step.nonce === nonce);
    if (waiting) act(waiting);
  }

  #progress(nonce: string, field: string, chunk: Buffer): void {
    if (field !== 'stdout' && field !== 'stderr') return;
    this.#find(nonce, (waiting) => waiting.listener.progress?.(field, chunk));
  }

  #frame(frame: Frame): void {
    this.#find(frame.nonce, (waiting) => {
      waiting.frame = frame;
      // Only a step that streamed a command has anything on the other stream.
      if (frame.fields.has('stdout')) this.#settle(waiting);
      else {
        this.#stderr.forget(frame.nonce);
        this.#done(waiting, frame);
      }
    });
  }

  #errors(frame: Frame): void {
    this.#find(frame.nonce, (waiting) => {
      waiting.stderr = frame.fields.get('stderr') ?? Buffer.alloc(0);
      this.#settle(waiting);
    });
  }

  #settle(waiting: Waiting): void {
    if (!waiting.frame || !waiting.stderr) return;
    waiting.frame.fields.set('stderr', waiting.stderr);
    this.#done(waiting, waiting.frame);
  }

  #done(waiting: Waiting, frame: Frame): void {
    this.#queue.splice(this.#queue.indexOf(waiting), 1);
    queueMicrotask(() => {
      for (const resolve of this.#idle.splice(0)) resolve();
    });
    waiting.resolve({ status: frame.status, fields: frame.fields });
  }
}
