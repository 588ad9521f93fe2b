import { setTimeout as sleep } from 'node:timers/promises';
import { KprovError } from '../errors/index.js';
import type { Node, Task } from '../playbook/index.js';
import { sh } from '../shell/index.js';
import type { Outcome, Program } from '../tasks/index.js';
import { TemplateError } from '../template/index.js';
import { type Mapping, mapping, Unknowable, type Value } from '../values/index.js';
import { controls } from './controls/index.js';
import { NotBegun } from './conversation.js';
import { adopt, save } from './effects.js';
import type { Order, TaskInfo } from './events.js';
import type { HostRun } from './host-run.js';
import { loopItems, loopTurns, type Turn } from './loop.js';
import { type Attempt, attempt, countOf, flagOf, isLeftOut } from './task-attempt.js';
import {
  asItIs,
  failedBy,
  interpret,
  type Judged,
  judge,
  type RawResult,
  reportOf,
  settled,
  shown,
} from './task-result.js';
import { variablesOf } from './variables.js';

/** One turn under way: what it will come to, and what has to be known to settle it. */
interface UnderWay {
  /** Tasks that take this one's place. */
  nodes?: readonly Node[];
  turn: Turn | undefined;
  work: Attempt | undefined;
  /** Judged already where no host had to be asked. Never rejects with anything but our own faults. */
  outcome: Promise<Judged>;
  noLog: boolean;
  ignored: boolean;
}

const skipped = (condition: Value): Judged => ({
  status: 'skipped',
  value: { changed: false, skipped: true, skip_reason: 'Conditional result was False', false_condition: condition },
  diff: [],
  incomplete: false,
  save: [],
});

const isSent = ({ work }: UnderWay): boolean => typeof work?.work === 'object' && work.work.kind === 'program';

const isUsersError = (error: unknown): boolean =>
  error instanceof TemplateError ||
  error instanceof KprovError ||
  error instanceof RangeError ||
  error instanceof Unknowable;

/** One task on one host: its loop, its retries, its result. */
export class TaskRun {
  readonly #host: HostRun;
  readonly #task: Task;
  readonly #order: Order;
  readonly #sequence: number;
  #info: TaskInfo;
  #started = performance.now();

  constructor(host: HostRun, task: Task, order: Order) {
    this.#host = host;
    this.#task = task;
    this.#order = order;
    this.#sequence = host.nextSequence(order);
    this.#info = host.info(task, order, host.play.run.options.checkMode);
  }

  /** Returns when what follows may be worked out: often before there is a result. */
  async run(): Promise<void> {
    this.#host.play.run.emit({ type: 'task-started', host: this.#host.host, task: this.#info });
    const turns = await this.#turns();
    if (!Array.isArray(turns)) return this.#finish([turns], false);
    if (turns.length === 1 && turns[0] === undefined) {
      const only = await this.#begin(undefined);
      await this.#finish([only], false);
      return;
    }
    await this.#loop(turns.filter((turn) => turn !== undefined));
  }

