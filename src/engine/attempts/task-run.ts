import type { Condition, Task } from '../../playbook/index.js';
import { sh } from '../../shell/index.js';
import { pythonText } from '../../template/index.js';
import { type Mapping, mapping, type Value } from '../../values/index.js';
import type { Order, TaskInfo } from '../events.js';
import { combineResults } from '../results/loop-result.js';
import { asItIs, failedBy, isUsersError, type Judged, shown } from '../results/task-result.js';
import { tolerated } from '../results/tolerated.js';
import type { HostRun } from '../scheduler/host-run.js';
import { adopt, saved } from '../variables/effects.js';
import { variablesOf } from '../variables/variables.js';
import type { Attempt } from './attempt.js';
import { countOf } from './keyword.js';
import { loopItems, loopTurns, type Turn } from './loop.js';
import { taskInfo, tryRender, tryTopics } from './names.js';
import { isSent, skipped, TurnRun, type UnderWay } from './turn-run.js';

/** Does a result of the task bring facts that later tasks may read? */
const bringsFacts = ({ name, returns }: Attempt['definition']): boolean =>
  name !== 'set_fact' && Object.hasOwn(returns, 'ansible_facts');

/** Does a loop look at what its earlier items registered? Then they have to be waited for. */
function namesItsOwnResult({ register, ...task }: Task): boolean {
  if (register === undefined) return false;
  const { args, variableArgs, when, changedWhen, failedWhen, until, environment, delegateTo, varsChain, loop } = task;
  const { label, breakWhen } = loop?.control ?? {};
  const control = [label, breakWhen];
  const written = [
    args,
    variableArgs,
    when,
    changedWhen,
    failedWhen,
    until,
    environment,
    delegateTo,
    varsChain,
    control,
  ];
  return new RegExp(`\\b${register}\\b`).test(JSON.stringify(written));
}

/** A turn of a loop: what `loop_control` makes of it once it is worked out. */
interface LoopedTurn extends UnderWay {
  label?: string;
  /** Failed by its label or by `break_when`, of which the host knows nothing. */
  isFailedHere?: boolean;
}

/** One task on one host: its loop, its retries, its result. */
export class TaskRun {
  readonly #host: HostRun;
  readonly #task: Task;
  readonly #order: Order;
  readonly #sequence: number;
  readonly #info: TaskInfo;
  readonly #turn: TurnRun;
  #started = performance.now();

  constructor(host: HostRun, task: Task, order: Order) {
    this.#host = host;
    this.#task = task;
    this.#order = order;
    this.#sequence = host.nextSequence(order);
    this.#info = taskInfo(host, task, order);
    this.#turn = new TurnRun(host, task, this.#info);
  }

  /** Returns when what follows may be worked out: often before there is a result. */
  async run(): Promise<void> {
    this.#host.play.run.emit({ type: 'task-started', host: this.#host.host, task: this.#info });
    const turns = await this.#turns();
    if (!Array.isArray(turns)) return this.#finish([turns], false);
    if (turns.length === 1 && turns[0] === undefined) {
      const only = await this.#turn.begin(undefined);
      await this.#finish([only], false);
      return;
    }
    await this.#loop(turns.filter((turn) => turn !== undefined));
  }

