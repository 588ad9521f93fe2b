import { createHash } from 'node:crypto';
import { KprovError } from '../../errors/index.js';
import {
  askAddress,
  type Become,
  type BecomeDetails,
  canReceive,
  renderLogin,
  renderReception,
  renderSession,
  type Script,
  type StepMode,
  sh,
} from '../../shell/index.js';
import type { Download, Upload } from '../../tasks/index.js';
import {
  type Channel,
  ChannelRefused,
  type Connection,
  ConnectionLost,
  type Target,
  type Transport,
} from '../../transport/index.js';
import { isLarge } from '../../values/index.js';
import { NotBegun, OutcomeUnknown } from '../outcomes.js';
import type { Slots } from '../slots.js';
import { BringFile, isBroughtApart } from '../transfer/bring-file.js';
import { FetchFile } from '../transfer/fetch-file.js';
import { answer, type Sessions } from '../transfer/hand-on.js';
import type { Transfers } from '../transfer/transfers.js';
import { makeNonce } from './nonce.js';
import { becomeError, ShellEnded, ShellSession, type StepListener, type StepReport } from './shell-session.js';

export interface StepRequest {
  body: Script;
  mode: StepMode;
  become: BecomeRequest;
  /** May it be sent again when its end was not seen? */
  repeatable: boolean;
  uploads?: readonly Upload[];
  download?: Download;
  /** Paths that it looks at, where it leaves valid what others have seen; as in Program. */
  looks?: readonly string[];
  listener?: StepListener;
  /** How long its answer may take; then its shell is given up. */
  timeoutMs?: number;
  /** Not part of this host's own sequence: runs although an earlier step has failed. */
  independent?: boolean;
}

/** Whom the step runs as: the login user, or somebody he becomes. */
export type BecomeRequest =
  | { kind: 'login' }
  | ({
      kind: 'user';
      user: string;
      /** Default sudo. */
      method?: 'sudo' | 'su';
    } & BecomeDetails);

export interface ConversationOptions {
  transport: Transport;
  target: Target;
  signal: AbortSignal;
  /** `forks`: held while steps are under way. */
  slots: Slots;
  /** Shared by all hosts of a run. */
  transfers: Transfers;
  /** How often a lost connection is built up again for one step before the host counts as unreachable. */
  maxReconnects: number;
  notice(message: string): void;
  /** What is of interest with -v only. */
  remark(message: string): void;
  /** Taken on the host by the shells of root; undefined where nothing is to be changed. */
  lock?: RunLock;
}

/** Keeps two runs from changing a host at once. */
export interface RunLock {
  /** Of this run alone. */
  run: string;
  /** "alice@laptop since 2026-11-21 12:00:00 UTC" */
  who: string;
  /** The runs, apart by spaces, one of whose tasks has started this one. */
  within?: string;
}

/** A step between its sending and its answer. */
interface InFlight {
  request: StepRequest;
  epoch: number;
  tries: number;
  /** The mark it was sent under first. */
  nonce: string;
  /** What came of its download: fields of its report. */
  downloaded?: ReadonlyMap<string, string>;
  resolve(report: StepReport): void;
  reject(error: unknown): void;
}

interface Shell {
  key: string;
  session: ShellSession;
  inFlight: Set<InFlight>;
  /** Why it is gone. */
  ended?: ShellEnded;
}

const keyOf = (become: BecomeRequest): string =>
  become.kind === 'login'
    ? ''
    : [become.user, become.method ?? 'sudo', become.exe ?? '', ...(become.flags ?? [])].join(' ');
const tooLate = () => new KprovError('timed-out', 'the host did not answer within the time of the task');

/** After an interrupt a host that has not said a word for so long counts as hung. */
const hangMs = 10_000;
/** Of steps that only prepare for another one. */
const apart = { check: false, diff: false, mayFail: true };
/** An epoch that never fails. */
const independent = -1;
const chunkBytes = 48 * 1024;

