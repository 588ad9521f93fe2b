import type { Condition, Task } from '../../playbook/index.js';
import { sh } from '../../shell/index.js';
import { pythonText } from '../../template/index.js';
import { type Mapping, mapping, type Value } from '../../values/index.js';
import { failedWith } from '../results/overrule.js';
import { failedBy, isUsersError } from '../results/task-result.js';
import { adopt } from '../variables/effects.js';
import { variablesOf } from '../variables/variables.js';
import { pauseFor } from './interruption.js';
import { countOf } from './keyword.js';
import type { Turn } from './loop.js';
import type { TaskOnHost } from './settlement.js';
import { isSent, type TurnRun, type UnderWay } from './turn-run.js';

/** A turn of a loop: what `loop_control` makes of it once it is worked out. */
export interface LoopedTurn extends UnderWay {
  label?: string;
  /** Failed by its label or by `break_when`, of which the host knows nothing. */
  isFailedHere?: boolean;
}

/** Does a loop look at what its earlier items registered? Then they have to be waited for. */
function namesItsOwnResult({ register, ...task }: Task): boolean {
  if (register === undefined) return false;
  const { args, variableArgs, when, changedWhen, failedWhen, until, environment, delegateTo, varsChain } = task;
  const { label, breakWhen } = task.loop?.control ?? {};
  const conditions = [when, changedWhen, failedWhen, until, breakWhen];
  const written = [args, variableArgs, environment, delegateTo, varsChain, label, conditions];
  return new RegExp(`\\b${register}\\b`).test(JSON.stringify(written));
}

/** Begins the turns one after the other; returns those that were begun, since `break_when` may leave some out. */
export async function runLoop(about: TaskOnHost, run: TurnRun, turns: readonly Turn[]): Promise<LoopedTurn[]> {
  const { host, task, sequence } = about;
  const begun: LoopedTurn[] = [];
  const { breakWhen = [], label, pause: written } = task.loop?.control ?? {};
  const pause = countOf(written, { templar: host.play.run.scope.templar, variables: variablesOf(host.scope(task)) });
  const waits = namesItsOwnResult(task) || breakWhen.length > 0;
  let before: Mapping = mapping();
  for (const [index, turn] of turns.entries()) {
    if (pause && index > 0) await pauseFor(host, pause * 1000);
    const underWay: LoopedTurn = await run.begin({ ...turn, local: mapping({ ...before, ...turn.local }) });
    begun.push(underWay);
    if (waits) before = await registered(task, underWay);
    const seen = mapping({ ...before, ...turn.local });
    try {
      if (label !== undefined) underWay.label = await labelOf(about, label, seen);
    } catch (error) {
      failItem(run, underWay, error, 'Failed to template loop_control.label: ');
    }
    try {
      if (breakWhen.length > 0 && (await isLast(about, breakWhen, seen))) break;
    } catch (error) {
      failItem(run, underWay, error);
      break;
    }
    // What an item sets the next one sees.
    const { work } = underWay;
    if (work?.definition.name === 'set_fact') adopt(host, { task, work, result: await underWay.outcome, sequence });
  }
  endLoop(about, run, begun.find(isSent));
  return begun;
}

async function registered({ register }: Task, { outcome }: UnderWay): Promise<Mapping> {
  const { value } = await outcome;
  return mapping(register === undefined ? {} : { [register]: value });
}

/** How the item is called in the output. */
function labelOf({ host, task }: TaskOnHost, label: Value, seen: Mapping): Promise<string> {
  const { templar } = host.play.run.scope;
  return host.evaluate(() => pythonText(templar.render(label, variablesOf(host.scope(task, seen)))));
}

/** Is this the last item, by `break_when`? */
function isLast({ host, task }: TaskOnHost, conditions: readonly Condition[], seen: Mapping): Promise<boolean> {
  const { templar } = host.play.run.scope;
  return host.evaluate(() => {
    const variables = variablesOf(host.scope(task, seen));
    return conditions.every((condition) => templar.evaluateCondition(condition, variables));
  });
}

/** An item fails whose label or `break_when` cannot be worked out. Our own faults are thrown on. */
function failItem(run: TurnRun, underWay: LoopedTurn, error: unknown, prefix = ''): void {
  if (!isUsersError(error)) throw error;
  const { value } = failedBy(error);
  // One that was left out has no keywords worked out yet.
  if (underWay.work === undefined) Object.assign(underWay, run.keywords(underWay.turn));
  underWay.isFailedHere = true;
  const message = `${prefix}${String(value.msg ?? value.reason)}`;
  underWay.outcome = underWay.outcome.then((result) => failedWith(result, message));
}

/** The loop has failed where one of its items has: only at its end the host may stop. */
function endLoop({ host }: TaskOnHost, run: TurnRun, sent: UnderWay | undefined): void {
  if (!sent?.work || sent.ignored || sent.work.delegateTo !== undefined || run.decidesHere(sent.work)) return;
  void host.conversation
    .send({
      body: sh`:`,
      mode: { check: false, diff: false, mayFail: true, loop: 'last' },
      become: sent.work.become,
      repeatable: true,
    })
    .catch(() => undefined);
}
