import { compareOrders, type Order, type RunEvent, type TaskInfo } from '../engine/index.js';

/** One task on one host, as part of what the run's end has waited for. */
export interface PathStep {
  readonly host: string;
  readonly task: string;
  readonly action: string;
  /** Milliseconds since the run began. */
  readonly startMs: number;
  readonly durationMs: number;
  /** The host for which this step had to wait before it could begin. */
  readonly waitedFor?: string;
}

interface Step {
  host: string;
  task: TaskInfo;
  from: number;
  to: number;
  waitedFor: string | undefined;
  /** What had to end before this could begin. */
  behind: Step | undefined;
}

/** A task that could not be worked out before another host had got further. */
interface Held {
  order: Order;
  until: number;
  on: string;
  behind: Step | undefined;
}

interface Host {
  started: Order | undefined;
  waitsOn: string | undefined;
  held: Held[];
  /** When the host became free for its next task. */
  free: number;
  last: Step | undefined;
}

/**
 * From the events of a run: the chain of steps, over all hosts, without which the run would have ended earlier. Tasks are
 * sent ahead, so a step counts from when the one before it on the host was through, or from when the host that it waited
 * for had got far enough.
 */
export class CriticalPath {
  readonly #now: () => number;
  #begin = 0;
  #hosts = new Map<string, Host>();
  #last: Step | undefined;

  /** `now` gives milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  handle(event: RunEvent): void {
    if (event.type === 'run-started') this.#begin = this.#now();
    if (event.type === 'play-started') {
      const fresh = { started: undefined, waitsOn: undefined, held: [], free: this.#now(), last: this.#last };
      this.#hosts = new Map(event.hosts.map((host) => [host, { ...fresh, held: [] }]));
    }
    if (!('host' in event) || event.host === undefined) return;
    const host = this.#hosts.get(event.host);
    if (!host) return;
    if (event.type === 'task-started') host.started = event.task.order;
    if (event.type === 'host-waits') host.waitsOn = event.on;
    if (event.type === 'host-resumed') this.#resumed(host);
    if (event.type === 'task-finished') this.#finished(host, event.host, event.task);
  }

  /** The steps in the order in which they were done; empty before any is through. */
  steps(): PathStep[] {
    const path: PathStep[] = [];
    for (let step = this.#last; step; step = step.behind) {
      path.push({
        host: step.host,
        task: step.task.name,
        action: step.task.action,
        startMs: step.from - this.#begin,
        durationMs: step.to - step.from,
        ...(step.waitedFor !== undefined && { waitedFor: step.waitedFor }),
      });
    }
    return path.reverse();
  }

  #resumed(host: Host): void {
    const { waitsOn: on, started: order } = host;
    if (on === undefined || order === undefined) return;
    host.held = host.held.filter((held) => compareOrders(held.order, order) !== 0);
    host.held.push({ order, until: this.#now(), on, behind: this.#hosts.get(on)?.last });
    host.waitsOn = undefined;
  }

  #finished(host: Host, name: string, task: TaskInfo): void {
    const held = host.held.find(({ order }) => compareOrders(order, task.order) === 0);
    const isHeld = held !== undefined && held.until > host.free;
    const to = this.#now();
    const step: Step = {
      host: name,
      task,
      from: isHeld ? held.until : host.free,
      to,
      waitedFor: isHeld ? held.on : undefined,
      behind: isHeld ? held.behind : host.last,
    };
    host.held = host.held.filter(({ order }) => compareOrders(order, task.order) > 0);
    host.free = to;
    host.last = step;
    this.#last = step;
  }
}
