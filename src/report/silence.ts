import { cut, duration } from './text.js';
import { activity, type Tracker } from './tracker.js';

/** Milliseconds without a line after which somebody wants to know what is going on. */
export const SILENCE_MS = 30_000;

/** What is under way, a line per task with its hosts; nothing where nothing is. */
export function stillRunning(tracker: Tracker, now: number, columns: number): string[] {
  const groups = new Map<string, { hosts: string[]; since: number; lastLine: string | undefined }>();
  for (const view of tracker.hosts) {
    const doing = activity(view, tracker);
    if (view.ended || doing === undefined) continue;
    const group = groups.get(doing) ?? { hosts: [], since: view.since, lastLine: undefined };
    group.hosts.push(view.host);
    group.since = Math.min(group.since, view.since);
    group.lastLine ??= view.lastLine;
    groups.set(doing, group);
  }
  return [...groups].map(([doing, { hosts, since, lastLine }]) => {
    const who = hosts.length > 4 ? `${hosts.slice(0, 3).join(', ')} and ${hosts.length - 3} more` : hosts.join(', ');
    const last = lastLine === undefined ? '' : `; last line: ${lastLine}`;
    return cut(`still running: ${doing} on ${who}, for ${duration(now - since)}${last}`, Math.max(columns, 80));
  });
}
