import type { Mapping } from '../../values/index.js';
import type { Diff, Interpretation, Report } from '../task.js';

const failureFields = ['msg', 'cmd', 'output'] as const;

/** The task's own fields, and what a failing helper (`kp_fail`, `kp_try`) has reported. */
export function withFailure(report: Report, fields: Mapping = {}): Mapping {
  const result: Mapping = { ...fields };
  for (const name of failureFields) {
    const value = report.text(name);
    if (value !== undefined) result[name] = value;
  }
  const rc = report.text('rc');
  if (rc !== undefined) result.rc = Number(rc);
  return result;
}

/** Fields of the report as text, where the host sent them. */
export function texts(report: Report, names: readonly string[]): Mapping {
  const found = names.map((name) => [name, report.text(name)] as const);
  return Object.fromEntries(found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

/** What a host says of a file that it edited itself: its whole text before and after. */
export function editedFile(report: Report, after = report.text('after')): Diff[] {
  const before = report.text('before');
  if (before === undefined || after === undefined) return [];
  const header = report.text('path') ?? '';
  return [{ before, after, beforeHeader: header, afterHeader: header }];
}

/** A diff of settings that are no file: `name: value` lines; the unchanged ones are left out. */
export function settingsDiff(
  header: string,
  settings: readonly (readonly [name: string, before: string | undefined, after: string | undefined])[],
): Diff[] {
  const changed = settings.filter(([, before, after]) => before !== after);
  if (changed.length === 0) return [];
  const lines = (side: 1 | 2) =>
    changed.map((setting) => (setting[side] === undefined ? '' : `${setting[0]}: ${setting[side]}\n`)).join('');
  return [{ before: lines(1), after: lines(2), beforeHeader: header, afterHeader: header }];
}

/** `interpret` of a task that edits one file on the host. */
export const interpretEdit = (report: Report, fields: Mapping = {}): Interpretation => ({
  result: withFailure(report, fields),
  diff: editedFile(report),
});
