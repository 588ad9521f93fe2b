import type { Listener, RunEvent } from '../engine/index.js';

/** One JSON object a line for every event of a run: for machines. `schema` counts up when its shape changes. */
export const jsonReport =
  (write: (text: string) => void): Listener =>
  (event: RunEvent) => {
    const plain = event.type === 'run-finished' ? { ...event, stats: Object.fromEntries(event.stats) } : event;
    write(`${JSON.stringify({ schema: 1, ...plain })}\n`);
  };
