import type { Task } from '../../playbook/index.js';
import type { Debugged } from '../debugger/debugging.js';
import type { Order } from '../events.js';
import { combineResults } from '../results/loop-result.js';
import { tolerated } from '../results/overrule.js';
import { asItIs, failedBy, isUsersError, type Judged } from '../results/task-result.js';
import type { HostRun } from '../scheduler/host-run.js';
import { saved } from '../variables/effects.js';
import { variablesOf } from '../variables/variables.js';
import { loopItems, loopTurns, type Turn } from './loop.js';
import { type LoopedTurn, runLoop } from './loop-run.js';
import { taskInfo } from './names.js';
import { isIgnored, remember, settleItem, settleTask, type TaskOnHost } from './settlement.js';
import { isSent, skipped, TurnRun, type UnderWay } from './turn-run.js';

/** Does the turn bring facts of a host that later tasks may read? */
const bringsFacts = ({ work }: UnderWay): boolean =>
  work !== undefined && work.definition.name !== 'set_fact' && Object.hasOwn(work.definition.returns, 'ansible_facts');

/** One task on one host: its turns, and what becomes of their results. */
export class TaskRun {
  readonly #host: HostRun;
  readonly #task: Task;
  readonly #order: Order;
  readonly #about: TaskOnHost;
  readonly #turn: TurnRun;
  /** What the debugger says is to be done in its place; its own result does not count then. */
  again: Task | undefined;

  constructor(host: HostRun, task: Task, order: Order, debugged?: Debugged) {
    this.#host = host;
    this.#task = task;
    this.#order = order;
    const sequence = host.nextSequence(order);
    const info = taskInfo(host, task, order);
    this.#about = { host, task, info, sequence, startedMs: performance.now(), debugged };
    this.#turn = new TurnRun(this.#about);
  }

  /** Returns when what follows may be worked out: often before there is a result. */
  async run(): Promise<void> {
    const { host, info } = this.#about;
    host.play.run.emit({ type: 'task-started', host: host.host, task: info });
    if (!this.#task.loop) return this.#finish([await this.#turn.begin(undefined)], false);
    const turns = await this.#turns();
    if (!Array.isArray(turns)) return this.#finish([turns], false);
    await this.#finish(await runLoop(this.#about, this.#turn, turns), true);
  }

  /** The turns of the loop, or what the task comes to where there can be none. */
  async #turns(): Promise<Turn[] | UnderWay> {
    const { loop } = this.#task;
    if (!loop) return [];
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

  /** Makes the result known: at once where nothing has to be waited for, else when it has come. */
  async #finish(turns: readonly LoopedTurn[], isLoop: boolean): Promise<void> {
    const host = this.#host;
    const { register } = this.#task;
    const settling = host.settle(this.#order, async () => {
      const results: Judged[] = [];
      for (const underWay of turns) {
        const result = saved(host.pretended ? tolerated(await underWay.outcome) : await underWay.outcome);
        results.push(result);
        if (isLoop) settleItem(this.#about, underWay, result);
      }
      const result = isLoop ? combineResults(results) : results[0];
      if (result === undefined) return;
      const came = { turns, results, result };
      this.again = await host.play.run.debugging.ask(this.#about, came);
      if (this.again === undefined) settleTask(this.#about, came);
    });
    if (turns.some((turn) => isSent(turn) && bringsFacts(turn))) this.#gather(settling);
    if (!turns.some(isSent)) await this.#foresee(turns, isLoop);
    else if (register !== undefined)
      host.state.set('setFacts', register, { state: 'pending', ready: settling }, this.#about.sequence);
    if (
      this.#about.debugged ||
      turns.some(({ work, isFailedHere }) => isFailedHere || (work && this.#turn.decidesHere(work)))
    )
      await host.drain();
    if (this.again !== undefined) return;
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
    remember(this.#about, { turns, results, result });
    if (result.status === 'failed' && !isIgnored({ turns, results, result })) await this.#host.drain();
  }
}
