import type { Mapping } from '../../values/index.js';
import type { Diff, Interpretation, Report } from '../task.js';
import { withFailure } from './reported.js';

/** apt-get's own errors, without its progress. */
const errorLines = (output: string): string[] =>
  output.split('\n').filter((line) => /^(E|dpkg|W: Failed)\b/.test(line) || /^Err:/.test(line));

/** Why apt-get failed, and what to do about it. */
function explainApt(output: string, rc: string | undefined): string {
  const errors = errorLines(output);
  const lock = /Could not get lock .*/.exec(output)?.[0];
  if (lock !== undefined) return `apt is in use: ${lock}`;
  if (/dpkg was interrupted/.test(output)) {
    return 'an earlier dpkg was interrupted and left packages half configured; run on the host: dpkg --configure -a';
  }
  const found = errors.length > 0 ? errors.map((line) => line.replace(/^E: /, '')).join('\n') : output.trim();
  const text = found.length > 2000 ? `${found.slice(0, 2000)} ...` : found;
  return `apt-get failed with exit code ${rc ?? '?'}: ${text}`;
}

/** Package versions before and after, from the lines of a simulation. */
function simulatedDiff(simulated: string): Diff[] {
  const before: string[] = [];
  const after: string[] = [];
  for (const line of simulated.split('\n')) {
    const install = /^Inst (\S+) (?:\[(\S+)\] )?\((\S+)/.exec(line);
    const remove = /^(?:Remv|Purg) (\S+)(?: \[(\S+)\])?/.exec(line);
    if (install?.[2] !== undefined) before.push(`${install[1]} ${install[2]}`);
    if (install) after.push(`${install[1]} ${install[3]}`);
    if (remove) before.push(`${remove[1]} ${remove[2] ?? ''}`.trim());
  }
  if (before.length === 0 && after.length === 0) return [];
  const text = (lines: string[]) => lines.map((line) => `${line}\n`).join('');
  return [{ before: text(before), after: text(after), beforeHeader: 'packages', afterHeader: 'packages' }];
}

const didNothing = (output: string): boolean =>
  /^0 upgraded, 0 newly installed, 0 to remove and \d+ not upgraded\.\s*$/m.test(output) &&
  !/not fully installed or removed|^Setting up /m.test(output);

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** What the apt scripts reported: Ansible's fields, the reason of a failure, and a diff of package versions. */
export function interpretApt(report: Report, fields: Mapping = {}): Interpretation {
  const stdout = report.text('transcript') ?? '';
  const times = lines(report.text('cache_update_time') ?? '').map(Number);
  const result: Mapping = {
    ...withFailure(report, fields),
    ...(report.text('transcript') !== undefined && {
      stdout,
      stdout_lines: lines(stdout),
      stderr: '',
      stderr_lines: [],
    }),
    ...(report.text('cache_update_time') !== undefined && {
      cache_updated: report.text('cache_updated') !== undefined,
      cache_update_time: Math.max(0, ...times),
    }),
  };
  const diff = simulatedDiff(report.text('simulated') ?? '');
  if (report.status === 'failed') {
    const output = stdout || (report.text('output') ?? report.text('simulated') ?? '');
    if (result.msg === undefined) result.msg = explainApt(output, report.text('rc'));
    return { result, diff };
  }
  // apt-get itself found that a virtual package is provided, or that nothing had to be upgraded.
  if (report.status === 'changed' && stdout !== '' && didNothing(stdout)) {
    return { result, diff, status: 'ok' };
  }
  return { result, diff };
}
