import type { TaskFinished, TaskInfo, TaskResult } from '../engine/index.js';
import { isMapping, type Mapping, type Value } from '../values/index.js';
import { renderDiff } from './diff.js';
import { cureOf } from './hints.js';
import { type ResultStyle, resultText } from './result-text.js';
import { harmless, lastLines, type Paint } from './text.js';

export interface LineOptions {
  paint: Paint;
  verbosity: number;
  showDiff: boolean;
  columns: number;
  /** How results are written; default: as JSON. */
  results?: ResultStyle | undefined;
  /** Lines around what differs; default 3. */
  diffContext?: number | undefined;
}

type ResultOptions = Pick<LineOptions, 'verbosity' | 'results'>;

const labels = {
  ok: ['green', 'ok'],
  changed: ['yellow', 'changed'],
  skipped: ['cyan', 'skipping'],
  failed: ['red', 'fatal'],
  unreachable: ['red', 'fatal'],
  unknown: ['magenta', 'unknown'],
} as const;

/** Longer texts are cut where nobody asked for details; their end is in the rows below. */
const LONGEST = 400;

const shorten = (value: Value): Value =>
  typeof value === 'string' && value.length > LONGEST
    ? `${value.slice(0, LONGEST)}… (${value.length} characters; -v shows all)`
    : value;

/** A result as people get to see it, without what says nothing to them. */
function shownFields(value: Mapping, verbosity: number): Mapping {
  const shown: Mapping = {};
  for (const [key, item] of Object.entries(value)) {
    if (key.startsWith('_') || ['hint', 'ansible_facts', 'failed', 'skipped'].includes(key)) continue;
    if (verbosity < 3 && (key === 'stdout_lines' || key === 'stderr_lines') && 'stdout' in value) continue;
    // It says again what went wrong, and where.
    if (verbosity < 1 && key === 'exception' && String(item).includes(String(value.msg))) continue;
    shown[key] = verbosity > 0 ? item : shorten(item);
  }
  return shown;
}

/** Did debug come to say it, whatever changed_when and failed_when made of it? */
const hasSpoken = ({ status, value }: TaskResult): boolean =>
  (status === 'ok' || status === 'changed' || (status === 'failed' && 'failed_when_result' in value)) &&
  !('skipped_reason' in value);

/** What debug has to say: its message alone, or its variable and what the loop is at. */
function debugged({ msg, changed, failed_when_result, ...rest }: Mapping): Mapping {
  return msg === undefined ? rest : { msg };
}

/** debug and assert are read by people: they are shown without asking. */
const speaks = (task: TaskInfo, result: TaskResult): boolean =>
  (task.action === 'debug' && hasSpoken(result)) ||
  (task.action === 'assert' && (result.status === 'ok' || result.status === 'failed'));

/** What is behind the arrow, or nothing. */
function detail(task: TaskInfo, result: TaskResult, options: ResultOptions): string {
  const { verbosity, results: style } = options;
  if (!speaks(task, result)) return verbosity > 0 ? allOf(result, options) : '';
  const fields = task.action === 'debug' ? debugged(result.value) : result.value;
  return ` => ${resultText(shownFields(fields, 1), { style, verbosity, speaks: true })}`;
}

const allOf = ({ value }: TaskResult, { verbosity, results: style }: ResultOptions): string =>
  ` => ${resultText(shownFields(value, verbosity), { style, verbosity, speaks: false })}`;

/** A failure is shown in full even where nobody asked for details. */
const failedDetail = (task: TaskInfo, result: TaskResult, options: ResultOptions): string =>
  speaks(task, result) ? detail(task, result, options) : allOf(result, options);

const reasonOf = (result: TaskResult): string =>
  result.status === 'unknown' ? `: ${harmless(result.message ?? 'it cannot be judged in a dry run')}` : '';

