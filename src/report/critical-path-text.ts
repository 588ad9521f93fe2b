import type { PathStep } from './critical-path.js';
import { oneLine } from './text.js';

/** Steps below this share of the whole are summed up in one line. */
const SHOWN_SHARE = 0.01;

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`.padStart(9);

/** Which host, which step, how long: a line a step, and how much of the run's time they explain. */
export function renderCriticalPath(steps: readonly PathStep[], totalMs: number): string[] {
  const shown = steps.filter(({ durationMs }) => durationMs >= totalMs * SHOWN_SHARE);
  const width = Math.max(0, ...shown.map(({ host }) => oneLine(host).length));
  const lines = shown.map(({ host, task, durationMs, waitedFor }) => {
    const wait = waitedFor === undefined ? '' : ` (waited for ${oneLine(waitedFor)})`;
    return `${seconds(durationMs)}  ${oneLine(host).padEnd(width)}  ${oneLine(task)}${wait}`;
  });
  const sum = (list: readonly PathStep[]) => list.reduce((total, { durationMs }) => total + durationMs, 0);
  const short = steps.filter((step) => !shown.includes(step));
  if (short.length > 0) lines.push(`${seconds(sum(short))}  ${short.length} shorter steps`);
  return [...lines, `${seconds(sum(steps))}  of ${(totalMs / 1000).toFixed(1)} s`];
}
