import type { Mapping } from '../../../values/index.js';
import type { Interpretation, Report, TaskContext } from '../../task.js';
import type { FileArguments as Arguments } from '../file.js';
import { withFailure } from '../reported.js';
import { attributeChanges, factsOf, settingsOfPath } from '../written-file.js';

/** Paths that a directory holds, as Ansible lists them where it is removed. */
function contents(report: Report): Mapping {
  const lines = (field: string) =>
    (report.text(field) ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .sort();
  if (report.text('directories') === undefined) return {};
  return { path_content: { directories: lines('directories'), files: lines('files') } };
}

/** What the host has told, as Ansible's result and diff. */
export function interpret(report: Report, args: Arguments, { diffMode }: TaskContext): Interpretation {
  const place = report.text('path') ?? args.path;
  if (args._diff_peek !== undefined) {
    return { result: withFailure(report, { path: place, appears_binary: report.text('binary') !== undefined }) };
  }
  const { before, after } = attributeChanges(report);
  for (const name of ['state', 'src', 'mtime', 'atime']) {
    const [old, now] = [report.text(`before_${name}`), report.text(`after_${name}`)];
    if (old === undefined || now === undefined || old === now) continue;
    const isTime = name.endsWith('time');
    before[name] = isTime ? Number(old) : old;
    after[name] = isTime ? Number(now) : now;
  }
  Object.assign(before, contents(report));
  const warnings = ['no_user', 'no_group'].flatMap((field) => report.text(field) ?? []);
  const named =
    args.state === 'link' || args.state === 'hard' || args.state === 'touch' ? { dest: place } : { path: place };
  const facts = factsOf(report);
  const state = facts.state === 'file' && args.state === 'hard' ? { state: 'hard' } : {};
  return {
    result: withFailure(report, {
      ...named,
      ...(args.src !== undefined && { src: args.src }),
      ...facts,
      ...state,
      ...(report.status !== 'failed' && {
        diff: { before: { path: place, ...before }, after: { path: place, ...after } },
      }),
      ...(warnings.length > 0 && { warnings }),
    }),
    diff: diffMode ? settingsOfPath(place, before, after) : [],
  };
}
