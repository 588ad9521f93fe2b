import type { HostStats, TaskResult } from '../events.js';
import { CustomStats } from './custom-stats.js';

/** The play recap: what each host came to over the whole run. */
export class Stats {
  readonly hosts = new Map<string, HostStats>();
  readonly custom = new CustomStats();

  of(host: string): HostStats {
    let stats = this.hosts.get(host);
    if (!stats) {
      stats = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, unknown: 0 };
      this.hosts.set(host, stats);
    }
    return stats;
  }

  /** A failure that has been counted was followed by a `rescue`. */
  rescue(host: string): void {
    const stats = this.of(host);
    stats.rescued++;
    stats.failed = Math.max(0, stats.failed - 1);
  }

  count(host: string, { status, value }: Pick<TaskResult, 'status' | 'value'>, ignored: boolean): void {
    const stats = this.of(host);
    if (status === 'changed' || (ignored && value.changed === true)) stats.changed++;
    if (ignored) {
      stats.ok++;
      stats.ignored++;
    } else if (status === 'ok' || status === 'changed') stats.ok++;
    else stats[status]++;
  }
}
