export { anySignal } from './any-signal.js';
export { makeKeyPair } from './auth/make-key-pair.js';
export { createTransport } from './create-transport.js';
export { ChannelRefused, ConnectError, type ConnectErrorCode, ConnectionLost } from './errors.js';
export type { DialledAhead } from './ssh/dialled-ahead.js';
export type {
  Channel,
  ChannelExit,
  Connection,
  HostKeyChecking,
  Target,
  Transport,
  TransportOptions,
} from './types.js';
