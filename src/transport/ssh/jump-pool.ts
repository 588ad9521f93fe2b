import type { Duplex } from 'node:stream';
import PQueue from 'p-queue';
import type { SshClient } from '../auth/ssh2.js';
import type { ResolvedHost } from '../config/resolve-host.js';
import { ConnectError } from '../errors.js';
import { explainForwardError } from './explain.js';

/** Forwards that are being opened on one jump host at the same time. */
const MOST_OPENING = 10;
/** How long an unused connection to a jump host is kept for the next host behind it. */
const LINGER_MS = 5000;

/** A use of the shared connection to a jump host. */
export interface JumpLease {
  /** Identifies the way up to and including this jump host. */
  readonly key: string;
  /** Opens a way from the jump host to the next one. */
  forward(host: ResolvedHost, label: string, signal: AbortSignal): Promise<Duplex>;
  release(): void;
}

interface Jump {
  client: Promise<SshClient>;
  opening: PQueue;
  users: number;
  linger: NodeJS.Timeout | undefined;
}

/** One connection per distinct jump host, shared by all hosts behind it. */
export class JumpPool {
  readonly #jumps = new Map<string, Jump>();
  readonly #open: (hops: readonly ResolvedHost[]) => Promise<SshClient>;

  /** `open` logs in to the last of the hops through the ones before it. */
  constructor(open: (hops: readonly ResolvedHost[]) => Promise<SshClient>) {
    this.#open = open;
  }

  /** Waits for the jump host. Throws what opening it throws, or the signal's reason. */
  async lease(hops: readonly ResolvedHost[], signal: AbortSignal | undefined): Promise<JumpLease> {
    const key = JSON.stringify(hops);
    const name = hops.at(-1)?.originalName ?? '';
    const jump = this.#jumps.get(key) ?? this.#create(key, hops);
    clearTimeout(jump.linger);
    jump.users++;
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      this.#release(key, jump);
    };
    try {
      const client = await orAborted(jump.client, signal);
      const forward = (host: ResolvedHost, label: string, abort: AbortSignal): Promise<Duplex> =>
        jump.opening.add(() => openForward(client, host, label, name, abort), { signal: abort });
      return { key, forward, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  async close(): Promise<void> {
    const jumps = [...this.#jumps.values()];
    this.#jumps.clear();
    for (const jump of jumps) {
      clearTimeout(jump.linger);
      await jump.client.then(
        (client) => client.end(),
        () => undefined,
      );
    }
  }

  #create(key: string, hops: readonly ResolvedHost[]): Jump {
    const client = this.#open(hops);
    const jump: Jump = { client, opening: new PQueue({ concurrency: MOST_OPENING }), users: 0, linger: undefined };
    this.#jumps.set(key, jump);
    const forget = (): void => {
      if (this.#jumps.get(key) === jump) this.#jumps.delete(key);
    };
    client.then((opened) => opened.on('close', forget), forget);
    return jump;
  }

  #release(key: string, jump: Jump): void {
    jump.users--;
    if (jump.users > 0) return;
    jump.linger = setTimeout(() => {
      if (this.#jumps.get(key) === jump) this.#jumps.delete(key);
      void jump.client.then(
        (client) => client.end(),
        () => undefined,
      );
    }, LINGER_MS);
    jump.linger.unref();
  }
}

function openForward(
  client: SshClient,
  host: ResolvedHost,
  label: string,
  jumpName: string,
  signal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const lost = (cause: unknown): ConnectError =>
      new ConnectError('connection-closed', `${label}: the connection to the jump host ${jumpName} broke`, { cause });
    try {
      client.forwardOut(
        '127.0.0.1',
        0,
        host.host,
        host.port,
        (error: (Error & { reason?: unknown }) | undefined, stream) => {
          signal.removeEventListener('abort', abort);
          if (error !== undefined) {
            reject(
              typeof error.reason === 'number'
                ? explainForwardError(error.message, host, label, jumpName)
                : lost(error),
            );
          } else if (signal.aborted) stream.close();
          else resolve(stream);
        },
      );
    } catch (error) {
      signal.removeEventListener('abort', abort);
      reject(lost(error));
    }
  });
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** The same failure, told to one of the hosts behind the jump host. */
export const behindJump = (error: unknown, label: string): unknown =>
  error instanceof ConnectError
    ? new ConnectError(error.code, `${label}: ${error.message}`, {
        cause: error,
        ...(error.why === undefined ? {} : { why: error.why }),
        ...(error.fix === undefined ? {} : { fix: error.fix }),
      })
    : error;
