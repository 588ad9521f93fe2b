import type { Listener, RunOutcome, TaskFinished, TaskResult } from '../engine/index.js';
import { type Play, tasksOf } from '../playbook/index.js';
import { cut, harmless, oneLine } from '../report/text.js';

/** Keeps what ended hosts before the end, from the events of a run. */
export class Unfinished {
  /** Host → what ended it. */
  readonly #failures = new Map<string, TaskFinished>();
  readonly #last = new Map<string, TaskFinished>();
  /** Of any host: a task that one of them does for all (`run_once`) ends the others as well. */
  #lastOfAll: TaskFinished | undefined;

  readonly listen: Listener = (event) => {
    if (event.type === 'task-finished') {
      const { status } = event.result;
      if ((status === 'failed' || status === 'unreachable') && !event.ignored) {
        this.#last.set(event.host, event);
        this.#lastOfAll = event;
      }
    }
    if (event.type === 'host-ended' && event.outcome !== 'done') {
      const failure = this.#last.get(event.host) ?? this.#lastOfAll;
      if (failure) this.#failures.set(event.host, failure);
    }
  };

  /** A line for each lost host: what failed, and how much was left undone there. */
  lines(plays: readonly Play[], lost: RunOutcome['lost']): string[] {
    const all = plays.flatMap(tasksOf);
    const failures = [...this.#failures].filter(([host]) => lost.has(host));
    const width = Math.max(0, ...failures.map(([host]) => host.length));
    return failures.map(([host, { task, result }]) => {
      const at = all.findIndex(({ id }) => id === task.id);
      const left = at < 0 ? 0 : all.length - at - 1;
      // Steps are sent ahead: where nobody saw the end of one, those behind it may have been done as well.
      const begun = result.value.outcome === 'unknown' ? 'perhaps begun' : 'not begun';
      const more = left === 0 ? '' : `, and ${left} ${left === 1 ? 'task' : 'tasks'} behind it ${begun}`;
      const word = result.status === 'unreachable' ? 'unreachable at' : 'failed at';
      const why = oneLine(reasonOf(result));
      const place = `${task.position.file}:${task.position.line}`;
      return `  ${oneLine(host).padEnd(width)}  ${word} "${oneLine(task.name)}" (${oneLine(place)})${more}${why === '' ? '' : `: ${cut(why, 120)}`}`;
    });
  }
}

/** The last line of what a command said on standard error says more than that it failed. */
function reasonOf({ message, value }: TaskResult): string {
  const said = value.rc !== undefined && typeof value.stderr === 'string' ? value.stderr.trim().split('\n').at(-1) : '';
  return said || (message ?? '');
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (harmless(word) === word && !/[\n\t]/.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  // What would steer the terminal, as bash, zsh and ksh read it.
  const unseen = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `$'${word.replace(/[\\']/g, '\\$&').replace(/[^ -~\u00a0-\u200d\u2030-\u2065\u2070-\uffff]/g, unseen)}'`;
}

/** The command line as it can be typed again. */
export const commandLine = (args: readonly string[]): string => ['kprov', ...args].map(quoted).join(' ');
