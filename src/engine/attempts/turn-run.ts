import { setTimeout as sleep } from 'node:timers/promises';
import { KprovError } from '../../errors/index.js';
import type { Node, Task } from '../../playbook/index.js';
import type { Outcome, Program, Upload } from '../../tasks/index.js';
import { mapping, Pending, Unknowable, type Value } from '../../values/index.js';
import { controls } from '../controls/index.js';
import { noAsync, runInBackground } from '../conversation/background.js';
import type { Conversation } from '../conversation/conversation.js';
import { LastWords } from '../conversation/last-words.js';
import type { TaskInfo } from '../events.js';
import { NotBegun } from '../results/outcomes.js';
import {
  asItIs,
  failedBy,
  interpret,
  isUsersError,
  type Judged,
  judge,
  type RawResult,
  reportOf,
  settled,
} from '../results/task-result.js';
import type { HostRun } from '../scheduler/host-run.js';
import { variablesOf } from '../variables/variables.js';
import { type Attempt, attempt, isLeftOut } from './attempt.js';
import { asCount, asFlag, countOf, inheritedKeyword, type Keyword } from './keyword.js';
import type { Turn } from './loop.js';
import { tryTopics } from './names.js';

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

/** The host ends a command at its deadline; this long after it nobody waits any more. */
const graceMs = 10_000;

/** What reads a report may want a checksum of a large file that is still worked out. */
async function whenKnown<T>(read: () => T): Promise<T> {
  for (;;) {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Pending) || error instanceof Unknowable) throw error;
      await error.ready;
    }
  }
}

/** What a task does not show goes from host to host the less. */
const asSecrets = (uploads: readonly Upload[]): Upload[] => uploads.map(({ path, content }) => ({ path, content }));

/** A task's turns, one for each item of its loop: working out, sending, judging, trying again. */
export class TurnRun {
  readonly #host: HostRun;
  readonly #task: Task;
  readonly #info: TaskInfo;
  #isUnheard: boolean | undefined;

  constructor(host: HostRun, task: Task, info: TaskInfo) {
    this.#host = host;
    this.#task = task;
    this.#info = info;
  }

