import { ChannelRefused, ConnectError, ConnectionLost } from '../../transport/index.js';
import { ShellEnded } from '../conversation/shell-session.js';

/** The connection broke while this step ran, and nobody can tell whether it was finished. */
export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super('the connection broke while this task ran; whether it was finished is not known', { cause });
    this.name = 'OutcomeUnknown';
  }
}

/** The run was interrupted before the host came to this step. */
export class NotBegun extends Error {
  constructor() {
    super('interrupted before it was begun');
    this.name = 'NotBegun';
  }
}

/** True for an error that means the host cannot be reached (any more). */
export const isUnreachable = (error: unknown): error is Error =>
  error instanceof ConnectError ||
  error instanceof ConnectionLost ||
  error instanceof ChannelRefused ||
  error instanceof ShellEnded ||
  error instanceof OutcomeUnknown;
