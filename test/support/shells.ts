import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  type Frame,
  FrameReader,
  renderLogin,
  renderStep,
  renderSteps,
  type Script,
  type StepMode,
} from '../../src/shell/index.js';

/** The shells that a host's /bin/sh may be; those that are installed here. */
export const shells: readonly (readonly [name: string, argv: readonly string[]])[] = (
  [
    ['dash', ['dash', '-s']],
    ['bash', ['bash', '--posix', '-s']],
    ['busybox ash', ['busybox', 'ash', '-s']],
  ] as const
).filter(([, argv]) => {
  try {
    execFileSync(argv[0], argv[0] === 'busybox' ? ['true'] : ['-c', 'true']);
    return true;
  } catch {
    return false;
  }
});

/** A real shell with kprov's runner in it, on this machine: what a host's side of the conversation is. */
export class ShellHost {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<string, (frame: Frame & { stderr: Buffer }) => void>();
  readonly #stdout: FrameReader;
  readonly #stderr: FrameReader;
  readonly #errors = new Map<string, Frame>();
  readonly #frames = new Map<string, Frame>();
  #sequence = 0;
  epoch = 0;

  /** `hear` is given whatever comes on standard error, frames and noise alike. */
  constructor(argv: readonly string[], env: NodeJS.ProcessEnv = process.env, hear?: (chunk: Buffer) => void) {
    this.#stdout = new FrameReader({ frame: (frame) => this.#settle(frame.nonce, this.#frames, frame) });
    this.#stderr = new FrameReader({ frame: (frame) => this.#settle(frame.nonce, this.#errors, frame) });
    this.#process = spawn(argv[0] ?? 'sh', argv.slice(1), { env, stdio: 'pipe' });
    this.#process.stdout?.on('data', (chunk: Buffer) => this.#stdout.push(chunk));
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      hear?.(chunk);
      this.#stderr.push(chunk);
    });
    this.#process.stdin?.write(renderLogin({ method: 'none' }, 'x').input);
  }

  #settle(nonce: string, into: Map<string, Frame>, frame: Frame): void {
    into.set(nonce, frame);
    const done = this.#frames.get(nonce);
    if (!done) return;
    const streamed = done.fields.has('stdout');
    if (streamed && !this.#errors.has(nonce)) return;
    if (!streamed) this.#stderr.forget(nonce);
    this.#waiting.get(nonce)?.({ ...done, stderr: this.#errors.get(nonce)?.fields.get('stderr') ?? Buffer.alloc(0) });
  }

  /** Queues a step and gives what it reports; steps run in the order of the calls. */
  run(body: Script, mode: Partial<StepMode> & { epoch?: number } = {}): Promise<Frame & { stderr: Buffer }> {
    const { text, frame } = this.#step(body, mode);
    this.#process.stdin?.write(text);
    return frame;
  }

  /** Sends steps together, each with what it looks at. */
  together(steps: readonly { body: Script; looks?: readonly string[] }[]): Promise<(Frame & { stderr: Buffer })[]> {
    return Promise.all(this.eachTogether(steps));
  }

  /** The same; each answer as it comes. */
  eachTogether(
    steps: readonly { body: Script; looks?: readonly string[] }[],
    mode: Partial<StepMode> = {},
  ): Promise<Frame & { stderr: Buffer }>[] {
    const made = steps.map(({ body, looks }) => ({ ...this.#step(body, mode), looks }));
    this.#process.stdin?.write(renderSteps(made));
    return made.map(({ frame }) => frame);
  }

  #step(body: Script, mode: Partial<StepMode> & { epoch?: number }) {
    const nonce = `${randomBytes(4).toString('hex')}${String(this.#sequence++).padStart(8, '0')}`;
    const frame = new Promise<Frame & { stderr: Buffer }>((resolve) => this.#waiting.set(nonce, resolve));
    this.#stdout.expect(nonce);
    this.#stderr.expect(nonce);
    const step = { check: false, diff: false, mayFail: true, epoch: this.epoch, ...mode };
    return { frame, text: renderStep({ ...step, nonce, body }) };
  }

  async close(): Promise<void> {
    this.#process.stdin?.end();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }
}

/** A frame's fields as text. */
export const fieldsOf = (frame: Frame): Record<string, string> =>
  Object.fromEntries([...frame.fields].map(([name, bytes]) => [name, bytes.toString()]));
