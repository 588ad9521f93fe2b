import { connect, type Socket } from 'node:net';
import type { ResolvedHost } from '../config/resolve-host.js';

/** Without Nagle's delay from its first byte. */
export const openSocket = ({ host, port, addressFamily, bindAddress }: ResolvedHost): Socket =>
  connect({
    host,
    port,
    noDelay: true,
    ...(addressFamily === undefined ? {} : { family: addressFamily }),
    ...(bindAddress === undefined ? {} : { localAddress: bindAddress }),
  });
