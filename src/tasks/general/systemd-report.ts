import type { Mapping } from '../../values/index.js';
import type { Interpretation, Report } from '../task.js';
import { settingsDiff, withFailure } from './reported.js';

/** The `name=value` lines of `systemctl show`. */
function parseProperties(output: string): Mapping {
  const properties: Mapping = {};
  for (const line of output.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) properties[line.slice(0, at)] = line.slice(at + 1);
  }
  return properties;
}

export interface UnitWish {
  name: string | undefined;
  state: string | undefined;
  enabled: boolean | undefined;
  masked?: boolean | undefined;
}

/** What a service task reported: Ansible's fields, a diff of the states, and the journal of a start that failed. */
export function interpretUnit(report: Report, wish: UnitWish): Interpretation {
  const show = report.text('show');
  const result: Mapping = withFailure(report, {
    name: wish.name ?? null,
    changed: report.status === 'changed',
    ...(show !== undefined && { status: parseProperties(show) }),
    ...(wish.enabled !== undefined && { enabled: wish.enabled }),
    ...(wish.state !== undefined && { state: wish.state === 'stopped' ? 'stopped' : 'started' }),
  });
  const journal = report.text('journal');
  if (journal !== undefined) {
    result.msg = `Unable to ${report.text('action') ?? wish.state ?? 'start'} service ${wish.name}: ${report.text('output') ?? ''}\n${journal}`;
  }
  const [running, enabled, masked] = (report.text('was') ?? '').split(' ');
  if (running === undefined || enabled === undefined || masked === undefined) return { result };
  const action = report.text('action');
  const runs = (isRunning: boolean) => (isRunning ? 'started' : 'stopped');
  const yesNo = (value: boolean | undefined, before: string) => (value === undefined ? before : value ? 'yes' : 'no');
  const after =
    action === 'stop' ? 'stopped' : action === 'restart' || action === 'reload' ? `started (${action}ed)` : undefined;
  const diff = settingsDiff(`service ${wish.name}`, [
    ['state', runs(running === 'yes'), after ?? runs(running === 'yes' || action === 'start')],
    ['enabled', enabled, yesNo(wish.enabled, enabled)],
    ['masked', masked, yesNo(wish.masked, masked)],
  ]);
  return { result, diff: report.status === 'changed' ? diff : [] };
}