/** Task with its place, command, exit code, the last lines of output, and the likely cure. */
function failureRows(result: TaskResult, task: TaskInfo, paint: Paint): string[] {
  const { value, command } = result;
  const rows: [string, string[]][] = [['task', [`${task.name} (${task.position.file}:${task.position.line})`]]];
  if (command !== undefined) {
    const words = Array.isArray(command) ? command.map(String).join(' ') : String(command);
    rows.push(['command', lastLines(words, 6)]);
  }
  if (value.rc !== undefined) rows.push(['exit code', [String(value.rc)]]);
  const output = [value.output, value.stderr, value.stdout].find(
    (text) => typeof text === 'string' && text.trim() !== '' && text.trim() !== result.message?.trim(),
  );
  if (typeof output === 'string') rows.push(['output', lastLines(output, 12)]);
  if (typeof value.log === 'string') rows.push(['log', [value.log]]);
  const cure = cureOf(result);
  if (cure !== undefined) rows.push(['cure', cure.split('\n')]);
  return rows.flatMap(([name, lines]) =>
    lines.map((line, i) => {
      const text = `    ${(i === 0 ? name : '').padEnd(9)} ${harmless(line)}`;
      return name === 'cure' ? paint('bold', text) : text;
    }),
  );
}

/** What went wrong on a host, in full: for the report of a failure. */
function failureLines(event: TaskFinished, options: Pick<LineOptions, 'paint' | 'verbosity'>): string[] {
  const { result, task } = event;
  const failing = task.loop ? firstFailedItem(result) : result;
  return failureRows(failing, task, options.paint);
}

/** The same under a line that says which host it is, instead of the whole result. */
export function briefFailure(event: TaskFinished, options: LineOptions): string[] {
  const { result, host } = event;
  const word = result.status === 'unreachable' ? 'UNREACHABLE!' : 'FAILED!';
  const message = harmless(result.message ?? '');
  const line = `fatal: ${banner(host, event.delegatedTo)}: ${word} => ${message}`;
  return [...diffLines(result, options), options.paint('red', line), ...failureLines(event, options)];
}

/** The rows of a loop are those of the item that failed first. */
function firstFailedItem(result: TaskResult): TaskResult {
  const { results } = result.value;
  const item = Array.isArray(results) ? results.find((each) => isMapping(each) && each.failed === true) : undefined;
  if (!isMapping(item)) return result;
  const message = typeof item.msg === 'string' ? item.msg : result.message;
  const hint = typeof item.hint === 'string' ? item.hint : result.hint;
  return {
    status: result.status,
    value: item,
    diff: [],
    ...(message !== undefined && { message }),
    ...(hint !== undefined && { hint }),
    ...(item.cmd !== undefined && { command: item.cmd }),
  };
}

function banner(host: string, delegatedTo?: string): string {
  const to = delegatedTo === undefined || delegatedTo === host ? '' : ` -> ${harmless(delegatedTo)}`;
  return `[${harmless(host)}${to}]`;
}

function diffLines(result: TaskResult, options: LineOptions): string[] {
  return options.showDiff ? result.diff.map((diff) => renderDiff(diff, options.paint, options.diffContext)) : [];
}

/** What is printed for an item of a loop. */
export function itemLines(
  event: { host: string; task: TaskInfo; label: string; result: TaskResult },
  options: LineOptions,
): string[] {
  const { host, task, label, result } = event;
  const [color, word] = labels[result.status];
  const item = `(item=${harmless(label)})`;
  const lines = diffLines(result, options);
  const line =
    result.status === 'failed'
      ? `failed: ${banner(host)} ${item}${reasonOf(result)}${failedDetail(task, result, options)}`
      : `${word}: ${banner(host)} => ${item}${reasonOf(result)}${detail(task, result, options)}`;
  return [...lines, options.paint(color, line)];
}

/** What is printed for a task on a host. */
export function taskLines(event: TaskFinished, options: LineOptions): string[] {
  const { result, task, host } = event;
  const [color, word] = labels[result.status];
  const where = banner(host, event.delegatedTo);
  const lines = task.loop ? [] : diffLines(result, options);
  if (result.status === 'failed' || result.status === 'unreachable') {
    if (!task.loop || !Array.isArray(result.value.results)) {
      const kind = result.status === 'failed' ? 'FAILED!' : 'UNREACHABLE!';
      const shown = failedDetail(task, result, options);
      lines.push(options.paint(color, `${word}: ${where}: ${kind}${shown}`));
    }
    if (event.ignored) lines.push(options.paint('cyan', '...ignoring'));
    else lines.push(...failureLines(event, options));
    return lines;
  }
  // The items have said it all.
  if (task.loop && (result.status === 'ok' || result.status === 'changed')) return lines;
  lines.push(
    options.paint(color, `${word}: ${where}${reasonOf(result)}${task.loop ? '' : detail(task, result, options)}`),
  );
  return lines;
}