  /** Must the result be there before anything else is sent? */
  decidesHere(work: Attempt): boolean {
    const task = this.#task;
    return (
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
          conversation: this.#with(delegateTo),
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
    const outcome = this.#task.until === undefined ? this.#try(work, turn, nodes) : this.#retry(work, turn);
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
    const raw =
      work.work === 'control' ? await this.#control(work, turn, nodes) : await this.#raw(work, work.work, turn);
    return this.#judge(work.definition.diffIsMapping ? { ...raw, diffIsMapping: true } : raw, turn);
  }

  async #control(work: Attempt, turn: Turn | undefined, nodes: Node[]): Promise<RawResult> {
    const control = controls.get(this.#task.action);
    if (!control) throw new Error(`${this.#task.action} has no control`);
    const { args, written } = work;
    try {
      const conversation = this.#with(work.delegateTo);
      const about = { args, written, work, conversation, local: turn?.local, what: this.#info.name };
      const request = { host: this.#host, task: this.#task, ...about };
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

  /** Ends early with Stop when the run is interrupted. */
  async sleep(milliseconds: number): Promise<void> {
    const { signal } = this.#host.play.run;
    await sleep(milliseconds, undefined, { signal }).catch(() => this.#host.checkpoint());
  }

  async #raw(work: Attempt, first: Program | Outcome, turn: Turn | undefined): Promise<RawResult> {
    const inLoop = turn !== undefined;
    const heard = new LastWords();
    try {
      if (work.asyncSeconds > 0 && !work.check) return await this.#inBackground(work, first);
      if (first.kind !== 'program') return settled(first);
      // A deadline counts from when the host begins with it.
      if (work.timeoutMs !== undefined) await this.#host.drain();
      let step = await this.#send(work, first, inLoop, heard);
      let isChanged = false;
      for (let { next } = first; next; ) {
        isChanged ||= step.status === 'changed';
        if (step.status === 'failed' || step.status === 'unknown') break;
        const goOn = next;
        const reported = reportOf(step);
        const following = await whenKnown(() => goOn(reported));
        if (!following) break;
        if (following.kind !== 'program') return settled(following);
        step = await this.#send(work, following, inLoop, heard);
        next = following.next;
      }
      if (isChanged && step.status === 'ok') step = { ...step, status: 'changed' };
      const last = step;
      const raw = await whenKnown(() => interpret(last, work, this.#host.play.run.redactor));
      return this.#timed(work, raw, heard);
    } catch (error) {
      this.#stopIfInterrupted(error);
      const raw = failedBy(error);
      const isLate = error instanceof KprovError && error.code === 'timed-out';
      return isLate ? this.#late(work, raw, `${String(raw.value.msg)}; ${heard.tell()}`) : raw;
    }
  }

  /** `async`: as a job of its own on the host. */
  async #inBackground(work: Attempt, first: Program | Outcome): Promise<RawResult> {
    if (first.kind !== 'program') throw noAsync(work.definition.name);
    await this.#host.drain();
    const { host, play } = this.#host;
    const mode = { check: false, diff: false, mayFail: true };
    return runInBackground(work, first, {
      run: play.run,
      host: work.delegateTo ?? host,
      seconds: work.asyncSeconds,
      pollSeconds: work.pollSeconds,
      send: (body) =>
        this.#with(work.delegateTo).send({ body, mode, become: work.become, repeatable: true, independent: true }),
    });
  }

  /** `timeout` ends a command with exit code 124. */
  #timed(work: Attempt, raw: RawResult, heard: LastWords): RawResult {
    if (work.timeoutMs === undefined || raw.value.rc !== 124) return raw;
    const seconds = work.timeoutMs / 1000;
    const msg = `The ${this.#task.action} action failed to execute in the expected time frame (${seconds}) and was terminated; ${heard.tell()}`;
    return this.#late(work, raw, msg);
  }

  /** Nothing is known of what a task did that was terminated. */
  #late({ timeoutMs = 0 }: Attempt, raw: RawResult, msg: string): RawResult {
    const timedout = mapping({ period: timeoutMs / 1000 });
    return { ...raw, status: 'failed', value: mapping({ msg, timedout }), diff: [] };
  }

  #with(delegateTo: string | undefined): Conversation {
    const { host, play } = this.#host;
    return play.conversationWith(delegateTo ?? host, this.#task, host);
  }

  #send(work: Attempt, program: Program, inLoop: boolean, heard: LastWords) {
    const { host, play } = this.#host;
    const { run } = play;
    const judgedHere = this.decidesHere(work) || this.#task.failedWhen !== undefined;
    const delegated = work.delegateTo !== undefined;
    return this.#with(work.delegateTo).send({
      body: program.script,
      ...(program.uploads && { uploads: work.noLog ? asSecrets(program.uploads) : program.uploads }),
      ...(program.download && { download: program.download }),
      ...(program.looks && { looks: program.looks }),
      mode: {
        check: work.check,
        isAlone: !this.#host.play.run.options.checkMode,
        diff: work.diff,
        mayFail: work.ignoreErrors || judgedHere || delegated,
        ...(inLoop && !judgedHere && { loop: 'item' as const }),
        environment: work.environment,
        ...(work.timeoutMs !== undefined && { limitSeconds: work.timeoutMs / 1000 }),
      },
      become: work.become,
      repeatable: work.definition.repeatable !== false,
      independent: delegated,
      ...(work.timeoutMs !== undefined && { timeoutMs: work.timeoutMs + graceMs }),
      listener: {
        progress: (stream, chunk) => {
          heard.hear(chunk);
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

  async #retry(work: Attempt, turn: Turn | undefined): Promise<Judged> {
    const { run } = this.#host.play;
    const { templar } = run.scope;
    const rendering = { templar, variables: variablesOf(this.#host.scope(this.#task, turn?.local)) };
    const retries = countOf(this.#task.retries, rendering) ?? 3;
    const delay = countOf(this.#task.delay, rendering) ?? 5;
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
      await this.sleep(delay * 1000);
    }
  }
}