/**
 * The conversation with one host: one connection, one shell per user on it, steps sent ahead of their answers. A
 * connection that breaks is built up again, and what may be repeated is repeated.
 */
export class Conversation {
  readonly #options: ConversationOptions;
  #connecting: Promise<Connection> | undefined;
  #shells: Shell[] = [];
  /** Sending is serialised; waiting for answers is not. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Puts steps of a lost shell on their way again before anything else is sent. */
  #recovering: Promise<void> | undefined;
  #lastKey: string | undefined;
  #epoch = 0;
  #busy = 0;
  #slot: Promise<void> = Promise.resolve();
  #closed = false;
  /** Of shells that take the lock: a later one outdoes an earlier one that is still about. */
  #generation = 0;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** Connects, if that has not been begun. Throws ConnectError. */
  connect(): Promise<Connection> {
    const { transport, target, signal } = this.#options;
    const connecting = this.#connecting ?? transport.connect(target, signal);
    connecting.catch(() => undefined);
    this.#connecting = connecting;
    return connecting;
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

  async close(): Promise<void> {
    this.#closed = true;
    await this.disconnect();
  }

  /** Gives up the connection but not the conversation: the next step connects anew (after a reboot). */
  async disconnect(): Promise<void> {
    const connecting = this.#connecting;
    this.#connecting = undefined;
    for (const { session } of this.#shells.splice(0)) session.close();
    const connection = await connecting?.catch(() => undefined);
    await connection?.close();
  }

  async #deliver(step: InFlight): Promise<void> {
    while (this.#recovering) await this.#recovering;
    const key = keyOf(step.request.become);
    if (this.#lastKey !== undefined && this.#lastKey !== key) await this.#quiet();
    this.#lastKey = key;
    const shell = await this.#prepared(step);
    if (!shell) return;
    this.#ask(shell, step);
    await shell.session.drained();
  }

  /** The shell of a step, with the large files that the step needs; undefined where the step has failed for want of one. */
  async #prepared(step: InFlight): Promise<Shell | undefined> {
    const large = (step.request.uploads ?? []).filter(isBroughtApart);
    for (const upload of large) {
      const file = new BringFile(upload, this.#options.transfers);
      try {
        const failure = await this.#bring(file, step);
        if (failure) {
          step.resolve(failure);
          return undefined;
        }
      } finally {
        await file.close();
      }
    }
    const { download } = step.request;
    if (download && !step.downloaded && !(await this.#fetched(step, download))) return undefined;
    return this.#shell(step.request.become);
  }

  /** Brings a file, over as many connections as may be lost. */
  #bring(file: BringFile, { request, epoch }: InFlight): Promise<StepReport | undefined> {
    const { target } = this.#options;
    return this.#overConnections(request, 'sent', (shell, signal) =>
      file.run({
        ask: (body) => shell.session.send({ ...apart, nonce: makeNonce(), epoch, body }),
        drained: () => shell.session.drained(),
        receive: async (reception) => {
          if (!canReceive(reception.path)) throw new ChannelRefused(target.name, 'its path holds a line break');
          const connection = await this.connect();
          const resolved = this.#resolve(request.become, connection.user);
          const { command, input } = renderReception(resolved, makeNonce(), reception);
          return { channel: await connection.exec(command), input };
        },
        ...(target.kind === 'ssh' && { sessions: this.#sessions(request.become) }),
        signal,
      }),
    );
  }

  /** Fetches the file of a step. False: the step has failed with it. */
  async #fetched(step: InFlight, download: Download): Promise<boolean> {
    const { request, epoch } = step;
    const file = new FetchFile(download);
    const came = await this.#overConnections(request, 'fetched', (shell, signal) => {
      const ask = (body: Script) => shell.session.send({ ...apart, nonce: makeNonce(), epoch, body });
      return file.run({ ask, signal, check: request.mode.check });
    }).finally(() => file.close());
    if (came !== undefined && 'status' in came) {
      step.resolve(came);
      return false;
    }
    step.downloaded = came ?? new Map();
    return true;
  }

  /** Works with the shell of a step, and goes on with another one when its connection is lost. */
  async #overConnections<T>(
    request: StepRequest,
    what: 'sent' | 'fetched',
    work: (shell: Shell, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { signal, maxReconnects, notice } = this.#options;
    const deadline = request.timeoutMs === undefined ? undefined : AbortSignal.timeout(request.timeoutMs);
    const stop = deadline ? AbortSignal.any([signal, deadline]) : signal;
    for (let tries = 0; ; tries++) {
      const shell = await this.#shell(request.become);
      try {
        return await work(shell, stop);
      } catch (error) {
        if (deadline?.aborted && !signal.aborted) throw tooLate();
        const isCut = error instanceof ConnectionLost || error instanceof ShellEnded;
        if (!isCut || this.#closed || signal.aborted || tries >= maxReconnects) throw error;
        const rest = what === 'sent' ? 'to send' : 'for';
        notice(`the connection was lost while a file was ${what}; connecting again ${rest} the rest`);
        // Whoever else used the connection is told first.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  /** Further sessions beside the shell, for what hosts do with each other. */
  #sessions(become: BecomeRequest): Sessions {
    return {
      host: this.#options.target.name,
      start: async (script) => {
        const connection = await this.connect();
        const { command, input } = renderSession(this.#resolve(become, connection.user), makeNonce(), script);
        const channel = await connection.exec(command);
        channel.write(input).catch(() => undefined);
        return channel;
      },
      address: async () => {
        const connection = await this.connect();
        const nonce = makeNonce();
        const channel = await connection.exec(askAddress(nonce));
        const [address] = (await answer(channel, nonce, 'at')) ?? [];
        channel.close();
        return address;
      },
      tell: this.#options.remark,
    };
  }

  /** Waits until no shell has a step to answer: steps of different users keep their order. */
  async #quiet(): Promise<void> {
    for (const shell of this.#shells) while (shell.inFlight.size > 0) await shell.session.idle();
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
      this.#upload(shell.session, upload, epoch, (report) => {
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

  /** A small file for a step that follows, in pieces, through the same shell: no further session. */
  #upload(session: ShellSession, upload: Upload, epoch: number, onReport: (report: StepReport) => void): void {
    if (isLarge(upload.content)) return;
    const mode = { check: false, diff: false, mayFail: false };
    const content = Buffer.from(upload.content.buffer, upload.content.byteOffset, upload.content.byteLength);
    const send = (body: Script) =>
      void session.send({ ...mode, nonce: makeNonce(), epoch, body }).then(onReport, () => undefined);
    send(sh`{ : >${upload.path}; } 2>/dev/null || kp_cannot_write ${upload.path} ''`);
    for (let at = 0; at < content.length; at += chunkBytes) {
      const piece = content.subarray(at, at + chunkBytes).toString('base64');
      send(sh`kp_put ${upload.path} ${piece}`);
    }
  }

  async #shell(become: BecomeRequest): Promise<Shell> {
    const key = keyOf(become);
    const found = this.#shells.find((shell) => shell.key === key);
    if (found) return found;
    const { connection, channel, resolved, nonce } = await this.#start(become);
    const session = new ShellSession(channel, {
      become: resolved,
      nonce,
      onNotice: this.#options.notice,
      ...this.#lockFor(key),
    });
    const shell: Shell = { key, session, inFlight: new Set() };
    this.#shells.push(shell);
    const { signal } = this.#options;
    const interrupt = () => void this.#interrupt(shell, connection, become);
    signal.addEventListener('abort', interrupt, { once: true });
    void session.ended.then((ended) => {
      signal.removeEventListener('abort', interrupt);
      this.#lost(shell, ended);
    });
    return shell;
  }

  /** Nothing has been begun yet: a connection that breaks meanwhile is built up again, whatever is to be sent. */
  async #start(become: BecomeRequest) {
    for (let tries = 0; ; tries++) {
      try {
        const connection = await this.connect();
        const resolved = this.#resolve(become, connection.user);
        const nonce = makeNonce();
        const channel = await this.#open(connection, renderLogin(resolved, nonce).command);
        return { connection, channel, resolved, nonce };
      } catch (error) {
        const isOver = this.#closed || this.#options.signal.aborted || tries >= this.#options.maxReconnects;
        if (isOver || !(error instanceof ConnectionLost)) throw error;
      }
    }
  }

  #lockFor(key: string) {
    const { lock, target, notice } = this.#options;
    if (!lock) return {};
    const { name, kind, address, port, user } = target;
    const shell = createHash('sha256')
      .update(JSON.stringify([name, kind, address, port, user, key]))
      .digest('hex');
    return {
      lock: { ...lock, shell: shell.slice(0, 16), generation: ++this.#generation },
      onWait: (holder: string) =>
        notice(
          holder === ''
            ? 'waiting for what ran there when the connection was lost'
            : `another run changes this host, kprov of ${holder}; waiting until it is through (Ctrl-C leaves)`,
        ),
      onUnlocked: () => notice('there is no flock on this host: it is not kept from being changed by two runs at once'),
    };
  }

  /** Has the shell end after the step it is in: what it was sent behind that is not begun. */
  async #interrupt(shell: Shell, connection: Connection, become: BecomeRequest): Promise<void> {
    const { pid } = shell.session;
    // A host that hangs answers nobody, and nobody would ever leave.
    const hung = setTimeout(() => void connection.close(), hangMs);
    void shell.session.ended.then(() => clearTimeout(hung));
    if (pid === undefined || shell.inFlight.size === 0) return shell.session.close();
    const nonce = makeNonce();
    const resolved = this.#resolve(become, connection.user);
    try {
      const channel = await connection.exec(renderLogin(resolved, nonce).command);
      const messenger = new ShellSession(channel, { become: resolved, nonce });
      const body = sh`kill -TERM ${pid}`;
      await messenger.send({ check: false, diff: false, mayFail: true, nonce: makeNonce(), epoch: 0, body });
      messenger.close();
    } catch {
      // No second session is to be had: the shell ends with the next word it says.
      shell.session.close();
    } finally {
      clearTimeout(hung);
    }
  }

  #lost(shell: Shell, ended: ShellEnded): void {
    shell.ended = ended;
    this.#shells = this.#shells.filter((other) => other !== shell);
    if (ended.exit.kind === 'lost') this.#connecting = undefined;
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
    const { become } = steps[0]?.request ?? { become: { kind: 'login' as const } };
    const fatal = this.#closed || (!ended.wasReady && ended.exit.kind === 'exited');
    if (fatal) {
      const error = become.kind === 'user' && !this.#closed ? becomeError(ended, become.user) : ended;
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
        const shell = await this.#prepared(step);
        if (shell) this.#ask(shell, step);
      }
    } catch (error) {
      for (const step of again) step.reject(error);
    }
  }

  /** Root needs no sudo to be root, and none to become somebody else. */
  #resolve(become: BecomeRequest, login: string): Become {
    if (become.kind === 'login' || become.user === login) return { method: 'none' };
    const { kind: _, method = 'sudo', ...details } = become;
    const asksFor = details.exe !== undefined || details.flags !== undefined;
    // From root su asks for no password, and sudo may not be there.
    if (login === 'root' && !asksFor) return { method: 'su', user: become.user };
    return { method, ...details };
  }

  /** Where the server allows no further session, the shell that was used longest ago makes room. */
  async #open(connection: Connection, command: string): Promise<Channel> {
    for (;;) {
      try {
        return await connection.exec(command);
      } catch (error) {
        const oldest = this.#shells[0];
        if (error instanceof ConnectionLost && !this.#closed) {
          this.#connecting = undefined;
          throw error;
        }
        if (!(error instanceof ChannelRefused) || !oldest) throw error;
        this.#shells = this.#shells.filter((shell) => shell !== oldest);
        oldest.session.close();
        await oldest.session.ended;
      }
    }
  }
}
