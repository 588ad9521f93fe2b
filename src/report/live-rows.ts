import { cut, duration, oneLine } from './text.js';
import { activity, type HostView, type Tracker } from './tracker.js';

/** Rows that the play's heading, the recap and the prompt need besides. */
const OTHER_ROWS = 5;

/** Each host has its own row while a row and a line of output for each fit on the screen; else hosts share rows. */
export const fits = (hosts: number, screenRows: number): boolean => hosts * 2 + OTHER_ROWS <= screenRows;

const plural = (count: number, word: string): string => `${count} ${word}`;

function summary({ counts }: HostView): string {
  return [
    plural(counts.ok, 'ok'),
    plural(counts.changed, 'changed'),
    ...(counts.skipped > 0 ? [plural(counts.skipped, 'skipped')] : []),
    ...(counts.unknown > 0 ? [plural(counts.unknown, 'unknown')] : []),
  ].join(', ');
}

/** `node1  Container runtime  34 s` */
export function hostRow(view: HostView, tracker: Tracker, now: number, width: number): string {
  const name = oneLine(view.host);
  if (view.ended) {
    if (!view.failure) return cut(`${name}  ${summary(view)}`, width);
    const word = view.failure.result.status === 'unreachable' ? 'unreachable' : 'failed';
    return cut(`${name}  ${word}: ${oneLine(view.failure.task.name)}`, width);
  }
  const doing = activity(view, tracker);
  if (doing === undefined) return cut(name, width);
  const elapsed = now - view.since;
  return cut(`${name}  ${doing}`, width - 12) + (elapsed >= 2000 ? `  ${duration(elapsed)}` : '');
}

interface Shared {
  hosts: string[];
  since: number;
}

/** For many hosts: a row for each thing that is being done, with how many do it, and how many are through. */
export function sharedRows(tracker: Tracker, now: number, size: { columns: number; rows: number }): string[] {
  const groups = new Map<string, Shared>();
  let through = 0;
  let failed = 0;
  for (const view of tracker.hosts) {
    if (view.ended) {
      if (view.failure) failed++;
      else through++;
      continue;
    }
    const doing = activity(view, tracker) ?? 'about to begin';
    const group = groups.get(doing) ?? { hosts: [], since: view.since };
    group.hosts.push(oneLine(view.host));
    group.since = Math.min(group.since, view.since);
    groups.set(doing, group);
  }
  const rows = [...groups].map(([doing, { hosts, since }]) => {
    const count = hosts.length === 1 ? '1 host' : `${hosts.length} hosts`;
    return cut(`${doing}  ${duration(now - since)}  ${count}: ${hosts.join(', ')}`, size.columns);
  });
  const room = Math.max(1, size.rows - OTHER_ROWS - 2);
  const shown = rows.length > room ? [...rows.slice(0, room - 1), `… and ${rows.length - room + 1} more`] : rows;
  if (through > 0) shown.push(`${through} through`);
  if (failed > 0) shown.push(`${failed} failed`);
  return shown;
}