  /** Must the result be there before anything else is sent? */
  #decidesHere(work: Attempt): boolean {
    const task = this.#task;
    return (
      task.until !== undefined ||
      (task.failedWhen !== undefined && !task.failedWhen.every((c) => c === false)) ||
      work.definition.decides === 'control' ||
      (work.work as Partial<Program>).next !== undefined ||
      work.delegateTo !== undefined
    );
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
      return { ...this.#keywords(undefined), turn: undefined, work: undefined, outcome: Promise.resolve(outcome) };
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

  /** Works the task out for one turn and sends it. */
  async #begin(turn: Turn | undefined): Promise<UnderWay> {
    const { run } = this.#host.play;
    const scope = this.#host.scope(this.#task, turn?.local);
    let work: ReturnType<typeof attempt>;
    try {
      work = await this.#host.evaluate(() => attempt(run, scope, this.#task));
    } catch (error) {
      if (!isUsersError(error)) throw error;
      return { ...this.#keywords(turn), turn, work: undefined, outcome: Promise.resolve(asItIs(failedBy(error))) };
    }
    if (isLeftOut(work)) {
      return { turn, work: undefined, outcome: Promise.resolve(skipped(work.condition)), noLog: false, ignored: false };
    }
    for (const secret of work.secrets) run.redactor.add(secret);
    const nodes: Node[] = [];
    const outcome = this.#task.until === undefined ? this.#try(work, turn, nodes) : this.#retry(work, turn);
    outcome.catch(() => undefined);
    if (this.#decidesHere(work) || work.work === 'control') await outcome;
    return { turn, work, nodes, outcome, noLog: work.noLog, ignored: work.ignoreErrors };
  }

  /** Sends the program (or takes the outcome) and judges what comes back. */
  async #try(work: Attempt, turn: Turn | undefined, nodes: Node[] = []): Promise<Judged> {
    const raw =
      work.work === 'control' ? await this.#control(work, turn, nodes) : await this.#raw(work, work.work, turn);
    return this.#judge(raw, turn);
  }

  async #control(work: Attempt, turn: Turn | undefined, nodes: Node[]): Promise<RawResult> {
    const control = controls.get(this.#task.action);
    if (!control) throw new Error(`${this.#task.action} has no control`);
    const { args, written } = work;
    try {
      const request = { host: this.#host, task: this.#task, args, written, local: turn?.local, what: this.#info.name };
      const result = await control(request);
      nodes.push(...(result.nodes ?? []));
      return result;
    } catch (error) {
      this.#stopIfInterrupted(error);
      return failedBy(error);
    }
  }

  /** What ends only because the run was interrupted has no result. Throws Stop for it. */
  #stopIfInterrupted(error: unknown): void {
    const { signal } = this.#host.play.run;
    if (!signal.aborted) return;
    const isInterrupt = error === signal.reason || error instanceof NotBegun;
    if (isInterrupt || (error instanceof Error && error.name === 'AbortError')) this.#host.checkpoint();
  }

  async #sleep(milliseconds: number): Promise<void> {
    const { signal } = this.#host.play.run;
    await sleep(milliseconds, undefined, { signal }).catch(() => this.#host.checkpoint());
  }

  async #raw(work: Attempt, first: Program | Outcome, turn: Turn | undefined): Promise<RawResult> {
    const inLoop = turn !== undefined;
    try {
      if (first.kind !== 'program') return settled(first);
      let step = await this.#send(work, first, inLoop);
      let isChanged = false;
      for (let { next } = first; next; ) {
        isChanged ||= step.status === 'changed';
        if (step.status === 'failed' || step.status === 'unknown') break;
        const following = next(reportOf(step));
        if (!following) break;
        if (following.kind !== 'program') return settled(following);
        step = await this.#send(work, following, inLoop);
        next = following.next;
      }
      if (isChanged && step.status === 'ok') step = { ...step, status: 'changed' };
      return interpret(step, work, this.#host.play.run.redactor);
    } catch (error) {
      this.#stopIfInterrupted(error);
      return failedBy(error);
    }
  }

  #send(work: Attempt, program: Program, inLoop: boolean) {
    const { host, play } = this.#host;
    const { run } = play;
    const judgedHere = this.#decidesHere(work) || this.#task.failedWhen !== undefined;
    const delegated = work.delegateTo !== undefined;
    return play.conversationWith(work.delegateTo ?? host, this.#task, host).send({
      body: program.script,
      ...(program.uploads && { uploads: program.uploads }),
      mode: {
        check: work.check,
        diff: work.diff,
        mayFail: work.ignoreErrors || judgedHere || delegated,
        ...(inLoop && !judgedHere && { loop: 'item' as const }),
        environment: work.environment,
      },
      become: work.become,
      repeatable: work.definition.repeatable !== false,
      independent: delegated,
      listener: {
        progress: (stream, chunk) => {
          if (work.noLog) return;
          run.emit({ type: 'progress', host, task: this.#info, stream, text: chunk.toString() });
        },
      },
    });
  }

  async #judge(raw: RawResult, turn: Turn | undefined): Promise<Judged> {
    try {
      // What has come back is reported even where the run has been interrupted since.
      if (this.#host.play.run.signal.aborted) return this.#judged(raw, turn);
      return await this.#host.evaluate(() => this.#judged(raw, turn));
    } catch (error) {
      if (!isUsersError(error)) throw error;
      // What the task did stays to be seen.
      const { value, ...failed } = failedBy(error);
      return asItIs({ ...raw, ...failed, value: { ...raw.value, changed: raw.status === 'changed', ...value } });
    }
  }

  /** What is to be known of a task that could not be worked out; a keyword that cannot be had counts as not there. */
  #keywords(turn: Turn | undefined): Pick<UnderWay, 'noLog' | 'ignored'> {
    const { templar } = this.#host.play.run.scope;
    const variables = variablesOf(this.#host.scope(this.#task, turn?.local));
    const isSet = (flag: Value | undefined, otherwise: boolean): boolean => {
      try {
        return flagOf(flag, false, templar, variables);
      } catch {
        return otherwise;
      }
    };
    return { noLog: isSet(this.#task.noLog, true), ignored: isSet(this.#task.ignoreErrors, false) };
  }

  #judged(raw: RawResult, turn: Turn | undefined): Judged {
    return judge(this.#host.play.run, this.#host.scope(this.#task, turn?.local), this.#task, raw);
  }

  async #retry(work: Attempt, turn: Turn | undefined): Promise<Judged> {
    const { run } = this.#host.play;
    const { templar } = run.scope;
    const scope = this.#host.scope(this.#task, turn?.local);
    const variables = variablesOf(scope);
    const retries = countOf(this.#task.retries, templar, variables) ?? 3;
    const delay = countOf(this.#task.delay, templar, variables) ?? 5;
    for (let attempts = 1; ; attempts++) {
      const result = await this.#try(work, turn);
      result.value.attempts = attempts;
      if (result.status === 'unreachable' || result.status === 'unknown' || result.incomplete) return result;
      const local = {
        ...turn?.local,
        ...(this.#task.register !== undefined && { [this.#task.register]: result.value }),
      };
      const done = await this.#host.evaluate(() => {
        const seen = variablesOf(this.#host.scope(this.#task, local));
        return (this.#task.until ?? []).every((c) => templar.evaluateCondition(c, seen));
      });
      if (done) return result;
      if (attempts > retries) {
        // Ansible does not count the first try among the attempts where all were in vain.
        result.value.attempts = retries;
        result.value.failed = true;
        return { ...result, status: 'failed' };
      }
      const left = retries - attempts + 1;
      run.emit({
        type: 'notice',
        level: 'info',
        host: this.#host.host,
        message: `FAILED - RETRYING: [${this.#host.host}]: ${this.#info.name} (${left} retries left).`,
      });
      await this.#sleep(delay * 1000);
    }
  }

  async #loop(turns: readonly Turn[]): Promise<void> {
    const { templar } = this.#host.play.run.scope;
    const begun: UnderWay[] = [];
    const pause = countOf(this.#task.loop?.control.pause, templar, variablesOf(this.#host.scope(this.#task)));
    for (const [index, turn] of turns.entries()) {
      if (pause && index > 0) await this.#sleep(pause * 1000);
      const underWay = await this.#begin(turn);
      begun.push(underWay);
      // What an item sets the next one sees.
      const { work } = underWay;
      if (work?.definition.name === 'set_fact') adopt(this.#host, work, await underWay.outcome, this.#sequence);
    }
    const sent = begun.find(isSent);
    if (sent?.work && !sent.ignored && sent.work.delegateTo === undefined && !this.#decidesHere(sent.work)) {
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

  /** Makes the result known: at once where nothing has to be waited for, else when it has come. */
  async #finish(turns: readonly UnderWay[], isLoop: boolean): Promise<void> {
    const host = this.#host;
    const { register } = this.#task;
    const settling = host.settle(this.#order, async () => {
      const results: Judged[] = [];
      for (const underWay of turns) {
        const result = host.tolerate(await underWay.outcome);
        results.push(result);
        if (isLoop) this.#itemDone(underWay, result);
      }
      const result = isLoop ? this.#combine(turns, results) : results[0];
      if (result) this.#done(turns, results, result);
    });
    if (turns.some((turn) => isSent(turn) && turn.work?.definition.name === 'setup')) this.#gather(settling);
    const local = !turns.some(isSent);
    if (local) await this.#foresee(turns, isLoop);
    else if (register !== undefined)
      host.state.set('setFacts', register, { state: 'pending', ready: settling }, this.#sequence);
    if (turns.some(({ work }) => work && this.#decidesHere(work))) await host.drain();
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
    const result = isLoop ? this.#combine(turns, results) : results[0];
    if (!result) return;
    this.#remember(turns, results, result);
    if (result.status === 'failed' && !this.#allIgnored(turns, results)) await this.#host.drain();
  }

  /** Ansible's recap counts each file that include_tasks brings, and an include_role not at all. */
  #countsAs(results: readonly Judged[], { status }: Judged): number {
    if (status !== 'ok') return 1;
    if (this.#task.action === 'include_role') return 0;
    return this.#task.action === 'include_tasks' ? results.filter((each) => each.status === 'ok').length : 1;
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
      if (work) adopt(this.#host, work, judgedResult, this.#sequence);
    }
  }

  #done(turns: readonly UnderWay[], results: readonly Judged[], result: Judged): void {
    const host = this.#host;
    const { run } = host.play;
    this.#remember(turns, results, result);
    for (const each of results) save(each);
    const ignored = result.status === 'failed' && this.#allIgnored(turns, results);
    const unreachableIgnored = result.status === 'unreachable' && turns.some((turn) => turn.work?.ignoreUnreachable);
    const delegatedTo = turns[0]?.work?.delegateTo;
    if (run.options.checkMode && ['changed', 'unknown'].includes(result.status)) host.pretended = true;
    if (result.status === 'skipped' && result.incomplete) host.pretended = true;
    for (let i = this.#countsAs(results, result); i > 0; i--) {
      run.stats.count(host.host, result, ignored || unreachableIgnored);
    }
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
    if (result.status === 'changed') this.#notify(turns, results);
    if (result.status === 'failed' && !ignored) host.fail({ sequence: this.#sequence, task: this.#task, result });
    if (result.status === 'unreachable' && !unreachableIgnored) host.lose(this.#sequence);
  }

  /** Of a loop every item that was not left out notifies, with its own value of `item`. */
  #notify(turns: readonly UnderWay[], results: readonly Judged[]): void {
    for (const topic of this.#task.notify ?? []) {
      const names = turns
        .filter((_, index) => results[index]?.status !== 'skipped')
        .map(({ turn }) => this.#host.tryRender(topic, this.#host.scope(this.#task, turn?.local)));
      for (const name of new Set(names)) this.#host.play.notify(this.#host, name, this.#task);
    }
  }

  #itemDone({ turn, noLog }: UnderWay, result: Judged): void {
    if (!turn) return;
    const { run } = this.#host.play;
    const loopVar = this.#task.loop?.control.loopVar ?? 'item';
    result.value[loopVar] = turn.item;
    for (const name of ['ansible_loop_var', 'ansible_index_var', 'ansible_loop']) {
      if (turn.local[name] !== undefined) result.value[name] = turn.local[name];
    }
    const { indexVar } = this.#task.loop?.control ?? {};
    if (indexVar !== undefined) result.value[indexVar] = turn.local[indexVar] ?? null;
    const written = this.#task.loop?.control.label;
    const label = this.#host.tryRender(written ?? `{{ ${loopVar} }}`, this.#host.scope(this.#task, turn.local));
    result.value._ansible_item_label = written === undefined ? turn.item : label;
    run.emit({
      type: 'item-finished',
      host: this.#host.host,
      task: this.#info,
      label: noLog ? '(censored due to no_log)' : run.redactor.mask(label),
      result: shown(run, result, noLog),
    });
  }

  /** The result of a loop: `results`, and changed, failed, skipped over all of them. */
  #combine(turns: readonly UnderWay[], results: readonly Judged[]): Judged {
    const has = (status: string) => results.some((result) => result.status === status);
    const all = (status: string) => results.length > 0 && results.every((result) => result.status === status);
    const status = has('unreachable')
      ? 'unreachable'
      : has('failed')
        ? 'failed'
        : has('unknown')
          ? 'unknown'
          : has('changed')
            ? 'changed'
            : all('skipped') || turns.length === 0
              ? 'skipped'
              : 'ok';
    const value: Mapping = mapping({
      changed: has('changed'),
      results: results.map((result) => result.value),
      ...(status === 'failed' && { failed: true, msg: 'One or more items failed' }),
      ...(status === 'changed' || status === 'ok' ? { msg: 'All items completed' } : {}),
      ...(status === 'skipped' && {
        skipped: true,
        ...(turns.length === 0 ? { skipped_reason: 'No items in the list' } : { msg: 'All items skipped' }),
      }),
    });
    const first = results.find((result) => result.status === status && result.message !== undefined);
    return {
      status,
      value,
      diff: [],
      incomplete: results.some((result) => result.incomplete),
      save: [],
      ...(status === 'failed' && { message: String(value.msg) }),
      ...(status === 'unknown' && first?.message !== undefined && { message: first.message }),
    };
  }
}
