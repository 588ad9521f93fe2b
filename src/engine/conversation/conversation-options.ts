import type { Target, Transport } from '../../transport/index.js';
import type { Slots } from '../scheduler/slots.js';
import type { Transfers } from '../transfer/transfers.js';
import type { RunLock } from './run-lock.js';

export interface ConversationOptions {
  transport: Transport;
  target: Target;
  signal: AbortSignal;
  /** `forks`: held while steps are under way. */
  slots: Slots;
  /** Shared by all hosts of a run. */
  transfers: Transfers;
  /** How often a lost connection is built up again for one step before the host counts as unreachable. */
  maxReconnects: number;
  notice(message: string): void;
  /** What is of interest with -v only. */
  remark(message: string): void;
  /** Taken on the host by the shells of root; undefined where nothing is to be changed. */
  lock?: RunLock;
}
