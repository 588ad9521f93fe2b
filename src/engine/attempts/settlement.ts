import type { Task } from '../../playbook/index.js';
import type { Value } from '../../values/index.js';
import type { Debugged } from '../debugger/debugging.js';
import type { TaskInfo } from '../events.js';
import { failedWith } from '../results/overrule.js';
import { type Judged, shown } from '../results/task-result.js';
import type { HostRun } from '../scheduler/host-run.js';
import { adopt } from '../variables/effects.js';
import type { LoopedTurn } from './loop-run.js';
import { tryRender, tryTopics } from './names.js';
import type { UnderWay } from './turn-run.js';

/** One task on one host. */
export interface TaskOnHost {
  host: HostRun;
  task: Task;
  info: TaskInfo;
  /** Its place among the tasks of this host: what comes behind a failure is taken back. */
  sequence: number;
  /** As `performance.now()` tells it. */
  startedMs: number;
  /** What it says of the debugger, where it may come to that. */
  debugged?: Debugged | undefined;
}

/** What a task has come to: turns and their results go together, `result` is that of all. */
export interface TaskCame {
  turns: readonly UnderWay[];
  results: readonly Judged[];
  result: Judged;
}

export const isIgnored = ({ turns, results }: TaskCame): boolean =>
  turns.every(({ ignored }, index) => ignored || results[index]?.status !== 'failed');

/** In their results Ansible leaves texts as the author has written them; `type_debug` tells. */
const setsVariables: ReadonlySet<string> = new Set(['set_fact', 'include_vars']);

/** What later tasks may see of it: the registered result, facts. */
export function remember({ host, task, info, sequence }: TaskOnHost, { turns, results, result }: TaskCame): void {
  const { register } = task;
  if (register !== undefined) {
    const reason = `it depends on the result of "${info.name}", which a dry run does not have`;
    const entry = result.incomplete
      ? ({ state: 'incomplete', value: result.value, reason } as const)
      : ({
          state: 'known',
          value: result.value,
          ...(setsVariables.has(task.action) && { kind: 'AnsibleUnicode' as const }),
        } as const);
    host.state.set('setFacts', register, entry, sequence);
  }
  for (const [index, each] of results.entries()) {
    const work = turns[index]?.work;
    if (work) adopt(host, { task, work, result: each, sequence });
  }
}

/** The result stands: remembered, counted, told, and the host goes on or stops. */
export function settleTask(about: TaskOnHost, came: TaskCame): void {
  const { host, task, info, sequence, startedMs } = about;
  const { turns, results } = came;
  const { run, handlers } = host.play;
  const topics = topicsOf(about, came);
  const unheard = came.result.status === 'changed' ? complain(about, topics) : undefined;
  const result = unheard === undefined ? came.result : failedWith(came.result, unheard);
  remember(about, { turns, results, result });
  const isFailureIgnored = result.status === 'failed' && unheard === undefined && isIgnored(came);
  const isLossIgnored = result.status === 'unreachable' && turns.some(({ work }) => work?.ignoreUnreachable);
  const ignored = isFailureIgnored || isLossIgnored;
  const delegatedTo = turns[0]?.work?.delegateTo;
  const leavesUndone =
    ['changed', 'unknown'].includes(result.status) || (result.status === 'skipped' && result.incomplete);
  host.pretended ||= run.options.checkMode && leavesUndone;
  for (let i = countsAs(task, { turns, results, result }); i > 0; i--) run.stats.count(host.host, result, ignored);
  for (const { value } of results) warn(host, value.warnings);
  const noLog = turns.some((turn) => turn.noLog);
  if (!noLog) tellStats(about, results);
  run.emit({
    type: 'task-finished',
    host: host.host,
    ...(delegatedTo !== undefined && { delegatedTo }),
    task: info,
    result: shown(run, result, noLog),
    ignored,
    durationMs: performance.now() - startedMs,
  });
  if (result.status === 'changed') for (const topic of topics) handlers.notify(host, topic);
  if (result.status === 'failed' && !ignored) host.fail({ sequence, task, result });
  if (result.status === 'unreachable' && !ignored) host.lose(sequence);
}

/** Ansible's recap counts each file or role that an include brings. */
function countsAs({ action }: Task, { results, result }: TaskCame): number {
  if (result.status !== 'ok' || !/^include_(?:tasks|role)$/.test(action)) return 1;
  return results.filter(({ status }) => status === 'ok').length;
}

/** What a change notifies: of a loop every item that was not left out, with its own value of `item`. */
function topicsOf({ host, task }: TaskOnHost, { turns, results }: TaskCame): string[] {
  const heard = turns.filter((_, index) => results[index]?.status !== 'skipped');
  const topics = (task.notify ?? []).flatMap((topic) =>
    heard.flatMap(({ turn }) => tryTopics(topic, host.scope(task, turn?.local))),
  );
  return [...new Set(topics)];
}

/** What is wrong where a change notifies nobody; it is the play's fault, so that no `ignore_errors` helps. */
function complain({ host, task }: TaskOnHost, topics: readonly string[]): string | undefined {
  const unheard = topics.find((topic) => host.play.handlers.hearing(host, topic).length === 0);
  if (unheard === undefined) return undefined;
  const message = `The requested handler '${unheard}' was not found in either the main handlers list nor in the listening handlers list`;
  const isError = host.play.run.options.errorOnMissingHandler !== false;
  host.play.tellOnce({ level: isError ? 'error' : 'warning', message, position: task.position });
  return isError ? message : undefined;
}

/** What a result says for the end of the run; under `no_log` it is not told. */
function tellStats({ host, info }: TaskOnHost, results: readonly Judged[]): void {
  const { run, once } = host.play;
  for (const { status, value } of results) {
    if (value.ansible_stats === undefined || (status !== 'ok' && status !== 'changed')) continue;
    const concerned = once.concerned(host, info.order).map((each) => each.host);
    run.stats.custom.take(value.ansible_stats, concerned);
  }
}

/** `warnings` of a result are told beside it. */
function warn({ host, play }: HostRun, warnings: Value | undefined): void {
  for (const message of Array.isArray(warnings) ? warnings : []) {
    play.run.emit({ type: 'notice', level: 'warning', host, message: play.run.redactor.mask(String(message)) });
  }
}

/** One turn of a loop stands: it is told, and its result says which item it is about. */
export function settleItem({ host, task, info }: TaskOnHost, turnOf: LoopedTurn, result: Judged): void {
  const { turn, noLog, label: written } = turnOf;
  if (!turn) return;
  const { run } = host.play;
  const loopVar = String(turn.local.ansible_loop_var);
  result.value[loopVar] = turn.item;
  for (const name of ['ansible_loop_var', 'ansible_index_var', 'ansible_loop']) {
    if (turn.local[name] !== undefined) result.value[name] = turn.local[name];
  }
  const indexVar = turn.local.ansible_index_var;
  if (indexVar !== undefined) result.value[String(indexVar)] = turn.local[String(indexVar)] ?? null;
  const label = written ?? tryRender(`{{ ${loopVar} }}`, host.scope(task, turn.local));
  result.value._ansible_item_label = written === undefined ? turn.item : label;
  run.emit({
    type: 'item-finished',
    host: host.host,
    task: info,
    label: noLog ? '(censored due to no_log)' : run.redactor.mask(label),
    result: shown(run, result, noLog),
  });
}
