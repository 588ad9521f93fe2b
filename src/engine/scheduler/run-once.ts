import type { Task } from '../../playbook/index.js';
import { OMIT } from '../../template/index.js';
import { asFlag, inheritedKeyword } from '../attempts/keyword.js';
import type { Order } from '../events.js';
import { variablesOf } from '../variables/variables.js';
import type { HostRun } from './host-run.js';
import { compareOrders } from './order.js';
import type { PlayRun } from './play-run.js';

/** `run_once`: the first host to come to a task does it for all of the batch. */
export class RunOnce {
  readonly #play: PlayRun;
  /** By the order of the task. */
  readonly #done = new Map<string, Promise<void>>();
  /** Those whose result counts for all hosts of the batch. */
  readonly #shared = new Set<string>();

  constructor(play: PlayRun) {
    this.#play = play;
  }

  /** For whom a result of the task counts that `host` has brought. */
  concerned(host: HostRun, order: Order): readonly HostRun[] {
    return this.#shared.has(order.join('.')) ? this.#play.hosts.filter((other) => other.active) : [host];
  }

  /** True where the task is done with for this host, since another one has done (or will have done) it. */
  async settles(host: HostRun, task: Task, order: Order): Promise<boolean> {
    if (task.runOnce === undefined) return false;
    const { templar } = this.#play.run.scope;
    const { isOnce, isShared } = await host.evaluate(() => {
      const variables = variablesOf(host.scope(task));
      // Ansible asks whether the text that stands for omit is true, which it is, and leaves the keyword out only then: one
      // host does the task, and for itself alone.
      if (templar.render(task.runOnce ?? false, variables) === OMIT) return { isOnce: true, isShared: false };
      const isTrue = asFlag(inheritedKeyword(task, 'runOnce', { templar, variables }), false);
      return { isOnce: isTrue, isShared: isTrue };
    });
    if (!isOnce) return false;
    await host.drain();
    await this.#play.positions.allAt(host, order);
    const key = order.join('.');
    let doer: HostRun | undefined;
    while (!this.#done.has(key)) {
      doer = this.#play.hosts.find((other) => other.active && compareOrders(other.position, order) === 0) ?? host;
      if (doer === host && isShared) this.#shared.add(key);
      if (doer === host) this.#done.set(key, this.#perform(host, task, order, isShared));
      // The first one is on its way to this very line, unless it fails before.
      else await doer.settledSoFar().then(() => new Promise((resolve) => setImmediate(resolve)));
    }
    // What the task includes is done by the one host alone: the others are past all of that.
    if (doer !== host) this.#play.positions.enter(host, [...order, Number.MAX_SAFE_INTEGER]);
    await this.#done.get(key);
    host.checkpoint();
    return true;
  }

  async #perform(host: HostRun, task: Task, order: Order, isShared: boolean): Promise<void> {
    await host.perform(task, order);
    await host.drain().catch(() => undefined);
    if (!isShared) return;
    const names = [task.register].filter((name) => name !== undefined);
    if (task.action === 'set_fact') names.push(...Object.keys(task.args));
    for (const other of this.#play.hosts) {
      if (other === host) continue;
      const sequence = other.nextSequence(order);
      for (const name of names) {
        const entry = host.state.setFacts.get(name);
        if (entry) other.state.set('setFacts', name, entry, sequence);
      }
      if (host.failure && other.active) other.fail({ ...host.failure, sequence: other.sequence, isOthers: true });
    }
  }
}
