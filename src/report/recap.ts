import type { HostStats } from '../engine/index.js';
import { harmless, type Paint } from './text.js';

const columns = ['ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored'] as const;
const colors = {
  ok: 'green',
  changed: 'yellow',
  unreachable: 'red',
  failed: 'red',
  skipped: 'cyan',
  rescued: 'yellow',
  ignored: 'blue',
} as const;

/** Ansible's PLAY RECAP, a line a host; in check mode with the tasks that could not be judged. */
export function renderRecap(stats: ReadonlyMap<string, HostStats>, paint: Paint): string[] {
  const width = Math.max(26, ...[...stats.keys()].map((host) => host.length));
  return [...stats]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, counts]) => {
      const cells = columns.map((name) => {
        const cell = `${name}=${String(counts[name]).padEnd(4)}`;
        return counts[name] > 0 ? paint(colors[name], cell) : cell;
      });
      const unknown = counts.unknown > 0 ? ` ${paint('magenta', `unknown=${counts.unknown}`)}` : '';
      const color = counts.failed + counts.unreachable > 0 ? 'red' : counts.changed > 0 ? 'yellow' : 'green';
      return `${paint(color, harmless(host).padEnd(width))} : ${cells.join(' ')}${unknown}`.trimEnd();
    });
}