  async #turns(): Promise<(Turn | undefined)[] | UnderWay> {
    const { loop } = this.#task;
    if (!loop) return [undefined];
    const { templar } = this.#host.play.run.scope;
    try {
      return await this.#host.evaluate(() => {
        const variables = variablesOf(this.#host.scope(this.#task));
        return loopTurns(loop, loopItems(loop, templar, variables), templar, variables);
      });
    } catch (error) {
      if (!isUsersError(error)) throw error;
      // Ansible looks at `when` first where the list itself cannot be had.
      const left = await this.#whenFails();
      const outcome = left ?? asItIs(failedBy(error));
      return { ...this.#turn.keywords(undefined), turn: undefined, work: undefined, outcome: Promise.resolve(outcome) };
    }
  }

  async #whenFails(): Promise<Judged | undefined> {
    const { templar } = this.#host.play.run.scope;
    try {
      return await this.#host.evaluate(() => {
        const variables = variablesOf(this.#host.scope(this.#task));
        const no = this.#task.when.find((condition) => !templar.evaluateCondition(condition, variables));
        return no === undefined ? undefined : skipped(no);
      });
    } catch (error) {
      if (!isUsersError(error)) throw error;
      return undefined;
    }
  }

  async #loop(turns: readonly Turn[]): Promise<void> {
    const { templar } = this.#host.play.run.scope;
    const begun: LoopedTurn[] = [];
    const pause = countOf(this.#task.loop?.control.pause, {
      templar,
      variables: variablesOf(this.#host.scope(this.#task)),
    });
    const { breakWhen = [], label } = this.#task.loop?.control ?? {};
    const waits = namesItsOwnResult(this.#task) || breakWhen.length > 0;
    let before: Mapping = mapping();
    for (const [index, turn] of turns.entries()) {
      if (pause && index > 0) await this.#turn.sleep(pause * 1000);
      const underWay: LoopedTurn = await this.#turn.begin({ ...turn, local: mapping({ ...before, ...turn.local }) });
      begun.push(underWay);
      if (waits) before = await this.#registered(underWay);
      const seen = mapping({ ...before, ...turn.local });
      if (label !== undefined) await this.#label(underWay, label, seen);
      if (breakWhen.length > 0 && (await this.#breaks(underWay, breakWhen, seen))) break;
      // What an item sets the next one sees.
      const { work } = underWay;
      if (work?.definition.name === 'set_fact') this.#adopt(work, await underWay.outcome);
    }
    const sent = begun.find(isSent);
    if (sent?.work && !sent.ignored && sent.work.delegateTo === undefined && !this.#turn.decidesHere(sent.work)) {
      // The loop has failed where one of its items has: only now the host may stop.
      void this.#host.conversation
        .send({
          body: sh`:`,
          mode: { check: false, diff: false, mayFail: true, loop: 'last' },
          become: sent.work.become,
          repeatable: true,
        })
        .catch(() => undefined);
    }
    await this.#finish(begun, true);
  }

  #adopt(work: Attempt, result: Judged): void {
    adopt(this.#host, { task: this.#task, work, result, sequence: this.#sequence });
  }

  async #registered({ outcome }: UnderWay): Promise<Mapping> {
    const { register } = this.#task;
    const { value } = await outcome;
    return mapping(register === undefined ? {} : { [register]: value });
  }

  /** How the item is called in the output. Where that cannot be worked out, the item has failed. */
  async #label(underWay: LoopedTurn, label: Value, seen: Mapping): Promise<void> {
    const { templar } = this.#host.play.run.scope;
    try {
      underWay.label = await this.#host.evaluate(() =>
        pythonText(templar.render(label, variablesOf(this.#host.scope(this.#task, seen)))),
      );
    } catch (error) {
      this.#failItem(underWay, error, 'Failed to template loop_control.label: ');
    }
  }

  /** Is this the last item, by `break_when`? A condition that cannot be evaluated makes it so, and failed. */
  async #breaks(underWay: LoopedTurn, conditions: readonly Condition[], seen: Mapping): Promise<boolean> {
    const { templar } = this.#host.play.run.scope;
    try {
      return await this.#host.evaluate(() => {
        const variables = variablesOf(this.#host.scope(this.#task, seen));
        return conditions.every((condition) => templar.evaluateCondition(condition, variables));
      });
    } catch (error) {
      this.#failItem(underWay, error);
      return true;
    }
  }

  #failItem(underWay: LoopedTurn, error: unknown, prefix = ''): void {
    if (!isUsersError(error)) throw error;
    const { value } = failedBy(error);
    const msg = `${prefix}${String(value.msg ?? value.reason)}`;
    // One that was left out has no keywords worked out yet.
    if (underWay.work === undefined) Object.assign(underWay, this.#turn.keywords(underWay.turn));
    underWay.isFailedHere = true;
    underWay.outcome = underWay.outcome.then((result) => ({
      ...result,
      status: 'failed' as const,
      message: msg,
      value: { ...result.value, failed: true, msg },
    }));
  }

  /** Makes the result known: at once where nothing has to be waited for, else when it has come. */
  async #finish(turns: readonly LoopedTurn[], isLoop: boolean): Promise<void> {
    const host = this.#host;
    const { register } = this.#task;
    const settling = host.settle(this.#order, async () => {
      const results: Judged[] = [];
      for (const underWay of turns) {
        const result = saved(host.pretended ? tolerated(await underWay.outcome) : await underWay.outcome);
        results.push(result);
        if (isLoop) this.#itemDone(underWay, result);
      }
      const result = isLoop ? combineResults(results) : results[0];
      if (result) this.#done(turns, results, result);
    });
    if (turns.some((turn) => isSent(turn) && turn.work !== undefined && bringsFacts(turn.work.definition)))
      this.#gather(settling);
    const local = !turns.some(isSent);
    if (local) await this.#foresee(turns, isLoop);
    else if (register !== undefined)
      host.state.set('setFacts', register, { state: 'pending', ready: settling }, this.#sequence);
    if (turns.some(({ work, isFailedHere }) => isFailedHere || (work && this.#turn.decidesHere(work))))
      await host.drain();
    for (const [index, { nodes }] of turns.entries()) {
      if (nodes && nodes.length > 0) await host.runIncluded(nodes, [...this.#order, index]);
    }
  }

  /** Facts are on their way: whoever reads one waits for them, and nobody else. */
  #gather(settling: Promise<void>): void {
    const { state } = this.#host;
    state.gathering = settling;
    void settling.then(() => {
      if (state.gathering === settling) state.gathering = undefined;
    });
  }

  /** No host had to be asked: what follows may see the result before it is settled. */
  async #foresee(turns: readonly UnderWay[], isLoop: boolean): Promise<void> {
    const results = await Promise.all(turns.map(async ({ outcome }) => outcome));
    const result = isLoop ? combineResults(results) : results[0];
    if (!result) return;
    this.#remember(turns, results, result);
    if (result.status === 'failed' && !this.#allIgnored(turns, results)) await this.#host.drain();
  }

  /** Ansible's recap counts each file that include_tasks brings, and an include_role not at all. */
  #countsAs(turns: readonly UnderWay[], results: readonly Judged[], { status }: Judged): number {
    if (status !== 'ok') return 1;
    if (this.#task.action === 'include_role') return 0;
    if (this.#task.action !== 'include_tasks') return 1;
    return turns.filter(({ nodes }, index) => results[index]?.status === 'ok' && nodes?.length !== 0).length;
  }

  #allIgnored(turns: readonly UnderWay[], results: readonly Judged[]): boolean {
    return turns.every(({ ignored }, index) => ignored || results[index]?.status !== 'failed');
  }

  #remember(turns: readonly UnderWay[], results: readonly Judged[], result: Judged): void {
    const { state } = this.#host;
    const { register } = this.#task;
    if (register !== undefined) {
      const reason = `it depends on the result of "${this.#info.name}", which a dry run does not have`;
      const entry = result.incomplete
        ? ({ state: 'incomplete', value: result.value, reason } as const)
        : ({ state: 'known', value: result.value } as const);
      state.set('setFacts', register, entry, this.#sequence);
    }
    for (const [index, judgedResult] of results.entries()) {
      const work = turns[index]?.work;
      if (work) this.#adopt(work, judgedResult);
    }
  }

  #done(turns: readonly UnderWay[], results: readonly Judged[], came: Judged): void {
    const host = this.#host;
    const { run } = host.play;
    const topics = this.#topics(turns, results);
    const unheard = came.status === 'changed' ? this.#unheard(topics) : undefined;
    const result = unheard === undefined ? came : this.#failed(came, unheard);
    this.#remember(turns, results, result);
    const ignored = result.status === 'failed' && unheard === undefined && this.#allIgnored(turns, results);
    const unreachableIgnored = result.status === 'unreachable' && turns.some((turn) => turn.work?.ignoreUnreachable);
    const delegatedTo = turns[0]?.work?.delegateTo;
    const leavesUndone =
      ['changed', 'unknown'].includes(result.status) || (result.status === 'skipped' && result.incomplete);
    host.pretended ||= run.options.checkMode && leavesUndone;
    for (let i = this.#countsAs(turns, results, result); i > 0; i--) {
      run.stats.count(host.host, result, ignored || unreachableIgnored);
    }
    for (const { value } of results) this.#warn(value.warnings);
    run.emit({
      type: 'task-finished',
      host: host.host,
      ...(delegatedTo !== undefined && { delegatedTo }),
      task: this.#info,
      result: shown(
        run,
        result,
        turns.some((turn) => turn.noLog),
      ),
      ignored: ignored || unreachableIgnored,
      durationMs: performance.now() - this.#started,
    });
    if (result.status === 'changed') for (const topic of topics) host.play.handlers.notify(host, topic);
    if (result.status === 'failed' && !ignored) host.fail({ sequence: this.#sequence, task: this.#task, result });
    if (result.status === 'unreachable' && !unreachableIgnored) host.lose(this.#sequence);
  }

  /** What a change notifies: of a loop every item that was not left out, with its own value of `item`. */
  #topics(turns: readonly UnderWay[], results: readonly Judged[]): string[] {
    const heard = turns.filter((_, index) => results[index]?.status !== 'skipped');
    const topics = (this.#task.notify ?? []).flatMap((topic) =>
      heard.flatMap(({ turn }) => tryTopics(topic, this.#host.scope(this.#task, turn?.local))),
    );
    return [...new Set(topics)];
  }

  /** What is wrong where a change notifies nobody; it is the play's fault, so that no `ignore_errors` helps. */
  #unheard(topics: readonly string[]): string | undefined {
    const host = this.#host;
    const { options } = host.play.run;
    const unheard = topics.find((topic) => host.play.handlers.hearing(host, topic).length === 0);
    if (unheard === undefined) return undefined;
    const message = `The requested handler '${unheard}' was not found in either the main handlers list nor in the listening handlers list`;
    const isError = options.errorOnMissingHandler !== false;
    host.play.tellOnce({ level: isError ? 'error' : 'warning', message, position: this.#task.position });
    return isError ? message : undefined;
  }

  #failed(result: Judged, message: string): Judged {
    return { ...result, status: 'failed', message, value: { ...result.value, failed: true, msg: message } };
  }

  /** `warnings` of a result are told beside it. */
  #warn(warnings: Value | undefined): void {
    const { host, play } = this.#host;
    for (const message of Array.isArray(warnings) ? warnings : []) {
      play.run.emit({ type: 'notice', level: 'warning', host, message: play.run.redactor.mask(String(message)) });
    }
  }

  #itemDone({ turn, noLog, label: written }: LoopedTurn, result: Judged): void {
    if (!turn) return;
    const { run } = this.#host.play;
    const loopVar = String(turn.local.ansible_loop_var);
    result.value[loopVar] = turn.item;
    for (const name of ['ansible_loop_var', 'ansible_index_var', 'ansible_loop']) {
      if (turn.local[name] !== undefined) result.value[name] = turn.local[name];
    }
    const indexVar = turn.local.ansible_index_var;
    if (indexVar !== undefined) result.value[String(indexVar)] = turn.local[String(indexVar)] ?? null;
    const label = written ?? tryRender(`{{ ${loopVar} }}`, this.#host.scope(this.#task, turn.local));
    result.value._ansible_item_label = written === undefined ? turn.item : label;
    run.emit({
      type: 'item-finished',
      host: this.#host.host,
      task: this.#info,
      label: noLog ? '(censored due to no_log)' : run.redactor.mask(label),
      result: shown(run, result, noLog),
    });
  }
}
