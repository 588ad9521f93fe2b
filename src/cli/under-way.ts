import type { Listener, TaskInfo } from '../engine/index.js';
import { oneLine } from '../report/text.js';

/** Knows what has been sent to hosts and has no result yet, from the events of a run. */
export class UnderWay {
  readonly #hosts = new Map<string, Map<string, TaskInfo>>();

  readonly listen: Listener = (event) => {
    if (event.type === 'task-started') {
      const tasks = this.#hosts.get(event.host) ?? new Map<string, TaskInfo>();
      this.#hosts.set(event.host, tasks.set(event.task.order.join('.'), event.task));
    } else if (event.type === 'task-finished') this.#hosts.get(event.host)?.delete(event.task.order.join('.'));
    else if (event.type === 'host-ended') this.#hosts.delete(event.host);
  };

  /** A line a host: of what nobody knows whether it was done. Empty where nothing is under way. */
  lines(): string[] {
    return [...this.#hosts].flatMap(([host, tasks]) => {
      const [first] = tasks.values();
      if (first === undefined) return [];
      const { file, line } = first.position;
      const behind = tasks.size - 1;
      const more = behind === 0 ? '' : `, and ${behind} sent behind it`;
      return [`  ${oneLine(host)}  "${oneLine(first.name)}" (${oneLine(file)}:${line})${more}`];
    });
  }
}
