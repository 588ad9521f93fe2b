import { exitCode } from './exit-codes.js';

/** Ctrl-C once: nothing new is begun. Twice: the process leaves at once. */
export function onInterrupt(tell: (message: string) => void): AbortController {
  const controller = new AbortController();
  const handle = () => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted);
    tell('interrupted: nothing new is begun; press Ctrl-C again to leave at once');
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return controller;
}
