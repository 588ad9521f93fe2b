import type { HostStats, Order, RunEvent, TaskInfo, TaskResult } from '../../src/engine/index.js';

export const taskAt = (line: number, name: string, change: Partial<TaskInfo> = {}): TaskInfo => ({
  id: `site.yml:${line}`,
  name,
  action: 'command',
  order: [4, line],
  position: { file: 'site.yml', line, column: 7 },
  handler: false,
  loop: false,
  checkMode: false,
  ...change,
});

export const resultOf = (status: TaskResult['status'], change: Partial<TaskResult> = {}): TaskResult => ({
  status,
  value: { changed: status === 'changed', failed: status === 'failed' },
  diff: [],
  ...change,
});

export const started = (host: string, task: TaskInfo): RunEvent => ({ type: 'task-started', host, task });
export const advanced = (host: string, order: Order): RunEvent => ({ type: 'host-advanced', host, order });

const stops = (result: TaskResult): boolean => result.status === 'failed' || result.status === 'unreachable';

/** A result and what follows it: the host has got past the task, unless it stops there. */
export const finished = (
  host: string,
  task: TaskInfo,
  result: TaskResult,
  change: { ignored?: boolean; delegatedTo?: string } = {},
): RunEvent[] => [
  { type: 'task-finished', host, task, result, ignored: false, durationMs: 5, ...change },
  ...(stops(result) && !change.ignored ? [] : [advanced(host, task.order)]),
];

/** Begun and finished at once. */
export const done = (
  host: string,
  task: TaskInfo,
  result: TaskResult,
  change: { ignored?: boolean; delegatedTo?: string } = {},
): RunEvent[] => [started(host, task), ...finished(host, task, result, change)];

export const item = (host: string, task: TaskInfo, label: string, result: TaskResult): RunEvent => ({
  type: 'item-finished',
  host,
  task,
  label,
  result,
});

export const play = (name: string, hosts: readonly string[]): RunEvent => ({
  type: 'play-started',
  play: { index: 0, name, position: { file: 'site.yml', line: 1, column: 3 } },
  hosts,
});

export const ended = (host: string, outcome: 'done' | 'failed' | 'unreachable' = 'done'): RunEvent => ({
  type: 'host-ended',
  host,
  outcome,
});

export const stats = (change: Partial<HostStats> = {}): HostStats => ({
  ok: 0,
  changed: 0,
  unreachable: 0,
  failed: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
  unknown: 0,
  ...change,
});
