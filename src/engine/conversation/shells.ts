import { type Become, renderLogin } from '../../shell/index.js';
import { type Channel, ChannelRefused, type Connection, ConnectionLost } from '../../transport/index.js';
import { type BecomeRequest, resolveBecome, shellKey } from './become.js';
import type { ConversationOptions } from './conversation-options.js';
import { interrupt } from './interrupt.js';
import { makeNonce } from './nonce.js';
import { lockOptions } from './run-lock.js';
import { type ShellEnded, ShellSession } from './shell-session.js';
import type { InFlight } from './step.js';

export interface Shell {
  key: string;
  session: ShellSession;
  inFlight: Set<InFlight>;
  /** Why it is gone. */
  ended?: ShellEnded;
}

interface Opened {
  connection: Connection;
  channel: Channel;
  become: Become;
  nonce: string;
}

/** The connection to a host and the shells on it, one a user; both are opened when they are first needed. */
export class Shells {
  readonly #options: ConversationOptions;
  readonly #onEnded: (shell: Shell, ended: ShellEnded) => void;
  #connecting: Promise<Connection> | undefined;
  #open: Shell[] = [];
  #closed = false;
  /** Of shells that take the lock: a later one outdoes an earlier one that is still about. */
  #generation = 0;

  constructor(options: ConversationOptions, onEnded: (shell: Shell, ended: ShellEnded) => void) {
    this.#options = options;
    this.#onEnded = onEnded;
  }

  /** Nothing is to be built up again. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** Connects, if that has not been begun. Throws ConnectError. */
  connect(): Promise<Connection> {
    const { transport, target, signal } = this.#options;
    const connecting = this.#connecting ?? transport.connect(target, signal);
    connecting.catch(() => undefined);
    this.#connecting = connecting;
    return connecting;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.disconnect();
  }

  /** Gives up the connection; the next shell connects anew. */
  async disconnect(): Promise<void> {
    const connecting = this.#connecting;
    this.#connecting = undefined;
    for (const { session } of this.#open.splice(0)) session.close();
    const connection = await connecting?.catch(() => undefined);
    await connection?.close();
  }

  /** Waits until no shell has a step to answer. */
  async quiet(): Promise<void> {
    for (const shell of this.#open) while (shell.inFlight.size > 0) await shell.session.idle();
  }

  /** The shell of that user, opened if there is none. */
  async of(become: BecomeRequest): Promise<Shell> {
    const key = shellKey(become);
    const found = this.#open.find((shell) => shell.key === key);
    if (found) return found;
    const { connection, channel, ...opened } = await this.#start(become);
    const session = new ShellSession(channel, {
      ...opened,
      onNotice: this.#options.notice,
      ...lockOptions(this.#options, key, ++this.#generation),
    });
    const shell: Shell = { key, session, inFlight: new Set() };
    this.#open.push(shell);
    const { signal } = this.#options;
    const leave = () => void interrupt({ session, isBusy: shell.inFlight.size > 0, connection, become: opened.become });
    signal.addEventListener('abort', leave, { once: true });
    void session.ended.then((ended) => {
      signal.removeEventListener('abort', leave);
      this.#lost(shell, ended);
    });
    return shell;
  }

  #lost(shell: Shell, ended: ShellEnded): void {
    shell.ended = ended;
    this.#open = this.#open.filter((other) => other !== shell);
    if (ended.exit.kind === 'lost') this.#connecting = undefined;
    this.#onEnded(shell, ended);
  }

  /** Nothing has been begun yet: a connection that breaks meanwhile is built up again, whatever is to be sent. */
  async #start(request: BecomeRequest): Promise<Opened> {
    for (let tries = 0; ; tries++) {
      try {
        const connection = await this.connect();
        const become = resolveBecome(request, connection.user);
        const nonce = makeNonce();
        const channel = await this.#exec(connection, renderLogin(become, nonce).command);
        return { connection, channel, become, nonce };
      } catch (error) {
        const isOver = this.#closed || this.#options.signal.aborted || tries >= this.#options.maxReconnects;
        if (isOver || !(error instanceof ConnectionLost)) throw error;
      }
    }
  }

  /** Where the server allows no further session, the shell that was used longest ago makes room. */
  async #exec(connection: Connection, command: string): Promise<Channel> {
    for (;;) {
      try {
        return await connection.exec(command);
      } catch (error) {
        const oldest = this.#open[0];
        if (error instanceof ConnectionLost && !this.#closed) {
          this.#connecting = undefined;
          throw error;
        }
        if (!(error instanceof ChannelRefused) || !oldest) throw error;
        this.#open = this.#open.filter((shell) => shell !== oldest);
        oldest.session.close();
        await oldest.session.ended;
      }
    }
  }
}
