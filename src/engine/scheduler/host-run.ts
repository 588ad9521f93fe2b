import type { Node, Task } from '../../playbook/index.js';
import { globMatcher, type Mapping, Pending, Unknowable } from '../../values/index.js';
import { TaskRun } from '../attempts/task-run.js';
import { runMeta } from '../controls/meta.js';
import type { Conversation } from '../conversation/conversation.js';
import type { Order } from '../events.js';
import type { Judged } from '../results/task-result.js';
import type { HostState } from '../variables/host-state.js';
import { type TaskScope, variablesOf } from '../variables/variables.js';
import { runBlock } from './block.js';
import { breathe } from './breathe.js';
import { Gate } from './gate.js';
import { compareOrders } from './order.js';
import type { PlayRun } from './play-run.js';
import { isSelected, renderedTags } from './tags.js';

/** The host leaves the list of tasks it is in: a task failed, or the play is over for it. */
class Stop extends Error {}

/** Why a host stopped: which task, with what result. */
export interface Failure {
  sequence: number;
  task: Task;
  result: Judged;
  /** A `run_once` task that another host did. */
  isOthers?: boolean;
}

/**
 * One host's way through a play. Tasks are sent as soon as they can be worked out; their results are settled strictly
 * in order. When one fails, everything that was sent behind it is void.
 */
export class HostRun {
  readonly host: string;
  readonly play: PlayRun;
  readonly state: HostState;
  /** How far this host has got; what it may still do comes after. */
  position: Order = [];
  /** `meta: end_host` and the like. */
  ended = false;
  failure: Failure | undefined;
  /** Through with the play, in whatever way: nobody needs to wait for it. */
  over = false;
  unreachable = false;
  /** It failed or was unreachable; `meta: clear_host_errors` lets it take part in the next play only. */
  droppedOut = false;
  /** What changes have notified: names, since the handler that is defined last counts when they run. */
  readonly notified = new Set<string>();
  /** Handlers that are to run (`Task.id`); one that a handler notifies too late waits here for the next flush. */
  readonly called = new Set<string>();
  isFlushing = false;
  /** Uses of roles that are done (`RoleContext.id`). */
  readonly doneRoles = new Set<string>();
  /** Those whose other tasks `meta: end_role` leaves out. */
  readonly endedRoles = new Set<string>();
  /** Check mode: something that comes later may need what was not done. */
  pretended = false;
  /** `--start-at-task` has not been reached yet. */
  seeking: boolean;
  /** Of the task that is being worked out. */
  sequence = 0;
  #settled: Promise<void> = Promise.resolve();
  /** Where the tasks stand whose results are not there yet. */
  readonly #unsettled: Order[] = [];
  #failed = new Gate();
  /** How often `meta: clear_host_errors` has taken failures back. */
  pardons = 0;

  constructor(host: string, play: PlayRun, state: HostState, seeking: boolean) {
    this.host = host;
    this.play = play;
    this.state = state;
    this.seeking = seeking;
  }

  get conversation(): Conversation {
    return this.play.conversationWith(this.host);
  }

  /** True while this host takes part in the play. */
  get active(): boolean {
    return !this.ended && !this.failure && !this.unreachable;
  }

