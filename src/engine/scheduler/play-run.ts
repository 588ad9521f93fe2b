import { type Node, type Task, topicsOf } from '../../playbook/index.js';
import { isConstant } from '../../template/index.js';
import { Pending } from '../../values/index.js';
import { asFlag, inheritedKeyword } from '../attempts/keyword.js';
import type { RunContext } from '../context.js';
import type { Conversation } from '../conversation/conversation.js';
import { conversationWith } from '../conversation/conversations.js';
import type { Notice, Order } from '../events.js';
import { HostState } from '../variables/host-state.js';
import { type PlayScope, variablesOf } from '../variables/variables.js';
import { hasFailedForAll, hasFatalTasks } from './fatal-errors.js';
import { Gate } from './gate.js';
import { type Failure, HostRun } from './host-run.js';
import { compareOrders } from './order.js';
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

interface Waiting {
  order: Order;
  resolve(): void;
}

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
  inStep: boolean;
  /** The play is over for everybody: any_errors_fatal, max_fail_percentage, end_play. */
  aborted = false;
  /** No further batch is to follow. */
  endsPlay = false;
  /** A failure counts for all hosts of the batch: any_errors_fatal, max_fail_percentage. */
  fatal = false;
  readonly #ended = new Gate();
  readonly #options: PlayRunOptions;
  readonly #byName: ReadonlyMap<string, HostRun>;
  #waiting: Waiting[] = [];
  #crossing = new Map<HostRun, () => void>();
  readonly #once = new Map<string, Promise<void>>();
  readonly #throttles = new Map<string, Throttle>();
  #crash: (error: unknown) => void = () => undefined;
  readonly #crashed = new Promise<never>((_, reject) => {
    this.#crash = reject;
  });

  constructor(options: PlayRunOptions) {
    this.#options = options;
    this.run = options.run;
    this.scope = options.scope;
    this.inStep = options.inStep;
    this.hosts = options.hosts.map((name) => new HostRun(name, this, this.stateOf(name), options.seeking.has(name)));
    this.#byName = new Map(this.hosts.map((host) => [host.host, host]));
    this.#crashed.catch(() => undefined);
  }

  /** Settles when the play is over for everybody. */
  get ended(): Promise<void> {
    return this.#ended.opened;
  }

  /** Returns when every host is through. Rejects only with our own faults. */
  async go(): Promise<void> {
    await Promise.race([Promise.all(this.hosts.map((host) => this.#host(host))), this.#crashed]);
    for (const host of this.hosts) host.state.commit();
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
    if (!host.unreachable && !host.ended && failed) {
      host.failure = undefined;
      host.conversation.resume();
    }
    await host.run([], [order]);
    await this.flushHandlers(host, [order]);
    host.failure ??= failed;
  }

  /**
   * Runs what has been notified, once, in the order of the handlers' definition. One that notifies further handlers is
   * waited for: those that are defined behind it run now, itself and those before it with the next flush.
   */
  async flushHandlers(host: HostRun, order: Order): Promise<void> {
    for (const topic of host.notified) this.#call(host, topic);
    host.notified.clear();
    if (host.called.size === 0) return;
    host.isFlushing = true;
    for (const [index, handler] of this.#handlers().entries()) {
      if (!host.active) break;
      if (!host.called.delete(handler.id)) continue;
      const mayNotify = (handler.notify ?? []).length > 0 || handler.action.startsWith('include_');
      await host.runHandler(handler, [...order, index], mayNotify);
    }
    host.isFlushing = false;
    if (host.active) await host.run([], order);
  }

  /** A change has notified `topic`, which somebody hears. */
  notify(host: HostRun, topic: string): void {
    if (host.isFlushing) this.#call(host, topic);
    else host.notified.add(topic);
  }

  #call(host: HostRun, topic: string): void {
    for (const handler of this.handlersFor(host, topic)) host.called.add(handler.id);
  }

  /** The play's handlers and those that includes have brought since. */
  readonly extraHandlers: Task[] = [];

  #handlers(): readonly Task[] {
    const known = new Set<string>();
    return [...this.scope.play.handlers, ...this.extraHandlers].filter(({ id }) => !known.has(id) && known.add(id));
  }

  /** The handler of that name, and those that listen to it. */
  handlersFor(host: HostRun, topic: string): readonly Task[] {
    const heard = this.#handlers().map((handler) => {
      const name = host.tryRender(handler.name, host.scope(handler));
      if (name === handler.name && !isConstant(name) && handler.listen.length === 0) this.#warnOfUnusable(handler);
      return { handler, ...topicsOf({ ...handler, name }) };
    });
    const named = heard.filter(({ names }) => names.includes(topic)).map(({ handler }) => handler);
    // The last definition counts; within one list of handlers Ansible takes the first.
    const listOf = ({ role, position }: Task) => `${role?.id ?? ''}:${position.file}`;
    const last = named.find((handler) => listOf(handler) === listOf(named.at(-1) ?? handler));
    const listening = heard.filter(({ topics }) => topics.includes(topic)).map(({ handler }) => handler);
    return last ? [last, ...listening] : listening;
  }

  #warnOfUnusable({ name, position }: Task): void {
    const message = `Handler '${name}' is unusable because it has no listen topics and its name could not be templated`;
    this.tellOnce({ level: 'warning', message, position });
  }

  readonly #told = new Set<string>();

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
    host.position = order;
    this.#wake();
    if (!this.inStep) return;
    await this.#allAt(host, order);
    if (this.hosts.length > 1) await this.#inTurn(host);
  }

  /** Those who go on at the same time do so in the order of the play's hosts: with few `forks` that is what counts. */
  #inTurn(host: HostRun): Promise<void> {
    return new Promise((resolve) => {
      if (this.#crossing.size === 0) setImmediate(() => this.#cross());
      this.#crossing.set(host, resolve);
    });
  }

  #cross(): void {
    const crossing = this.#crossing;
    this.#crossing = new Map();
    if (crossing.size === 1) for (const resolve of crossing.values()) resolve();
    else for (const host of this.hosts) crossing.get(host)?.();
  }

  async #allAt(asking: HostRun, order: Order): Promise<void> {
    for (const host of this.hosts) {
      if (host === asking || this.#isAt(host, order)) continue;
      await asking.waitFor(host.host, this.#reached(host, order));
    }
  }

  #isAt(host: HostRun, order: Order): boolean {
    return host.over || this.aborted || compareOrders(host.position, order) >= 0;
  }

  async #reached(host: HostRun, order: Order): Promise<void> {
    while (!this.#isAt(host, order)) await new Promise<void>((resolve) => this.#waiting.push({ order, resolve }));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve } of waiting) resolve();
  }

  /**
   * Throws Pending while `other` may still do something that stands before where `asking` is, or may turn out to have
   * failed at it: what was sent behind a failure is not to be seen.
   */
  awaitHost(asking: string, other: string): void {
    const own = this.#byName.get(asking);
    const host = this.#byName.get(other);
    if (!own || !host || own === host || this.aborted) return;
    const what = `what ${other} does before`;
    if (!this.#isAt(host, own.position)) throw new Pending(what, this.#reached(host, own.position), other);
    if (!host.isSettledBefore(own.position)) throw new Pending(what, host.settledSoFar(), other);
  }

  orderOf(name: string): Order | undefined {
    return this.#byName.get(name)?.position;
  }

  /** Has that host dropped out of the play? */
  hasLost(name: string): boolean {
    const host = this.#byName.get(name);
    return host !== undefined && (host.failure !== undefined || host.unreachable || host.droppedOut);
  }

  /** Throws Pending while another host may still fail at something that stands before where `asking` is. */
  awaitAll(asking: string): void {
    for (const host of this.hosts) this.awaitHost(asking, host.host);
  }

  /** The places of a task with `throttle`; whoever comes first says how many. */
  throttle(task: Task, count: number): Throttle {
    const known = this.#throttles.get(task.id) ?? new Throttle(count);
    this.#throttles.set(task.id, known);
    return known;
  }

  /** `run_once`: true where the task is done with for this host, since another one has done (or will have done) it. */
  async runOnce(host: HostRun, task: Task, order: Order): Promise<boolean> {
    if (task.runOnce === undefined) return false;
    const { templar } = this.run.scope;
    const isOnce = () => inheritedKeyword(task, 'runOnce', { templar, variables: variablesOf(host.scope(task)) });
    if (!(await host.evaluate(() => asFlag(isOnce(), false)))) return false;
    await host.drain();
    await this.#allAt(host, order);
    const key = order.join('.');
    while (!this.#once.has(key)) {
      const first = this.hosts.find((other) => other.active && compareOrders(other.position, order) === 0);
      if (first === host || !first) this.#once.set(key, this.#performOnce(host, task, order));
      // The first one is on its way to this very line, unless it fails before.
      else await first.settledSoFar().then(() => new Promise((resolve) => setImmediate(resolve)));
    }
    await this.#once.get(key);
    host.checkpoint();
    return true;
  }

  async #performOnce(host: HostRun, task: Task, order: Order): Promise<void> {
    await host.perform(task, order);
    await host.drain().catch(() => undefined);
    const names = [task.register].filter((name) => name !== undefined);
    if (task.action === 'set_fact') names.push(...Object.keys(task.args));
    for (const other of this.hosts) {
      if (other === host) continue;
      const sequence = other.nextSequence(order);
      for (const name of names) {
        const entry = host.state.setFacts.get(name);
        if (entry) other.state.set('setFacts', name, entry, sequence);
      }
      if (host.failure && other.active) other.fail({ ...host.failure, sequence: other.sequence, isOthers: true });
    }
  }

  /** A result stands: tell the listeners, and see whether the play may go on. */
  settledAt(host: HostRun, order: Order): void {
    this.run.emit({ type: 'host-advanced', host: host.host, order });
  }

  /**
   * `meta: clear_host_errors` at `order`: no failure up to here counts any more. A host that is out of this play stays
   * out of it, and takes part in the next one.
   */
  async clearErrors(asking: HostRun, order: Order): Promise<void> {
    await this.#allAt(asking, order);
    for (const host of this.hosts) if (compareOrders(host.position, order) <= 0) host.forgive();
    this.#options.takeBack();
  }

  rescued(host: HostRun, failure: Failure): void {
    if (failure.isOthers) return;
    const stats = this.run.stats.of(host.host);
    stats.rescued++;
    stats.failed = Math.max(0, stats.failed - 1);
  }

  /** After a host has stopped for good: any_errors_fatal, max_fail_percentage. */
  #stopped(): void {
    this.#wake();
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
    this.#wake();
  }
}
