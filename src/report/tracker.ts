import { compareOrders, type Order, type RunEvent, type TaskFinished, type TaskInfo } from '../engine/index.js';
import { oneLine } from './text.js';

export interface HostCounts {
  ok: number;
  changed: number;
  skipped: number;
  unknown: number;
}

/** Where a host is in the present play. */
export interface HostView {
  readonly host: string;
  /** The oldest task that was begun and has no result. */
  task?: TaskInfo;
  /** When it became the oldest, or when the host ended; milliseconds of the tracker's clock. */
  since: number;
  /** The host that this one waits for. */
  waitsFor?: string;
  /** Last line of what the present task has printed. */
  lastLine?: string;
  counts: HostCounts;
  /** The last failure; once the host has ended, what ended it. */
  failure?: TaskFinished;
  ended: boolean;
}

interface Tracked extends HostView {
  started: TaskInfo[];
  /** Cannot work out its next task; what was begun before may still be under way. */
  waiting?: string;
}

const newest = (text: string): string | undefined =>
  text
    .split(/[\r\n]/)
    .map(oneLine)
    .filter((line) => line !== '')
    .at(-1);

/** Follows the events of a run: what each host of the present play does, since when, and whom it waits for. */
export class Tracker {
  readonly #now: () => number;
  #hosts = new Map<string, Tracked>();

  /** `now` gives milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get hosts(): readonly HostView[] {
    return [...this.#hosts.values()];
  }

  get(host: string): HostView | undefined {
    return this.#hosts.get(host);
  }

  handle(event: RunEvent): void {
    if (event.type === 'play-started') {
      this.#hosts = new Map(event.hosts.map((host) => [host, this.#fresh(host)]));
      return;
    }
    if (event.type === 'run-finished') this.#hosts.clear();
    if (!('host' in event) || event.host === undefined) return;
    const host = this.#hosts.get(event.host);
    if (!host) return;
    switch (event.type) {
      case 'task-started':
        host.started.push(event.task);
        this.#look(host);
        return;
      case 'progress': {
        const line = newest(event.text);
        if (line !== undefined) host.lastLine = line;
        return;
      }
      case 'task-finished':
        this.#count(host, event);
        this.#settle(host, event.task.order);
        return;
      case 'host-advanced':
        this.#settle(host, event.order);
        return;
      case 'host-waits':
        host.waiting = event.on;
        this.#look(host);
        return;
      case 'host-resumed':
        delete host.waiting;
        this.#look(host);
        return;
      case 'host-ended':
        host.ended = true;
        if (event.outcome === 'done') delete host.failure;
        host.started = [];
        delete host.waiting;
        this.#look(host);
        return;
      default:
        return;
    }
  }

  #fresh(host: string): Tracked {
    const counts = { ok: 0, changed: 0, skipped: 0, unknown: 0 };
    return { host, started: [], since: this.#now(), counts, ended: false };
  }

  #count(host: Tracked, event: TaskFinished): void {
    const { status } = event.result;
    if (status === 'ok' || status === 'skipped' || status === 'unknown') host.counts[status]++;
    if (status === 'changed') {
      host.counts.ok++;
      host.counts.changed++;
    }
    if ((status === 'failed' || status === 'unreachable') && !event.ignored) host.failure = event;
  }

  #settle(host: Tracked, order: Order): void {
    host.started = host.started.filter((task) => compareOrders(task.order, order) > 0);
    this.#look(host);
  }

  #look(host: Tracked): void {
    const [oldest, next] = host.started;
    const waitsFor = next === undefined ? host.waiting : undefined;
    if (oldest === host.task && waitsFor === host.waitsFor && !host.ended) return;
    if (oldest !== host.task) delete host.lastLine;
    delete host.task;
    delete host.waitsFor;
    if (oldest) host.task = oldest;
    if (waitsFor !== undefined) host.waitsFor = waitsFor;
    host.since = this.#now();
  }
}

/** `Container runtime`, or `waits for node1: The cluster is made`. */
export function activity(view: HostView, tracker: Tracker): string | undefined {
  if (view.waitsFor !== undefined) {
    const other = tracker.get(view.waitsFor)?.task?.name;
    return `waits for ${oneLine(view.waitsFor)}${other === undefined ? '' : `: ${oneLine(other)}`}`;
  }
  return view.task && oneLine(view.task.name);
}