  /** Runs a list of tasks and blocks; returns when all is settled. A failure is in `failure`, not thrown. */
  run(nodes: readonly Node[], order: Order): Promise<void> {
    return this.#untilStopped(async () => {
      await this.runNodes(nodes, order);
      await this.drain();
    });
  }

  /** One handler; with `waits` it is settled on return. A failure is in `failure`, not thrown. */
  runHandler(handler: Task, order: Order, waits: boolean): Promise<void> {
    return this.#untilStopped(async () => {
      await this.#task(handler, order);
      if (waits) await this.drain();
    });
  }

  async #untilStopped(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      await this.#settled;
    }
  }

  /** Tasks of an include, as part of the task that includes them. */
  async runIncluded(nodes: readonly Node[], order: Order): Promise<void> {
    this.play.broughtIn(nodes);
    await this.runNodes(nodes, order);
  }

  /** Waits until everything sent so far is settled. Throws Stop where one of it failed. */
  async drain(): Promise<void> {
    await this.#settled;
    this.checkpoint();
  }

  /** Settles when everything sent so far is settled, however it came out. */
  async settledSoFar(): Promise<void> {
    await this.#settled;
  }

  /** Is the outcome of everything before `order` known? */
  isSettledBefore(order: Order): boolean {
    const [oldest] = this.#unsettled;
    return this.over || !oldest || compareOrders(oldest, order) >= 0;
  }

  /** Throws Stop where this host is not to go on. */
  checkpoint(): void {
    if (!this.active || this.play.aborted || this.play.run.signal.aborted) throw new Stop();
  }

  /** Sends what a list of tasks and blocks asks for. Throws Stop where the host is not to go on. */
  async runNodes(nodes: readonly Node[], order: Order): Promise<void> {
    for (const [index, node] of nodes.entries()) {
      this.checkpoint();
      const here = [...order, index];
      if (node.kind === 'task') await this.#task(node, here);
      else await runBlock(this, node, here);
    }
  }

  /** A failure is dealt with: what comes now is sent again. */
  resume(): void {
    this.failure = undefined;
    this.#failed = new Gate();
    this.conversation.resume();
  }

  async #task(task: Task, order: Order): Promise<void> {
    if (!this.#isWanted(task)) return;
    await this.play.arrive(this, order);
    this.checkpoint();
    const isAllowed = this.play.run.stepping.mayPerform(this, task, order);
    if (isAllowed !== true && !(await isAllowed)) return;
    if (await this.play.once.settles(this, task, order)) return;
    // Right before the work: hosts that have come this far side by side would do all of theirs behind one breath.
    for (let pause = breathe(); pause; pause = breathe()) {
      await pause;
      this.checkpoint();
    }
    await this.perform(task, order);
    if (this.play.inStep) await this.drain();
  }

  /** Does the task here and now, whatever the others do. */
  async perform(task: Task, order: Order): Promise<void> {
    if (task.action === 'meta') return runMeta(this, task, order);
    const { debugging } = this.play.run;
    const debugged = debugging.concerns(this, task) ? await debugging.of(this, task) : undefined;
    for (let next: Task | undefined = task; next !== undefined; ) {
      const run: TaskRun = new TaskRun(this, next, order, debugged);
      await run.run();
      next = run.again;
    }
  }

  #isWanted(task: Task): boolean {
    const { options } = this.play.run;
    if (this.seeking && !task.isHandler) {
      if (!isNamed(task, options.startAtTask ?? '')) return false;
      this.seeking = false;
    }
    if (task.isHandler) return true;
    if (task.role && this.endedRoles.has(task.role.id)) return false;
    const { templar } = this.play.run.scope;
    const tags = renderedTags(task.tags, (tag) => templar.render(tag, variablesOf(this.scope(task))));
    return isSelected(tags, options.tags);
  }

  /** What the task's expressions see. */
  scope(task?: Task, local?: Mapping): TaskScope {
    return {
      play: this.play.scope,
      host: this.host,
      ...(task !== undefined && { task }),
      ...(local !== undefined && { local }),
    };
  }

  /** Evaluates as often as it takes: a value that is on its way is waited for. Throws Stop where it will never come. */
  async evaluate<T>(compute: () => T): Promise<T> {
    for (;;) {
      this.checkpoint();
      try {
        return compute();
      } catch (error) {
        if (!(error instanceof Pending) || error instanceof Unknowable) throw error;
        await this.waitFor(error.on, Promise.race([error.ready, this.#failed.opened, this.play.ended]));
      }
    }
  }

  /** Waits, and tells the listeners where it is another host that is waited for. Never rejects. */
  async waitFor(other: string | undefined, ready: Promise<unknown>): Promise<void> {
    const { emit } = this.play.run;
    if (other !== undefined && other !== this.host) emit({ type: 'host-waits', host: this.host, on: other });
    await ready.catch(() => undefined);
    if (other !== undefined && other !== this.host) emit({ type: 'host-resumed', host: this.host });
  }

  nextSequence(order: Order): number {
    this.state.orders.set(++this.sequence, order);
    return this.sequence;
  }

  /**
   * Queues the settling of a task behind all earlier ones. `settle` is not called when an earlier one failed. Returns
   * the promise after which the task's outcome stands.
   */
  settle(order: Order, settle: () => Promise<void>): Promise<void> {
    this.#unsettled.push(order);
    this.#settled = this.#settled.then(async () => {
      try {
        if (this.active) await settle();
      } catch (error) {
        if (!(error instanceof Stop)) throw error;
      }
      this.#unsettled.shift();
      if (this.active) this.play.run.emit({ type: 'host-advanced', host: this.host, order });
    });
    this.#settled.catch((error) => this.play.crash(error));
    return this.#settled;
  }

  /** A task has failed for good: whatever was sent behind it does not count. */
  fail(failure: Failure): void {
    this.failure = failure;
    this.state.rollBack(failure.sequence);
    this.#failed.open();
  }

  /** The host cannot be reached any more. */
  lose(sequence: number): void {
    this.unreachable = true;
    this.state.rollBack(sequence);
    this.#failed.open();
  }

  /** `meta: clear_host_errors`: what made this host stop, or led it into an `always`, does not count. */
  forgive(): void {
    this.pardons++;
    this.droppedOut ||= this.failure !== undefined || this.unreachable;
    this.ended ||= this.droppedOut;
    this.failure = undefined;
    this.unreachable = false;
  }

  /** `meta: end_host`. */
  end(): void {
    this.ended = true;
    this.#failed.open();
  }
}

/** Has the task this name, or one like this pattern? */
function isNamed({ name, role }: Task, pattern: string): boolean {
  const matches = globMatcher(pattern);
  return matches(name) || (role !== undefined && matches(`${role.name} : ${name}`));
}
