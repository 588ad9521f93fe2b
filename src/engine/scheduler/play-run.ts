import type { InputError } from '../../errors/index.js';
import type { Node, Task } from '../../playbook/index.js';
import type { RunContext } from '../context.js';
import type { Conversation } from '../conversation/conversation.js';
import { conversationWith } from '../conversation/conversations.js';
import type { Notice, Order } from '../events.js';
import { HostState } from '../variables/host-state.js';
import type { PlayScope } from '../variables/variables.js';
import { hasFailedForAll, hasFatalTasks } from './fatal-errors.js';
import { Gate } from './gate.js';
import { Handlers } from './handlers.js';
import { HostRun } from './host-run.js';
import { compareOrders } from './order.js';
import { Positions } from './positions.js';
import { RunOnce } from './run-once.js';
import { Throttle } from './slots.js';

/** Where the parts of a play stand in the order of its tasks. */
const section = {
  facts: 0,
  pre: 1,
  preHandlers: 2,
  roles: 3,
  tasks: 4,
  handlers: 5,
  post: 6,
  postHandlers: 7,
} as const;

export interface PlayRunOptions {
  run: RunContext;
  scope: PlayScope;
  /** The hosts of this batch. */
  hosts: readonly string[];
  /** Facts are gathered first, by this task. */
  gather: Task | undefined;
  forceHandlers: boolean;
  /** Every host waits for the others after every task. */
  inStep: boolean;
  /** `strategy: debug`. */
  debugs: boolean;
  anyErrorsFatal: boolean;
  /** Percentage of hosts that may fail before the play ends; undefined: all. */
  maxFailPercentage: number | undefined;
  seeking: ReadonlySet<string>;
  /** Hosts that earlier plays or batches lost take part again from the next play on. */
  takeBack(): void;
}

