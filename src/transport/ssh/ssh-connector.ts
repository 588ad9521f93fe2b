import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { Diagnostic } from '../../errors/index.js';
import { anySignal } from '../any-signal.js';
import { Agents } from '../auth/agents.js';
import { KeyFiles } from '../auth/key-files.js';
import { type KeyPlan, planKeys } from '../auth/plan-keys.js';
import type { SshClient } from '../auth/ssh2.js';
import type { ResolvedHost } from '../config/resolve-host.js';
import { Routes } from '../config/routes.js';
import { ConnectError } from '../errors.js';
import { HostKeys } from '../known-hosts/host-keys.js';
import type { Target, TransportOptions } from '../types.js';
import { AttemptClock } from './attempt-clock.js';
import { dial } from './dial.js';
import { explainTimeout } from './explain.js';
import { Dropped, HandshakeGate, pauseMs } from './handshake-gate.js';
import { behindJump, type JumpLease, JumpPool } from './jump-pool.js';
import { openClient } from './open-client.js';
import { SshConnection } from './ssh-connection.js';

/** Handshakes that are under way at the same time: one thread does about 60 a second. */
const MOST_HANDSHAKES = 50;
const KEEPALIVE_MS = 15_000;
const KEEPALIVE_MISSES = 3;

/** Who is to be reached, through what. */
interface Goal {
  host: ResolvedHost;
  label: string;
  password: string | undefined;
  jump: JumpLease | undefined;
  isJump: boolean;
}

interface LoggedIn {
  client: SshClient;
  stream: Duplex;
}

