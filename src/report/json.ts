import type { Listener, RunEvent } from '../engine/index.js';
import { CriticalPath } from './critical-path.js';

/**
 * One JSON object a line for every event of a run: for machines. `schema` counts up when its shape changes. The last but
 * one, `critical-path`, holds the steps that the run's end has waited for. `now` gives milliseconds.
 */
export function jsonReport(write: (text: string) => void, now: () => number): Listener {
  const path = new CriticalPath(now);
  const line = (event: object): void => write(`${JSON.stringify({ schema: 1, ...event })}\n`);
  return (event: RunEvent) => {
    path.handle(event);
    if (event.type !== 'run-finished') return line(event);
    line({ type: 'critical-path', steps: path.steps(), durationMs: event.durationMs });
    const { stats, customStats, ...rest } = event;
    const custom = customStats && { customStats: Object.fromEntries(customStats) };
    line({ ...rest, stats: Object.fromEntries(stats), ...custom });
  };
}
