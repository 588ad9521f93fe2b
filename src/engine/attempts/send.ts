import { KprovError } from '../../errors/index.js';
import type { Outcome, Program, Upload } from '../../tasks/index.js';
import { mapping, Pending, Unknowable } from '../../values/index.js';
import { foretell, noAsync, runInBackground } from '../conversation/background.js';
import type { Conversation } from '../conversation/conversation.js';
import { LastWords } from '../conversation/last-words.js';
import { failedBy, interpret, type RawResult, reportOf, settled } from '../results/task-result.js';
import type { Attempt } from './attempt.js';
import { stopIfInterrupted } from './interruption.js';
import type { TaskOnHost } from './settlement.js';

/** The host ends a command at its deadline; this long after it nobody waits any more. */
const graceMs = 10_000;

/** One turn on its way to a host. */
interface Sending {
  work: Attempt;
  /** One of the items of a loop, at whose end alone the host may stop. */
  isItem: boolean;
  /** This side says whether it has failed. */
  isJudgedHere: boolean;
}

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

/** The conversation with the host that the task is about, or with the one it is delegated to. */
export function conversationOf({ host, task }: TaskOnHost, delegateTo: string | undefined): Conversation {
  return host.play.conversationWith(delegateTo ?? host.host, task, host.host);
}

/**
 * Sends the first program and those that follow from what comes back; an outcome is taken as it is. What goes wrong is a
 * result; throws Stop where the run was interrupted.
 */
export async function sendWork(about: TaskOnHost, sending: Sending, first: Program | Outcome): Promise<RawResult> {
  const { host, task } = about;
  const { work } = sending;
  const heard = new LastWords();
  if (work.asyncSeconds > 0 && work.check) {
    const raw = await sendWork(about, { ...sending, work: { ...work, asyncSeconds: 0 } }, first);
    return foretell(host.play.run, work.delegateTo ?? host.host, work, raw);
  }
  try {
    if (work.asyncSeconds > 0) return await inBackground(about, work, first);
    if (first.kind !== 'program') return settled(first);
    // A deadline counts from when the host begins with it.
    if (work.timeoutMs !== undefined) await host.drain();
    let step = await send(about, sending, first, heard);
    let isChanged = false;
    for (let { next } = first; next; ) {
      isChanged ||= step.status === 'changed';
      if (step.status === 'failed' || step.status === 'unknown') break;
      const goOn = next;
      const reported = reportOf(step);
      const following = await whenKnown(() => goOn(reported));
      if (!following) break;
      if (following.kind !== 'program') return settled(following);
      step = await send(about, sending, following, heard);
      next = following.next;
    }
    if (isChanged && step.status === 'ok') step = { ...step, status: 'changed' };
    const last = step;
    const raw = await whenKnown(() => interpret(last, work, host.play.run.redactor));
    // `timeout` ends a command with exit code 124.
    if (work.timeoutMs === undefined || raw.value.rc !== 124) return raw;
    const late = `The ${task.action} action failed to execute in the expected time frame (${work.timeoutMs / 1000}) and was terminated`;
    return tooLate(work, raw, `${late}; ${heard.tell()}`);
  } catch (error) {
    stopIfInterrupted(host, error);
    const raw = failedBy(error);
    const isLate = error instanceof KprovError && error.code === 'timed-out';
    return isLate ? tooLate(work, raw, `${String(raw.value.msg)}; ${heard.tell()}`) : raw;
  }
}

/** `async`: as a job of its own on the host. */
async function inBackground(about: TaskOnHost, work: Attempt, first: Program | Outcome): Promise<RawResult> {
  if (first.kind !== 'program') throw noAsync(work.definition.name);
  const { host } = about;
  await host.drain();
  const mode = { check: false, diff: false, mayFail: true };
  const step = { mode, become: work.become, repeatable: true, independent: true };
  return runInBackground(work, first, {
    run: host.play.run,
    host: work.delegateTo ?? host.host,
    seconds: work.asyncSeconds,
    pollSeconds: work.pollSeconds,
    send: (body) => conversationOf(about, work.delegateTo).send({ ...step, body }),
    tell: (message) =>
      host.play.run.emit({ type: 'notice', level: 'info', host: host.host, task: about.info, message }),
  });
}

/** Nothing is known of what a task did that was terminated. */
function tooLate({ timeoutMs = 0 }: Attempt, raw: RawResult, msg: string): RawResult {
  const timedout = mapping({ period: timeoutMs / 1000 });
  return { ...raw, status: 'failed', value: mapping({ msg, timedout }), diff: [] };
}

function send(about: TaskOnHost, { work, isItem, isJudgedHere }: Sending, program: Program, heard: LastWords) {
  const { host, info } = about;
  const { run } = host.play;
  const delegated = work.delegateTo !== undefined;
  return conversationOf(about, work.delegateTo).send({
    body: program.script,
    ...(program.uploads && { uploads: work.noLog ? asSecrets(program.uploads) : program.uploads }),
    ...(program.download && { download: program.download }),
    ...(program.looks && { looks: program.looks }),
    mode: {
      check: work.check,
      isAlone: !run.options.checkMode,
      diff: work.diff,
      mayFail: work.ignoreErrors || isJudgedHere || delegated,
      ...(isItem && !isJudgedHere && { loop: 'item' as const }),
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
        if (!work.noLog) run.emit({ type: 'progress', host: host.host, task: info, stream, text: chunk.toString() });
      },
    },
  });
}
