import type { Connection } from '../../transport/index.js';
import { NotBegun, OutcomeUnknown } from '../results/outcomes.js';
import { isBroughtApart } from '../transfer/bring-file.js';
import { becomeError, shellKey } from './become.js';
import type { ConversationOptions } from './conversation-options.js';
import { LargeFiles } from './large-files.js';
import { makeNonce } from './nonce.js';
import type { ShellEnded, StepReport } from './shell-session.js';
import { type Shell, Shells } from './shells.js';
import { sendSmallFile } from './small-files.js';
import { type InFlight, type StepRequest, tooLate } from './step.js';

/** An epoch that never fails. */
const independent = -1;

/**
 * The conversation with one host: one connection, one shell per user on it, steps sent ahead of their answers. A
 * connection that breaks is built up again, and what may be repeated is repeated.
 */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #shells: Shells;
  readonly #files: LargeFiles;
  /** Sending is serialised; waiting for answers is not. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Puts steps of a lost shell on their way again before anything else is sent. */
  #recovering: Promise<void> | undefined;
  #lastKey: string | undefined;
  #epoch = 0;
  #busy = 0;
  #slot: Promise<void> = Promise.resolve();

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#shells = new Shells(options, (shell, ended) => this.#lost(shell, ended));
    this.#files = new LargeFiles(options, this.#shells);
  }

  /** Connects, if that has not been begun. Throws ConnectError. */
  connect(): Promise<Connection> {
    return this.#shells.connect();
  }

  /** After a failure the host discards what was queued; steps sent from here on are run again. */
  resume(): void {
    this.#epoch++;
  }

  /** Sends a step behind those already sent. Rejects with ConnectError, KprovError (become) or OutcomeUnknown. */
  send(request: StepRequest): Promise<StepReport> {
    const epoch = request.independent ? independent : this.#epoch;
    return this.#underWay(
      () =>
        new Promise((resolve, reject) => {
          const step: InFlight = { request, epoch, tries: 0, nonce: makeNonce(), resolve, reject };
          this.#turn = this.#turn.then(() => this.#deliver(step)).catch(reject);
        }),
    );
  }

  /** Holds a slot from the first step under way to the last answer. */
  async #underWay<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy++ === 0) this.#slot = this.#options.slots.acquire();
    await this.#slot;
    try {
      return await work();
    } finally {
      if (--this.#busy === 0) this.#options.slots.release();
    }
  }

  close(): Promise<void> {
    return this.#shells.close();
  }

  /** Gives up the connection but not the conversation: the next step connects anew (after a reboot). */
  disconnect(): Promise<void> {
    return this.#shells.disconnect();
  }

  async #deliver(step: InFlight): Promise<void> {
    while (this.#recovering) await this.#recovering;
    const key = shellKey(step.request.become);
    // Steps of different users keep their order.
    if (this.#lastKey !== undefined && this.#lastKey !== key) await this.#shells.quiet();
    this.#lastKey = key;
    const shell = await this.#dispatch(step);
    await shell?.session.drained();
  }

  /** Asks the shell of the step, once what the step needs is there; undefined where it has failed for want of that. */
  async #dispatch(step: InFlight): Promise<Shell | undefined> {
    if (!(await this.#files.prepare(step))) return undefined;
    const shell = await this.#shells.of(step.request.become);
    this.#ask(shell, step);
    return shell;
  }

  #ask(shell: Shell, step: InFlight): void {
    const { request, epoch } = step;
    shell.inFlight.add(step);
    // It may be gone before the first step comes to it: a login that gives no shell says so at once.
    if (shell.ended) {
      this.#lost(shell, shell.ended);
      return;
    }
    let broken: StepReport | undefined;
    for (const upload of request.uploads ?? []) {
      if (isBroughtApart(upload)) continue;
      sendSmallFile(shell.session, upload, epoch, (report) => {
        if (report.status === 'failed') broken ??= report;
      });
    }
    const again = step.tries > 0 && { nonce: makeNonce(), first: step.nonce };
    const looks = request.looks && { looks: request.looks };
    const sent = { ...request.mode, nonce: step.nonce, epoch, body: request.body, ...looks, ...again };
    const deadline =
      request.timeoutMs === undefined ? undefined : setTimeout(() => this.#giveUp(shell, step), request.timeoutMs);
    shell.session.send(sent, request.listener).then(
      (report) => {
        clearTimeout(deadline);
        shell.inFlight.delete(step);
        for (const [name, text] of step.downloaded ?? []) report.fields.set(name, Buffer.from(text));
        step.resolve(report.status === 'discarded' && broken ? broken : report);
      },
      // What a lost shell did not answer is dealt with all at once, in order.
      () => clearTimeout(deadline),
    );
  }

  /** The host has not kept its own deadline: nobody waits for this step any longer. */
  #giveUp(shell: Shell, step: InFlight): void {
    shell.inFlight.delete(step);
    step.reject(tooLate());
    shell.session.close();
  }

  #lost(shell: Shell, ended: ShellEnded): void {
    const steps = [...shell.inFlight];
    shell.inFlight.clear();
    if (steps.length === 0) return;
    if (this.#options.signal.aborted) {
      // A shell that ended in an orderly way was between two steps.
      const isOrderly = ended.exit.kind !== 'lost' || !ended.wasReady;
      for (const [at, step] of steps.entries()) {
        step.reject(isOrderly || at > 0 ? new NotBegun() : new OutcomeUnknown(ended));
      }
      return;
    }
    const { isClosed } = this.#shells;
    const { become } = steps[0]?.request ?? { become: { kind: 'login' as const } };
    const fatal = isClosed || (!ended.wasReady && ended.exit.kind === 'exited');
    if (fatal) {
      const error = become.kind === 'user' && !isClosed ? becomeError(ended, become.user) : ended;
      for (const step of steps) step.reject(error);
      return;
    }
    const recovery = this.#recover(steps, ended).finally(() => {
      if (this.#recovering === recovery) this.#recovering = undefined;
    });
    this.#recovering = recovery;
  }

  /** The oldest step may have been under way when the shell was lost; those behind it may have been, too. */
  async #recover(steps: InFlight[], ended: ShellEnded): Promise<void> {
    const first = steps.findIndex(({ request, tries }) => !request.repeatable || tries >= this.#options.maxReconnects);
    const again = first < 0 ? steps : steps.slice(0, first);
    const given = first < 0 ? [] : steps.slice(first);
    for (const step of given) step.reject(new OutcomeUnknown(ended));
    if (again.length === 0) return;
    this.#options.notice('the connection was lost; connecting again');
    try {
      for (const step of again) {
        step.tries++;
        await this.#dispatch(step);
      }
    } catch (error) {
      for (const step of again) step.reject(error);
    }
  }
}
