import { setMaxListeners } from 'node:events';

/** Aborted when one of the signals is. Takes any number of listeners: queues and retries add theirs over and over. */
export function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const any = AbortSignal.any(signals.filter((signal) => signal !== undefined));
  setMaxListeners(0, any);
  return any;
}
