import type { Listener, Progress, RunEvent, TaskInfo } from '../engine/index.js';

/** A line longer than this is cut: nobody reads it, and a host must not fill the memory. */
const LONGEST_LINE = 16_384;
const SHOWN_OF_LONG_LINE = 4096;

type Mask = (text: string) => string;

interface Partial {
  event: Progress;
  text: string;
  /** The rest of the line is dropped. */
  tooLong: boolean;
}

/**
 * Passes events on with secrets masked where the engine leaves texts as they are: names, notices, live output. Output is
 * passed on in whole lines, since a secret may arrive in two pieces.
 */
export function masked(mask: Mask, listen: Listener): Listener {
  const partial = new Map<string, Partial>();

  function say(event: Progress, text: string): void {
    if (text !== '') listen({ ...event, text: mask(text) });
  }

  function take(event: Progress): void {
    const key = JSON.stringify([event.host, event.stream, event.task.order]);
    const line = partial.get(key) ?? { event, text: '', tooLong: false };
    const text = line.text + event.text;
    const end = text.lastIndexOf('\n') + 1;
    const firstEnd = text.indexOf('\n') + 1;
    if (end > 0) {
      say(event, line.tooLong ? text.slice(firstEnd).slice(0, end - firstEnd) : text.slice(0, end));
      line.tooLong = false;
    }
    line.text = text.slice(end);
    if (line.tooLong) line.text = '';
    else if (line.text.length > LONGEST_LINE) {
      listen({ ...event, text: `${mask(line.text).slice(0, SHOWN_OF_LONG_LINE)}…\n` });
      line.text = '';
      line.tooLong = true;
    }
    partial.set(key, line);
  }

  /** What stands without a line end when the task is through. */
  function flush(host: string): void {
    for (const [key, line] of partial) {
      if (line.event.host !== host) continue;
      partial.delete(key);
      say(line.event, line.text);
    }
  }

  const maskedTask = (task: TaskInfo): TaskInfo => ({ ...task, name: mask(task.name) });

  return (event: RunEvent) => {
    if (event.type === 'progress') return take({ ...event, task: maskedTask(event.task) });
    if (event.type === 'notice') return listen({ ...event, message: mask(event.message) });
    if (event.type === 'task-finished' || event.type === 'host-ended') flush(event.host);
    if (event.type === 'play-started')
      return listen({ ...event, play: { ...event.play, name: mask(event.play.name) } });
    if (!('task' in event)) return listen(event);
    const task = maskedTask(event.task);
    if (event.type === 'meta-done') return listen({ ...event, task, message: mask(event.message) });
    if (event.type !== 'task-finished' || event.delegatedTo === undefined) return listen({ ...event, task });
    listen({ ...event, task, delegatedTo: mask(event.delegatedTo) });
  };
}