/** One batch of hosts going through a play, each at its own pace unless something needs the others. */
export class PlayRun {
  readonly run: RunContext;
  readonly scope: PlayScope;
  readonly hosts: readonly HostRun[];
  readonly positions: Positions;
  readonly handlers = new Handlers(this);
  readonly once = new RunOnce(this);
  inStep: boolean;
  /** Failures are for the debugger. */
  readonly debugs: boolean;
  /** The play is over for everybody: any_errors_fatal, max_fail_percentage, end_play. */
  aborted = false;
  /** No further batch is to follow. */
  endsPlay = false;
  /** A failure counts for all hosts of the batch: any_errors_fatal, max_fail_percentage. */
  fatal = false;
  readonly #ended = new Gate();
  readonly #options: PlayRunOptions;
  readonly #byName: ReadonlyMap<string, HostRun>;
  readonly #told = new Set<string>();
  readonly #throttles = new Map<string, Throttle>();
  #refusal: InputError | undefined;
  #crash: (error: unknown) => void = () => undefined;
  readonly #crashed = new Promise<never>((_, reject) => {
    this.#crash = reject;
  });

  constructor(options: PlayRunOptions) {
    this.#options = options;
    this.run = options.run;
    this.scope = options.scope;
    this.inStep = options.inStep;
    this.debugs = options.debugs;
    this.hosts = options.hosts.map((name) => new HostRun(name, this, this.stateOf(name), options.seeking.has(name)));
    this.#byName = new Map(this.hosts.map((host) => [host.host, host]));
    this.positions = new Positions(this.#byName, () => this.aborted);
    this.#crashed.catch(() => undefined);
  }

  /** Settles when the play is over for everybody. */
  get ended(): Promise<void> {
    return this.#ended.opened;
  }

  /** Returns when every host is through. Rejects with what `refuse` was given, and with our own faults. */
  async go(): Promise<void> {
    await Promise.race([Promise.all(this.hosts.map((host) => this.#host(host))), this.#crashed]);
    for (const host of this.hosts) host.state.commit();
    if (this.#refusal) throw this.#refusal;
  }

  /** What a host has come to cannot be read as tasks: nobody starts anything new, and the run ends with this error. */
  refuse(error: InputError): void {
    this.#refusal ??= error;
    this.abort();
  }

  /** A fault of ours somewhere in a queue: the run cannot go on. */
  crash(error: unknown): void {
    this.#crash(error);
  }

  stateOf(name: string): HostState {
    const states = this.run.scope.states as Map<string, HostState>;
    const known = states.get(name) ?? new HostState(name);
    states.set(name, known);
    return known;
  }

  conversationWith(name: string, task?: Task, asking?: string): Conversation {
    return conversationWith(this.run, this.scope, name, task, asking);
  }

  async #host(host: HostRun): Promise<void> {
    const { play } = this.scope;
    const { gather } = this.#options;
    if (gather && !(this.run.options.smartGathering && host.state.isGathered))
      await host.run([gather], [section.facts]);
    await host.run(play.preTasks, [section.pre]);
    await this.#handlersOf(host, section.preHandlers);
    await host.run(play.roleTasks, [section.roles]);
    await host.run(play.tasks, [section.tasks]);
    await this.#handlersOf(host, section.handlers);
    await host.run(play.postTasks, [section.post]);
    await this.#handlersOf(host, section.postHandlers);
    host.over = true;
    this.#stopped();
    const outcome = host.unreachable ? 'unreachable' : host.failure ? 'failed' : 'done';
    this.run.emit({ type: 'host-ended', host: host.host, outcome });
  }

  async #handlersOf(host: HostRun, order: number): Promise<void> {
    const failed = host.failure;
    if (failed && !this.#options.forceHandlers) return;
    if (!host.unreachable && !host.ended && failed) host.resume();
    await host.run([], [order]);
    await this.handlers.flush(host, [order]);
    host.failure ??= failed;
  }

  /** What is wrong with the playbook is the same for all hosts. */
  tellOnce(notice: Omit<Notice, 'type'>): void {
    const key = JSON.stringify(notice);
    if (!this.#told.has(key)) this.run.emit({ type: 'notice', ...notice });
    this.#told.add(key);
  }

  /**
   * Tasks that an include has brought are about to be done. Where a failure of one ends the play for everybody, all
   * hosts wait for each other from here on; nobody is further yet, since whoever comes here comes with this news.
   */
  broughtIn(nodes: readonly Node[]): void {
    this.inStep ||= hasFatalTasks(nodes);
  }

  /** A host is about to do the task at `order`. With `strategy: linear` it waits for the others. */
  async arrive(host: HostRun, order: Order): Promise<void> {
    if (this.inStep) await host.drain();
    this.positions.enter(host, order);
    if (!this.inStep) return;
    await this.positions.allAt(host, order);
    if (this.hosts.length > 1) await this.positions.inTurn(host);
  }

  /** Has that host dropped out of the play? */
  hasLost(name: string): boolean {
    const host = this.#byName.get(name);
    return host !== undefined && (host.failure !== undefined || host.unreachable || host.droppedOut);
  }

  /** The places of a task with `throttle`; whoever comes first says how many. */
  throttle(task: Task, count: number): Throttle {
    const known = this.#throttles.get(task.id) ?? new Throttle(count);
    this.#throttles.set(task.id, known);
    return known;
  }

  /**
   * `meta: clear_host_errors` at `order`: no failure up to here counts any more. A host that is out of this play stays
   * out of it, and takes part in the next one.
   */
  async clearErrors(asking: HostRun, order: Order): Promise<void> {
    await this.positions.allAt(asking, order);
    for (const host of this.hosts) if (compareOrders(host.position, order) <= 0) host.forgive();
    this.#options.takeBack();
  }

  /** After a host has stopped for good: any_errors_fatal, max_fail_percentage. */
  #stopped(): void {
    this.positions.wake();
    const failed = this.hosts.filter((host) => host.failure || host.unreachable).length;
    const { anyErrorsFatal, maxFailPercentage } = this.#options;
    const tooMany = maxFailPercentage !== undefined && (failed / this.hosts.length) * 100 > maxFailPercentage;
    if (failed > 0 && (anyErrorsFatal || tooMany || this.hosts.some(hasFailedForAll))) {
      this.fatal = true;
      this.abort();
    }
  }

  /** Nobody starts anything new in this batch; with `forGood` the batches that follow are left out as well. */
  abort(forGood = true): void {
    this.aborted = true;
    this.endsPlay ||= forGood;
    this.#ended.open();
    this.positions.wake();
  }
}
