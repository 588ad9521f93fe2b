import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientChannel, SshClient } from '../auth/ssh2.js';
import { ChannelRefused, ConnectionLost } from '../errors.js';
import type { Channel, Connection, Target } from '../types.js';
import { SshChannel } from './ssh-channel.js';

/** How long a polite goodbye may take. */
const CLOSE_TIMEOUT_MS = 1000;
/**
 * sshd frees a closed session a moment after it said so: a new one that is asked for in the same breath is one too many
 * for its MaxSessions. For this long after a close a refusal is not believed.
 */
const STALE_SESSION_MS = 1000;
const STALE_PAUSE_MS = 50;

export interface SshConnectionOptions {
  target: Target;
  user: string;
  client: SshClient;
  /** What the client speaks through. */
  stream: Writable;
  /** Called once, when the connection is no longer used. */
  onClosed(): void;
}

/** A logged-in connection. */
export class SshConnection implements Connection {
  readonly target: Target;
  readonly user: string;
  readonly lost: Promise<ConnectionLost>;
  readonly #client: SshClient;
  readonly #stream: Writable;
  readonly #channels = new Set<SshChannel>();
  readonly #closed: Promise<void>;
  #gone: ConnectionLost | undefined;
  #isClosing = false;
  #lastClosedAt = Number.NEGATIVE_INFINITY;

  constructor({ target, user, client, stream, onClosed }: SshConnectionOptions) {
    this.target = target;
    this.user = user;
    this.#client = client;
    this.#stream = stream;
    let lose: (error: ConnectionLost) => void = () => undefined;
    this.lost = new Promise((resolve) => {
      lose = resolve;
    });
    let release: () => void = () => undefined;
    this.#closed = new Promise((resolve) => {
      release = resolve;
    });
    const finish = (error: ConnectionLost): void => {
      if (this.#gone !== undefined) return;
      this.#gone = error;
      for (const channel of this.#channels) channel.lose(error);
      this.#channels.clear();
      if (!this.#isClosing) lose(error);
      client.destroy();
      release();
      onClosed();
    };
    client.on('error', (error: Error & { level?: string }) => {
      if (error.level === 'agent') return;
      finish(new ConnectionLost(`${target.name}: the connection broke: ${describe(error)}`, { cause: error }));
    });
    client.on('close', () => finish(new ConnectionLost(`${target.name}: the other side closed the connection`)));
  }

  async exec(command: string): Promise<Channel> {
    for (;;) {
      const mayBeStale = performance.now() - this.#lastClosedAt < STALE_SESSION_MS;
      try {
        return await this.#open(command);
      } catch (error) {
        if (!(error instanceof ChannelRefused && mayBeStale)) throw error;
      }
      await sleep(STALE_PAUSE_MS);
    }
  }

  #open(command: string): Promise<Channel> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== undefined) return reject(this.#gone);
      try {
        this.#client.exec(command, (error, channel) => {
          if (error === undefined) resolve(this.#adopt(channel));
          else this.#explain(error).then(reject);
        });
      } catch (error) {
        // Thrown when the socket ended and the client's own events are still to come.
        this.#explain(error as Error).then(reject);
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#gone === undefined) {
      // The last word is on its way: who has said goodbye need not hear it answered, which takes a round trip.
      // The stream itself: a client whose stream has ended leaves that to wait for the other side's end.
      this.#stream.once('finish', () => this.#stream.destroy());
      this.#client.end();
      const timer = setTimeout(() => this.#client.destroy(), CLOSE_TIMEOUT_MS);
      const last = setTimeout(() => this.#client.emit('close'), 2 * CLOSE_TIMEOUT_MS);
      await this.#closed;
      clearTimeout(timer);
      clearTimeout(last);
    }
  }

  #adopt(channel: ClientChannel): SshChannel {
    const adopted = new SshChannel(channel);
    this.#channels.add(adopted);
    void adopted.exit.then(() => {
      this.#channels.delete(adopted);
      this.#lastClosedAt = performance.now();
    });
    return adopted;
  }

  /** ssh2 tells a refused session from a lost connection only by what happens to the connection next. */
  async #explain(error: Error & { reason?: unknown }): Promise<Error> {
    if (this.#gone === undefined && typeof error.reason === 'number') {
      return new ChannelRefused(this.target.name, error.message.replace(/^\(SSH\) /, ''));
    }
    await new Promise((resolve) => setImmediate(resolve));
    return this.#gone ?? new ConnectionLost(`${this.target.name}: the session could not be opened: ${error.message}`);
  }
}

const describe = (error: Error & { code?: unknown }): string =>
  error.message === 'Keepalive timeout' ? 'it no longer answers' : error.message.slice(0, 300);