/** Opens SSH connections. Files, keys and agents are read once; jump hosts and limits are shared by all. */
export class SshConnector {
  readonly #options: TransportOptions;
  readonly #keyFiles: KeyFiles;
  readonly #agents: Agents;
  readonly #hostKeys: HostKeys;
  readonly #routes: Routes;
  readonly #gates = new Map<string, HandshakeGate>();
  readonly #handshakes = new PQueue({ concurrency: MOST_HANDSHAKES });
  readonly #jumps: JumpPool;
  readonly #warned = new Set<string>();

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#routes = options.dialledAhead?.routes ?? new Routes(options);
    const warn = (message: string): void => this.#warn(message);
    this.#keyFiles = new KeyFiles({ askPassphrase: options.askPassphrase, warn });
    this.#agents = new Agents(warn);
    this.#hostKeys = new HostKeys(options, warn);
    this.#jumps = new JumpPool((hops) => this.#openJump(hops));
  }

  async connect(target: Target, signal?: AbortSignal): Promise<SshConnection> {
    const hops = this.#route(target);
    const host = hops.at(-1);
    if (host === undefined) throw new Error('a route without its target');
    const label = target.name;
    const jump = await this.#leaseJump(hops.slice(0, -1), label, signal);
    try {
      const goal = { host, label, password: target.password, jump, isJump: false };
      const { client, stream } = await this.#reach(goal, signal);
      return new SshConnection({ target, user: host.user, client, stream, onClosed: () => jump?.release() });
    } catch (error) {
      jump?.release();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#jumps.close();
  }

  #route(target: Target): readonly ResolvedHost[] {
    const { hops, diagnostics } = this.#routes.to(target);
    for (const diagnostic of diagnostics) if (diagnostic.severity === 'warning') this.#warn(describe(diagnostic));
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    if (first !== undefined) {
      const isAlone = errors.length === 1;
      const text = isAlone ? describe({ ...first, fix: undefined }) : errors.map(describe).join('; ');
      throw new ConnectError('bad-connection-option', `${target.name}: ${text}`, {
        ...(isAlone && first.why !== undefined ? { why: first.why } : {}),
        ...(isAlone && first.fix !== undefined ? { fix: first.fix } : {}),
      });
    }
    return hops;
  }

  async #leaseJump(
    hops: readonly ResolvedHost[],
    label: string,
    signal: AbortSignal | undefined,
  ): Promise<JumpLease | undefined> {
    if (hops.length === 0) return undefined;
    try {
      return await this.#jumps.lease(hops, signal);
    } catch (error) {
      throw behindJump(error, label);
    }
  }

  /** Logs in to the last hop. Nobody in particular waits for it, so no signal stops it but its own clock. */
  async #openJump(hops: readonly ResolvedHost[]): Promise<SshClient> {
    const host = hops.at(-1);
    if (host === undefined) throw new Error('a jump without a host');
    const jump = hops.length > 1 ? await this.#jumps.lease(hops.slice(0, -1), undefined) : undefined;
    try {
      const label = `jump host ${host.originalName}`;
      const { client } = await this.#reach({ host, label, password: undefined, jump, isJump: true }, undefined);
      client.on('close', () => jump?.release());
      return client;
    } catch (error) {
      jump?.release();
      throw error;
    }
  }

  /** Tries until logged in, refused, or out of time. */
  async #reach(goal: Goal, signal: AbortSignal | undefined): Promise<LoggedIn> {
    const { host, label } = goal;
    const plan = await planKeys(host, this.#keyFiles, this.#agents);
    const clock = new AttemptClock(host.connectTimeoutMs ?? this.#options.connectTimeoutMs);
    const stop = anySignal(signal, clock.signal);
    const gate = this.#gate(goal);
    const way = { isOpen: false };
    let isPasswordOnly = false;
    for (let drops = 0; ; ) {
      try {
        return await gate.run(
          () => clock.whileRunning(() => this.#attempt(goal, { plan, clock, stop, isPasswordOnly, way })),
          stop,
        );
      } catch (error) {
        signal?.throwIfAborted();
        if (clock.signal.aborted) throw explainTimeout(host, label, clock.limitMs, { drops, isOpen: way.isOpen });
        if (
          error instanceof ConnectError &&
          error.code === 'too-many-keys' &&
          !isPasswordOnly &&
          goal.password !== undefined
        ) {
          isPasswordOnly = true;
          continue;
        }
        if (!(error instanceof Dropped)) throw error;
        await clock
          .whileRunning(() => sleep(pauseMs(drops++, Math.random()), undefined, { signal: stop }))
          .catch(() => undefined);
      }
    }
  }

  async #attempt(
    goal: Goal,
    {
      plan,
      clock,
      stop,
      isPasswordOnly,
      way,
    }: { plan: KeyPlan; clock: AttemptClock; stop: AbortSignal; isPasswordOnly: boolean; way: { isOpen: boolean } },
  ): Promise<LoggedIn> {
    const { host, label, jump } = goal;
    const check = await this.#hostKeys.prepare(host, label, jump !== undefined);
    let stream: Duplex | undefined;
    let remembering: Promise<void> | undefined;
    const open = async (): Promise<SshClient> => {
      // Dialled only now that it is our turn: a thousand connections that wait overrun servers and their backlogs.
      stream =
        jump === undefined
          ? ((await this.#options.dialledAhead?.take(host, stop)) ?? (await dial(host, label, stop)))
          : await jump.forward(host, label, stop);
      way.isOpen = true;
      return openClient({
        ...goal,
        stream,
        plan,
        isPasswordOnly,
        knownTypes: check.knownTypes,
        checkHostKey: check.check,
        onHostKeyProven: (shown) => {
          remembering = check.remember(shown);
        },
        keepaliveIntervalMs: host.keepaliveIntervalMs ?? this.#options.keepaliveIntervalMs ?? KEEPALIVE_MS,
        keepaliveCountMax: host.keepaliveCountMax ?? KEEPALIVE_MISSES,
        whilePrompting: (work) => clock.whileStopped(work),
        signal: stop,
      });
    };
    try {
      const client = await clock.whileStopped(() =>
        this.#handshakes.add(() => clock.whileRunning(open), { signal: stop }),
      );
      await remembering;
      // Nobody listened for its end while the key was written.
      if (stream?.writable !== true) throw new Dropped('Connection lost after the login');
      return { client, stream };
    } catch (error) {
      (stream as Duplex | undefined)?.destroy();
      throw error;
    }
  }

  #gate({ host, jump }: Goal): HandshakeGate {
    const key = `${jump?.key ?? ''} ${host.host.toLowerCase()} ${host.port}`;
    const gate = this.#gates.get(key) ?? new HandshakeGate();
    this.#gates.set(key, gate);
    return gate;
  }

  #warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#options.warn(message);
  }
}

function describe({
  message,
  position,
  fix,
}: Pick<Diagnostic, 'message' | 'position'> & { fix?: string | undefined }): string {
  const place = position === undefined ? '' : `${position.file}:${position.line}: `;
  return `${place}${message}${fix === undefined ? '' : ` (${fix})`}`;
}
