import { Pending } from '../../values/index.js';
import type { Order } from '../events.js';
import type { HostRun } from './host-run.js';
import { compareOrders } from './order.js';

/** How far each host of a batch has got in the order of the play, and who waits until another has come as far. */
export class Positions {
  readonly #byName: ReadonlyMap<string, HostRun>;
  readonly #isAborted: () => boolean;
  #waiting: (() => void)[] = [];
  #crossing = new Map<HostRun, () => void>();

  /** `byName` in the order of the play. */
  constructor(byName: ReadonlyMap<string, HostRun>, isAborted: () => boolean) {
    this.#byName = byName;
    this.#isAborted = isAborted;
  }

  of(name: string): Order | undefined {
    return this.#byName.get(name)?.position;
  }

  enter(host: HostRun, order: Order): void {
    host.position = order;
    this.wake();
  }

  /** Whoever waits looks again. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Those who go on at the same time do so in the order of the play's hosts: with few `forks` that is what counts. */
  inTurn(host: HostRun): Promise<void> {
    return new Promise((resolve) => {
      if (this.#crossing.size === 0) setImmediate(() => this.#cross());
      this.#crossing.set(host, resolve);
    });
  }

  #cross(): void {
    const crossing = this.#crossing;
    this.#crossing = new Map();
    if (crossing.size === 1) for (const resolve of crossing.values()) resolve();
    else for (const host of this.#byName.values()) crossing.get(host)?.();
  }

  /** Waits until all others have come to `order`. */
  async allAt(asking: HostRun, order: Order): Promise<void> {
    for (const host of this.#byName.values()) {
      if (host === asking || this.#isAt(host, order)) continue;
      await asking.waitFor(host.host, this.#reached(host, order));
    }
  }

  #isAt(host: HostRun, order: Order): boolean {
    return host.over || this.#isAborted() || compareOrders(host.position, order) >= 0;
  }

  async #reached(host: HostRun, order: Order): Promise<void> {
    while (!this.#isAt(host, order)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /**
   * Throws Pending while `other` may still do something that stands before where `asking` is, or may turn out to have
   * failed at it: what was sent behind a failure is not to be seen.
   */
  awaitHost(asking: string, other: string): void {
    const own = this.#byName.get(asking);
    const host = this.#byName.get(other);
    if (!own || !host || own === host || this.#isAborted()) return;
    const what = `what ${other} does before`;
    if (!this.#isAt(host, own.position)) throw new Pending(what, this.#reached(host, own.position), other);
    if (!host.isSettledBefore(own.position)) throw new Pending(what, host.settledSoFar(), other);
  }

  /** Throws Pending while another host may still fail at something that stands before where `asking` is. */
  awaitAll(asking: string): void {
    for (const host of this.#byName.keys()) this.awaitHost(asking, host);
  }
}
