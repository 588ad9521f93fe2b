import type { Socket } from 'node:net';
import type { ResolvedHost } from '../config/resolve-host.js';
import { Routes } from '../config/routes.js';
import type { Target, TransportOptions } from '../types.js';
import { openSocket } from './open-socket.js';

/** To one server: as many as the connector itself has under way at once. */
const MOST_TO_ONE = 8;

const keyOf = ({ host, port, addressFamily, bindAddress }: ResolvedHost): string =>
  JSON.stringify([host.toLowerCase(), port, addressFamily, bindAddress]);

/**
 * TCP connections that are opened before it is certain that they are needed. Nothing is sent on them before they are
 * taken; what goes wrong with one is not told: its host is dialled again, and that tells.
 */
export class DialledAhead {
  /** More are not worth it: the connector has no more logins under way at once. */
  static readonly most = 50;

  readonly routes: Routes;
  readonly #sockets = new Map<string, Socket[]>();

  constructor(options: Pick<TransportOptions, 'env' | 'homeDir' | 'sshConfigFile'>) {
    this.routes = new Routes(options);
  }

  /** Hosts behind jump hosts are left out: a jump host wants a login first. */
  dial(target: Target): void {
    if (target.kind === 'local') return;
    const { hops, diagnostics } = this.routes.to(target);
    const [host] = hops;
    if (host === undefined || hops.length > 1 || diagnostics.some(({ severity }) => severity === 'error')) return;
    const sockets = this.#sockets.get(keyOf(host)) ?? [];
    if (sockets.length >= MOST_TO_ONE) return;
    this.#sockets.set(keyOf(host), sockets);
    const socket = openSocket(host);
    socket.on('error', () => undefined);
    sockets.push(socket);
  }

  /** A connection to the host, once it stands; undefined where there is none. Rejects with the signal's reason. */
  async take(host: ResolvedHost, signal: AbortSignal): Promise<Socket | undefined> {
    const socket = this.#sockets.get(keyOf(host))?.shift();
    if (socket?.connecting) await settled(socket, signal);
    return socket?.readyState === 'open' ? socket : undefined;
  }

  /** Closes what nobody took. */
  close(): void {
    for (const sockets of this.#sockets.values()) for (const socket of sockets) socket.destroy();
    this.#sockets.clear();
  }
}

function settled(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      signal.removeEventListener('abort', abort);
      resolve();
    };
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    socket.once('connect', done).once('close', done);
  });
}
