import { exitCode } from './exit-codes.js';

/** Ctrl-C once: nothing new is begun. Twice: the process leaves at once. `dispose` lets go of the signals. */
export function onInterrupt(tell: (message: string) => void): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const handle = () => {
    if (controller.signal.aborted) {
      // The cursor is hidden while something moves.
      if (process.stderr.isTTY) process.stderr.write('\u001b[?25h');
      process.exit(exitCode.interrupted);
    }
    controller.abort(new Error('interrupted'));
    tell('interrupted: nothing new is begun; press Ctrl-C again to leave at once');
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  const dispose = () => {
    process.off('SIGINT', handle);
    process.off('SIGTERM', handle);
  };
  return { signal: controller.signal, dispose };
}
