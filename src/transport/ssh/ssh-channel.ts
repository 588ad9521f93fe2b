import type { ClientChannel } from '../auth/ssh2.js';
import { ConnectionLost } from '../errors.js';
import { holdOutput, type Output } from '../held-output.js';
import type { Channel, ChannelExit } from '../types.js';
import { writeThrough, writeWithBackpressure } from '../write-with-backpressure.js';

/** A command over SSH. Its end is only known when the server reported a status or a signal. */
export class SshChannel implements Channel {
  readonly exit: Promise<ChannelExit>;
  readonly #channel: ClientChannel;
  readonly #stdout: Output;
  readonly #stderr: Output;
  #status: ChannelExit | undefined;
  #gone: ConnectionLost | undefined;
  #settle: (exit: ChannelExit) => void = () => undefined;
  readonly #writers = new Set<(error: ConnectionLost) => void>();

  constructor(channel: ClientChannel) {
    this.#channel = channel;
    this.exit = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#stdout = holdOutput(channel);
    this.#stderr = holdOutput(channel.stderr);
    channel.on('error', () => undefined);
    channel.stderr.on('error', () => undefined);
    channel.on('exit', (code: number | null, signal?: string) => {
      this.#status = code === null ? { kind: 'signalled', signal: signal ?? 'SIGUNKNOWN' } : { kind: 'exited', code };
    });
    // ssh2 closes the two streams one after the other; the last bytes may be in either.
    const bothClosed = [channel, channel.stderr].map((s) => new Promise<void>((resolve) => s.once('close', resolve)));
    void Promise.all(bothClosed).then(() =>
      this.#finish(new ConnectionLost('the session was closed without the status of its command')),
    );
  }

  write(data: string | Uint8Array): Promise<void> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return writeWithBackpressure(this.#channel, data, this.#writers);
  }

  handOn(data: Uint8Array): Promise<void> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return writeThrough(this.#channel, data, this.#writers);
  }

  end(): void {
    if (this.#gone === undefined) this.#channel.end();
  }

  onStdout(listener: (chunk: Buffer) => void): void {
    this.#stdout.listen(listener);
  }

  onStderr(listener: (chunk: Buffer) => void): void {
    this.#stderr.listen(listener);
  }

  close(): void {
    if (this.#gone === undefined) this.#channel.close();
  }

  /** The connection is gone, and with it all that was still to come. */
  lose(error: ConnectionLost): void {
    this.#finish(error);
  }

  #finish(error: ConnectionLost): void {
    if (this.#gone !== undefined) return;
    this.#gone = error;
    this.#settle(this.#status ?? { kind: 'lost', error });
    for (const reject of this.#writers) reject(error);
    this.#writers.clear();
  }
}
