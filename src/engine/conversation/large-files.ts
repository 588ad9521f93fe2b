import { askAddress, canReceive, renderReception, renderSession, type Script } from '../../shell/index.js';
import type { Download, Upload } from '../../tasks/index.js';
import { ChannelRefused, ConnectionLost } from '../../transport/index.js';
import { BringFile, isBroughtApart } from '../transfer/bring-file.js';
import { FetchFile } from '../transfer/fetch-file.js';
import { answer, type Sessions } from '../transfer/hand-on.js';
import { type BecomeRequest, resolveBecome } from './become.js';
import type { ConversationOptions } from './conversation-options.js';
import { makeNonce } from './nonce.js';
import { ShellEnded, type StepReport } from './shell-session.js';
import type { Shell, Shells } from './shells.js';
import { apart, type InFlight, type StepRequest, tooLate } from './step.js';

/** What goes to and from the host beside its shells: large files that a step needs, and those that it fetches. */
export class LargeFiles {
  readonly #options: ConversationOptions;
  readonly #shells: Shells;

  constructor(options: ConversationOptions, shells: Shells) {
    this.#options = options;
    this.#shells = shells;
  }

  /** Brings and fetches what the step needs. False: it has failed for want of that, and has been told so. */
  async prepare(step: InFlight): Promise<boolean> {
    const { uploads = [], download } = step.request;
    for (const upload of uploads.filter(isBroughtApart)) {
      const failure = await this.#bring(upload, step);
      if (failure) {
        step.resolve(failure);
        return false;
      }
    }
    return !download || step.downloaded !== undefined || this.#fetch(step, download);
  }

  /** Brings a file, over as many connections as may be lost. Undefined: it is there. */
  async #bring(upload: Upload, { request, epoch }: InFlight): Promise<StepReport | undefined> {
    const { target, transfers } = this.#options;
    const { become } = request;
    const file = new BringFile(upload, transfers);
    try {
      return await this.#overConnections(request, 'sent', (shell, signal) =>
        file.run({
          ask: (body) => ask(shell, epoch, body),
          drained: () => shell.session.drained(),
          receive: async (reception) => {
            if (!canReceive(reception.path)) throw new ChannelRefused(target.name, 'its path holds a line break');
            const connection = await this.#shells.connect();
            const resolved = resolveBecome(become, connection.user);
            const { command, input } = renderReception(resolved, makeNonce(), reception);
            return { channel: await connection.exec(command), input };
          },
          ...(target.kind === 'ssh' && { sessions: this.#sessions(become) }),
          signal,
        }),
      );
    } finally {
      await file.close();
    }
  }

  /** Fetches the file of a step. False: the step has failed with it. */
  async #fetch(step: InFlight, download: Download): Promise<boolean> {
    const { request, epoch } = step;
    const file = new FetchFile(download);
    const came = await this.#overConnections(request, 'fetched', (shell, signal) =>
      file.run({ ask: (body) => ask(shell, epoch, body), signal, check: request.mode.check }),
    ).finally(() => file.close());
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
      const shell = await this.#shells.of(request.become);
      try {
        return await work(shell, stop);
      } catch (error) {
        if (deadline?.aborted && !signal.aborted) throw tooLate();
        const isCut = error instanceof ConnectionLost || error instanceof ShellEnded;
        if (!isCut || this.#shells.isClosed || signal.aborted || tries >= maxReconnects) throw error;
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
        const connection = await this.#shells.connect();
        const { command, input } = renderSession(resolveBecome(become, connection.user), makeNonce(), script);
        const channel = await connection.exec(command);
        channel.write(input).catch(() => undefined);
        return channel;
      },
      address: async () => {
        const connection = await this.#shells.connect();
        const nonce = makeNonce();
        const channel = await connection.exec(askAddress(nonce));
        const [address] = (await answer(channel, nonce, 'at')) ?? [];
        channel.close();
        return address;
      },
      tell: this.#options.remark,
    };
  }
}

const ask = ({ session }: Shell, epoch: number, body: Script): Promise<StepReport> =>
  session.send({ ...apart, nonce: makeNonce(), epoch, body });
