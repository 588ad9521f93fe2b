import { KprovError, type KprovErrorOptions } from '../errors/index.js';

export type ConnectErrorCode =
  | 'authentication-failed'
  | 'bad-connection-option'
  | 'connection-closed'
  | 'connection-refused'
  | 'host-key-changed'
  | 'host-key-revoked'
  | 'host-key-unknown'
  | 'name-not-found'
  | 'no-common-algorithm'
  | 'not-ssh'
  | 'password-expired'
  | 'timeout'
  | 'too-many-keys'
  | 'unreachable';

/** A host that could not be reached or that did not let us in. Nothing ran on it. */
export class ConnectError extends KprovError {
  declare readonly code: ConnectErrorCode;

  constructor(code: ConnectErrorCode, message: string, options: KprovErrorOptions = {}) {
    super(code, message, options);
    this.name = 'ConnectError';
  }
}

/** The server allows no further session on this connection (`MaxSessions`). The connection itself is well. */
export class ChannelRefused extends KprovError {
  constructor(host: string, detail: string) {
    super('channel-refused', `${host} refused to open another session: ${detail}`, {
      why: 'The SSH server limits the sessions of one connection (MaxSessions in its sshd_config).',
    });
    this.name = 'ChannelRefused';
  }
}

/** The way to the host, or to the command, is gone. What was running there may have ended or may run on. */
export class ConnectionLost extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ConnectionLost';
  }
}
