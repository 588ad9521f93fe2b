import type { Socket } from 'node:net';
import type { ResolvedHost } from '../config/resolve-host.js';
import { explainDialError } from './explain.js';
import { openSocket } from './open-socket.js';

/** Opens a TCP connection. Throws ConnectError or Dropped. */
export function dial(host: ResolvedHost, label: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = openSocket(host);
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    // Stays for good: a reset may arrive before the next owner listens.
    socket.on('error', (error) => {
      signal.removeEventListener('abort', abort);
      reject(explainDialError(error, host, label));
    });
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      resolve(socket);
    });
  });
}
