import type { TaskFinished, TaskInfo, TaskResult } from '../engine/index.js';
import { isMapping, type Mapping } from '../values/index.js';
import { renderDiff } from './diff.js';
import { harmless, lastLines, type Paint } from './text.js';

export interface LineOptions {
  paint: Paint;
  verbosity: number;
  showDiff: boolean;
  columns: number;
}

const labels = {
  ok: ['green', 'ok'],
  changed: ['yellow', 'changed'],
  skipped: ['cyan', 'skipping'],
  failed: ['red', 'fatal'],
  unreachable: ['red', 'fatal'],
  unknown: ['magenta', 'unknown'],
} as const;

/** Fields that say nothing to a person. */
const hidden = (value: Mapping, verbosity: number): Mapping => {
  const shown: Mapping = {};
  for (const [key, item] of Object.entries(value)) {
    if (key.startsWith('_') || key === 'hint' || key === 'ansible_facts') continue;
    if (verbosity < 3 && (key === 'stdout_lines' || key === 'stderr_lines') && 'stdout' in value) continue;
    shown[key] = item;
  }
  return shown;
};

const json = (value: Mapping, indent?: number): string => harmless(JSON.stringify(value, null, indent));

/** debug and failed assertions are read by people: they are shown without asking. */
const speaksUp = (task: TaskInfo, result: TaskResult): boolean =>
  task.action === 'debug' && result.status === 'ok' && !('skipped_reason' in result.value);

function detailsOf(result: TaskResult, task: TaskInfo): string[] {
  const { value } = result;
  const rows: [string, string[]][] = [];
  rows.push(['task', [`${task.name} (${task.position.file}:${task.position.line})`]]);
  const command = result.command;
  if (command !== undefined) rows.push(['command', [Array.isArray(command) ? command.join(' ') : String(command)]]);
  if (value.rc !== undefined) rows.push(['exit code', [String(value.rc)]]);
  const output = [value.output, value.stderr, value.stdout].find(
    (text) => typeof text === 'string' && text.trim() !== '',
  );
  if (typeof output === 'string') rows.push(['output', lastLines(output, 12)]);
  if (typeof value.log === 'string') rows.push(['log', [value.log]]);
  if (result.hint !== undefined) rows.push(['cure', result.hint.split('\n')]);
  return rows.flatMap(([name, lines]) =>
    lines.map((line, i) => `    ${(i === 0 ? name : '').padEnd(9)} ${harmless(line)}`),
  );
}

function banner(host: string, delegatedTo: string | undefined): string {
  return `[${harmless(host)}${delegatedTo === undefined ? '' : ` -> ${harmless(delegatedTo)}`}]`;
}

function diffLines(result: TaskResult, options: LineOptions): string[] {
  if (!options.showDiff) return [];
  return result.diff.map((diff) => renderDiff(diff, options.paint));
}

/** What is printed for an item of a loop. */
export function itemLines(host: string, label: string, result: TaskResult, options: LineOptions): string[] {
  const [color, word] = labels[result.status];
  const item = `(item=${harmless(label)})`;
  const lines = diffLines(result, options);
  if (result.status === 'failed') {
    return [
      ...lines,
      options.paint(color, `failed: ${banner(host, undefined)} ${item} => ${json(hidden(result.value, 0))}`),
    ];
  }
  const reason = result.status === 'unknown' ? `: ${harmless(result.message ?? '')}` : '';
  const speaks = typeof result.value.msg === 'string' && result.value._ansible_verbose_always === true;
  const detail =
    options.verbosity > 0 || speaks
      ? ` => ${json(hidden(result.value, options.verbosity), speaks ? 4 : undefined)}`
      : '';
  return [...lines, options.paint(color, `${word}: ${banner(host, undefined)} => ${item}${reason}${detail}`)];
}

/** What is printed for a task on a host. */
export function taskLines(event: TaskFinished, options: LineOptions): string[] {
  const { result, task, host } = event;
  const [color, word] = labels[result.status];
  const where = banner(host, event.delegatedTo);
  const lines = task.loop ? [] : diffLines(result, options);
  if (result.status === 'failed' || result.status === 'unreachable') {
    const kind = result.status === 'failed' ? 'FAILED!' : 'UNREACHABLE!';
    const value = hidden(task.loop ? withoutResults(result.value) : result.value, options.verbosity);
    lines.push(options.paint(color, `${word}: ${where}: ${kind} => ${json(value)}`));
    if (event.ignored) lines.push(options.paint('cyan', '...ignoring'));
    else lines.push(...detailsOf(result, task));
    return lines;
  }
  if (typeof result.value.include === 'string') {
    return [options.paint('cyan', `included: ${harmless(result.value.include)} for ${harmless(host)}`)];
  }
  if (task.loop && result.status !== 'skipped' && result.status !== 'unknown') return lines;
  const reason = result.status === 'unknown' ? `: ${harmless(result.message ?? 'cannot be judged in a dry run')}` : '';
  const speaks = speaksUp(task, result);
  const detail =
    speaks || options.verbosity > 0
      ? ` => ${json(speaks ? spoken(result.value) : hidden(result.value, options.verbosity), speaks ? 4 : undefined)}`
      : '';
  lines.push(options.paint(color, `${word}: ${where}${reason}${detail}`));
  return lines;
}

const withoutResults = ({ results: _, ...rest }: Mapping): Mapping => rest;

/** What debug has to say: its message or variable, nothing else. */
function spoken(value: Mapping): Mapping {
  const { changed: _c, failed: _f, ...rest } = value;
  return isMapping(rest) ? hidden(rest, 0) : {};
}
