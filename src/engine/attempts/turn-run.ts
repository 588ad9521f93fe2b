import { KprovError } from '../../errors/index.js';
import type { Node, Task } from '../../playbook/index.js';
import type { Program } from '../../tasks/index.js';
import type { Value } from '../../values/index.js';
import { controls } from '../controls/index.js';
import { asItIs, failedBy, isUsersError, type Judged, judge, type RawResult } from '../results/task-result.js';
import type { HostRun } from '../scheduler/host-run.js';
import { variablesOf } from '../variables/variables.js';
import { type Attempt, attempt, isLeftOut } from './attempt.js';
import { stopIfInterrupted } from './interruption.js';
import { asCount, asFlag, inheritedKeyword, type Keyword } from './keyword.js';
import type { Turn } from './loop.js';
import { tryTopics } from './names.js';
import { untilDone } from './retry.js';
import { conversationOf, sendWork } from './send.js';
import type { TaskOnHost } from './settlement.js';

/** One turn under way: what it will come to, and what has to be known to settle it. */
export interface UnderWay {
  /** Tasks that take this one's place. */
  nodes?: readonly Node[];
  turn: Turn | undefined;
  work: Attempt | undefined;
  /** Judged already where no host had to be asked. Never rejects with anything but our own faults. */
  outcome: Promise<Judged>;
  noLog: boolean;
  ignored: boolean;
}

/** `when` says no. */
export const skipped = (condition: Value): Judged => ({
  status: 'skipped',
  value: { changed: false, skipped: true, skip_reason: 'Conditional result was False', false_condition: condition },
  diff: [],
  incomplete: false,
  save: [],
});

/** Is the host asked? Otherwise the control side alone can say what the turn comes to. */
export const isSent = ({ work }: UnderWay): boolean => typeof work?.work === 'object' && work.work.kind === 'program';

/** A task's turns, one for each item of its loop: working out, sending, judging, trying again. */
export class TurnRun {
  readonly #about: TaskOnHost;
  readonly #host: HostRun;
  readonly #task: Task;
  #isUnheard: boolean | undefined;

  constructor(about: TaskOnHost) {
    this.#about = about;
    this.#host = about.host;
    this.#task = about.task;
  }

  /** Must the result be there before anything else is sent? */
  decidesHere(work: Attempt): boolean {
    const task = this.#task;
    return (
      this.#about.debugged !== undefined ||
      task.until !== undefined ||
      task.throttle !== undefined ||
      task.async !== undefined ||
      work.timeoutMs !== undefined ||
      (task.failedWhen !== undefined && !task.failedWhen.every((c) => c === false)) ||
      work.definition.decides === 'control' ||
      (work.work as Partial<Program>).next !== undefined ||
      work.delegateTo !== undefined ||
      this.#notifiesNobody()
    );
  }

  /** A change would fail then: nothing may be sent behind it. Asked several times for each turn, looked up once. */
  #notifiesNobody(): boolean {
    const host = this.#host;
    this.#isUnheard ??= (this.#task.notify ?? [])
      .flatMap((topic) => tryTopics(topic, host.scope(this.#task)))
      .some((topic) => host.play.handlers.hearing(host, topic).length === 0);
    return this.#isUnheard;
  }

  /** Works the task out for one turn and sends it. */
  async begin(turn: Turn | undefined): Promise<UnderWay> {
    const { run } = this.#host.play;
    const scope = this.#host.scope(this.#task, turn?.local);
    let work: ReturnType<typeof attempt>;
    let throttle: number | undefined;
    try {
      work = await this.#host.evaluate(() =>
        attempt(run, scope, this.#task, ({ delegateTo, ...owner }) => ({
          ...owner,
          conversation: conversationOf(this.#about, delegateTo),
        })),
      );
      if (this.#task.throttle !== undefined) {
        const rendering = { templar: run.scope.templar, variables: variablesOf(scope) };
        throttle = await this.#host.evaluate(() => asCount(inheritedKeyword(this.#task, 'throttle', rendering)));
      }
    } catch (error) {
      if (!isUsersError(error)) throw error;
      const raw = failedBy(error);
      // The module's own verdict on its arguments, which failed_when may overrule.
      const isVerdict = error instanceof KprovError && error.code === 'bad-argument';
      const outcome = isVerdict ? this.#judge(raw, turn) : Promise.resolve(asItIs(raw));
      return { ...this.keywords(turn), turn, work: undefined, outcome };
    }
    if (isLeftOut(work)) {
      return { turn, work: undefined, outcome: Promise.resolve(skipped(work.condition)), noLog: false, ignored: false };
    }
    for (const secret of work.secrets) run.redactor.add(secret);
    const nodes: Node[] = [];
    const leave = await this.#enter(throttle);
    const outcome =
      this.#task.until === undefined
        ? this.#try(work, turn, nodes)
        : untilDone(this.#about, turn, () => this.#try(work, turn));
    outcome.catch(() => undefined).finally(leave);
    if (this.decidesHere(work) || work.work === 'control') await outcome;
    return { turn, work, nodes, outcome, noLog: work.noLog, ignored: work.ignoreErrors };
  }

  /** `throttle`: takes a place at the task, once everything before it is done. Returns what gives it up. */
  async #enter(count: number | undefined): Promise<() => void> {
    if (!count) return () => undefined;
    const host = this.#host;
    await host.drain();
    const throttle = host.play.throttle(this.#task, count);
    await host.waitFor(throttle.holder, throttle.acquire(host.host));
    const leave = () => throttle.release(host.host);
    try {
      host.checkpoint();
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  /** Sends the program (or takes the outcome) and judges what comes back. */
  async #try(work: Attempt, turn: Turn | undefined, nodes: Node[] = []): Promise<Judged> {
    const isJudgedHere = this.decidesHere(work) || this.#task.failedWhen !== undefined;
    const sending = { work, isItem: turn !== undefined, isJudgedHere };
    const raw =
      work.work === 'control'
        ? await this.#control(work, turn, nodes)
        : await sendWork(this.#about, sending, work.work);
    return this.#judge(work.definition.diffIsMapping ? { ...raw, diffIsMapping: true } : raw, turn);
  }

  async #control(work: Attempt, turn: Turn | undefined, nodes: Node[]): Promise<RawResult> {
    const control = controls.get(this.#task.action);
    if (!control) throw new Error(`${this.#task.action} has no control`);
    const { args, written } = work;
    try {
      const conversation = conversationOf(this.#about, work.delegateTo);
      const about = { args, written, work, conversation, local: turn?.local, what: this.#about.info.name };
      const request = { host: this.#host, task: this.#task, ...about };
      const result = await control(request);
      nodes.push(...(result.nodes ?? []));
      return result;
    } catch (error) {
      stopIfInterrupted(this.#host, error);
      return failedBy(error);
    }
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
  keywords(turn: Turn | undefined): Pick<UnderWay, 'noLog' | 'ignored'> {
    const { templar } = this.#host.play.run.scope;
    const variables = variablesOf(this.#host.scope(this.#task, turn?.local));
    const isSet = (keyword: Keyword, otherwise: boolean): boolean => {
      try {
        return asFlag(inheritedKeyword(this.#task, keyword, { templar, variables }), false);
      } catch {
        return otherwise;
      }
    };
    return { noLog: isSet('noLog', true), ignored: isSet('ignoreErrors', false) };
  }

  #judged(raw: RawResult, turn: Turn | undefined): Judged {
    return judge(this.#host.play.run, this.#host.scope(this.#task, turn?.local), this.#task, raw);
  }
}
