import { type Task, topicsOf } from '../../playbook/index.js';
import { isConstant } from '../../template/index.js';
import { tryRender } from '../attempts/names.js';
import type { Order } from '../events.js';
import type { HostRun } from './host-run.js';
import type { PlayRun } from './play-run.js';

/** The handlers of a play: who hears what, and what each host has still to run. */
export class Handlers {
  readonly #play: PlayRun;
  /** Those that includes have brought. */
  readonly #included: Task[] = [];

  constructor(play: PlayRun) {
    this.#play = play;
  }

  include(handlers: readonly Task[]): void {
    this.#included.push(...handlers);
  }

  /**
   * Runs what has been notified, once, in the order of the handlers' definition. One that notifies further handlers is
   * waited for: those that are defined behind it run now, itself and those before it with the next flush.
   */
  async flush(host: HostRun, order: Order): Promise<void> {
    for (const topic of host.notified) this.#call(host, topic);
    host.notified.clear();
    if (host.called.size === 0) return;
    host.isFlushing = true;
    for (const [index, handler] of this.#all().entries()) {
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
    for (const handler of this.hearing(host, topic)) host.called.add(handler.id);
  }

  #all(): readonly Task[] {
    const known = new Set<string>();
    return [...this.#play.scope.play.handlers, ...this.#included].filter(({ id }) => !known.has(id) && known.add(id));
  }

  /** The handler of that name, and those that listen to it. */
  hearing(host: HostRun, topic: string): readonly Task[] {
    const heard = this.#all().map((handler) => {
      const name = tryRender(handler.name, host.scope(handler));
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
    this.#play.tellOnce({ level: 'warning', message, position });
  }
}
