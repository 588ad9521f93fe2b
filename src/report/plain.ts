import { compareOrders, type Listener, type Order, type RunEvent, type TaskInfo } from '../engine/index.js';
import { renderRecap } from './recap.js';
import { itemLines, type LineOptions, taskLines } from './result-lines.js';
import { harmless } from './text.js';

export interface PlainOptions extends LineOptions {
  write(text: string): void;
  /** Where notices go, so that standard output reads like ansible-playbook's. */
  writeError(text: string): void;
}

/** One task of the play with what its hosts have said so far. */
interface Section {
  order: Order;
  task: TaskInfo;
  lines: string[];
  open: boolean;
}

interface Host {
  /** Orders of tasks that were started and are not settled, oldest first. */
  started: Order[];
  advanced: Order;
  ended: boolean;
}

/**
 * Reads like ansible-playbook: a heading per task, a line per host. Hosts run at their own pace, so what comes early
 * is held back until the tasks before it are through on all hosts.
 */
export class PlainReport {
  readonly #options: PlainOptions;
  #hosts = new Map<string, Host>();
  #sections: Section[] = [];

  constructor(options: PlainOptions) {
    this.#options = options;
  }

  readonly listen: Listener = (event) => this.#handle(event);

  #heading(text: string): void {
    const stars = '*'.repeat(Math.max(3, this.#options.columns - text.length - 1));
    this.#options.write(`\n${harmless(text)} ${stars}\n`);
  }

  #handle(event: RunEvent): void {
    switch (event.type) {
      case 'play-started':
        this.#hosts = new Map(event.hosts.map((host) => [host, { started: [], advanced: [], ended: false }]));
        this.#heading(`PLAY [${event.play.name}]`);
        return;
      case 'play-skipped':
        this.#heading(`PLAY [${event.play.name}]`);
        this.#options.write(`skipping: ${event.reason}\n`);
        return;
      case 'task-started':
        this.#hosts.get(event.host)?.started.push(event.task.order);
        this.#section(event.task);
        break;
      case 'item-finished':
        this.#section(event.task).lines.push(...itemLines(event.host, event.label, event.result, this.#options));
        break;
      case 'task-finished':
        this.#section(event.task).lines.push(...taskLines(event, this.#options));
        break;
      case 'host-advanced': {
        const host = this.#hosts.get(event.host);
        if (!host) return;
        host.advanced = event.order;
        host.started = host.started.filter((order) => compareOrders(order, event.order) > 0);
        break;
      }
      case 'host-ended': {
        const host = this.#hosts.get(event.host);
        if (host) host.ended = true;
        break;
      }
      case 'notice':
        this.#options.writeError(
          `${event.level === 'info' ? '' : `[${event.level.toUpperCase()}]: `}${event.host === undefined ? '' : `[${harmless(event.host)}] `}${harmless(event.message)}\n`,
        );
        return;
      case 'run-finished':
        this.#heading('PLAY RECAP');
        this.#options.write(`${renderRecap(event.stats, this.#options.paint).join('\n')}\n\n`);
        return;
      default:
        return;
    }
    this.#flush();
  }

  #section(task: TaskInfo): Section {
    const known = this.#sections.find((section) => compareOrders(section.order, task.order) === 0);
    if (known) return known;
    const section = { order: task.order, task, lines: [], open: false };
    const at = this.#sections.findIndex((other) => compareOrders(other.order, task.order) > 0);
    this.#sections.splice(at < 0 ? this.#sections.length : at, 0, section);
    return section;
  }

  /** May a host still bring something that belongs before `order`? */
  #allReached(order: Order): boolean {
    return [...this.#hosts.values()].every(
      (host) => host.ended || compareOrders(host.started[0] ?? host.advanced, order) >= 0,
    );
  }

  #allPast(order: Order): boolean {
    return [...this.#hosts.values()].every((host) => host.ended || compareOrders(host.advanced, order) >= 0);
  }

  #flush(): void {
    for (;;) {
      const [section] = this.#sections;
      if (!section) return;
      if (!section.open) {
        if (!this.#allReached(section.order)) return;
        if (section.lines.length === 0 && this.#allPast(section.order)) {
          // Sent ahead of a failure, and void.
          this.#sections.shift();
          continue;
        }
        section.open = true;
        this.#heading(`${section.task.handler ? 'RUNNING HANDLER' : 'TASK'} [${section.task.name}]`);
      }
      for (const line of section.lines.splice(0)) this.#options.write(`${line}\n`);
      if (!this.#allPast(section.order)) return;
      this.#sections.shift();
    }
  }
}
