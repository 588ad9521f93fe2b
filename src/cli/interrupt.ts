import { setMaxListeners } from 'node:events';
import { writeSync } from 'node:fs';
import { exitCode } from './exit-codes.js';

export interface InterruptOptions {
  tell(message: string): void;
  /** What to say on leaving at once. */
  unknown?(): readonly string[];
}

/**
 * Ctrl-C (or SIGTERM) once: nothing new is begun. Twice: the process leaves at once. `dispose` lets go of the signals.
 */
export function onInterrupt({ tell, unknown = () => [] }: InterruptOptions): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  // Every host listens.
  setMaxListeners(0, controller.signal);
  const handle = () => {
    if (controller.signal.aborted) {
      // The cursor is hidden while something moves.
      if (process.stderr.isTTY) process.stderr.write('\u001b[?25h');
      const lines = unknown();
      if (lines.length > 0) writeSync(2, `Left at once. Whether this was done is not known:\n${lines.join('\n')}\n`);
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
