import {
  compareOrders,
  type ItemFinished,
  type Listener,
  type MetaDone,
  type Notice,
  type Order,
  type RunEvent,
  type RunFinished,
  type TaskFinished,
  type TaskInfo,
  type TaskResult,
} from '../engine/index.js';
import { renderRecap } from './recap.js';
import { itemLines, type LineOptions, taskLines } from './result-lines.js';
import { statsText } from './result-text.js';
import { SILENCE_MS, stillRunning } from './silence.js';
import { harmless } from './text.js';
import { Tracker } from './tracker.js';

export interface PlainOptions extends LineOptions {
  write(text: string): void;
  /** Where notices go, so that standard output reads like ansible-playbook's. */
  writeError(text: string): void;
  /** Milliseconds, from any beginning. */
  now(): number;
  /** Results that are not shown, and how the rest is; default: all are, as usual. */
  display?: DisplayOptions | undefined;
  /** What is shown before the recap, under which heading. */
  beforeRecap?(run: RunFinished): { heading: string; lines: readonly string[] };
}

/** Ansible's settings of the default callback. */
export interface DisplayOptions {
  /** display_skipped_hosts: no. */
  hidesSkipped: boolean;
  /** display_ok_hosts: no. */
  hidesOk: boolean;
  /** display_failed_stderr: failures go where warnings go. */
  failuresAside: boolean;
  /** show_per_host_start. */
  showsStart: boolean;
  /** show_custom_stats. */
  showsCustomStats: boolean;
  /** check_mode_markers. */
  marksCheckMode: boolean;
}

interface Line {
  text: string;
  aside?: true;
}

/** One task of the play with what its hosts have said so far. */
interface Section {
  order: Order;
  task: TaskInfo;
  lines: Line[];
  /** Files that were included, with the item of a loop: one line for all hosts, when they are all through. */
  included: { file: string; item: string; hosts: string[] }[];
  open: boolean;
  /** Has a heading even where no host says anything below it. */
  isShown?: true;
  /** Hosts that may still bring something that belongs before it, or to it; whoever is past is not asked again. */
  before?: Host[];
  behind?: Host[];
}

interface Host {
  /** Orders of tasks that were started and are not settled, oldest first. */
  started: Order[];
  advanced: Order;
  ended: boolean;
}

/** Takes off the list whoever is through, up to the first who is not. */
function noneLeft(hosts: Host[], isThrough: (host: Host) => boolean): boolean {
  for (let last = hosts.at(-1); last; last = hosts.at(-1)) {
    if (!isThrough(last)) return false;
    hosts.pop();
  }
  return true;
}

/** A notice on a line, labelled as Ansible labels it: what it warns of, where, and the message. */
export function noticeLine({ level, host, task, message, position }: Notice): string {
  const label = level === 'info' ? '' : level === 'error' ? 'ERROR! ' : `[${level.toUpperCase()}]: `;
  const about = host === undefined || task !== undefined ? '' : `[${harmless(host)}] `;
  const place =
    level === 'error' && position ? `\n  ${harmless(position.file)}:${position.line}:${position.column}` : '';
  return `${label}${about}${harmless(message)}${place}`;
}

/** What set_stats has said, where that is to be shown: a line a host, and one for the run. */
export function customStatsLines(
  { customStats }: RunFinished,
  { display, results }: Pick<PlainOptions, 'display' | 'results'>,
): string[] {
  if (customStats === undefined || display?.showsCustomStats !== true) return [];
  const run = customStats.get('_run');
  const hosts = [...customStats].filter(([owner]) => owner !== '_run').sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = hosts.map(([host, values]) => `\t${harmless(host)}: ${statsText(values, results)}`);
  return run === undefined ? lines : [...lines, '', `\tRUN: ${statsText(run, results)}`];
}

/**
 * Reads like ansible-playbook: a heading per task, a line per host. Hosts run at their own pace, so what comes early
 * is held back until the tasks before it are through on all hosts.
 */
export class PlainReport {
  readonly #options: PlainOptions;
  #hosts = new Map<string, Host>();
  #sections: Section[] = [];
  readonly #tracker: Tracker;
  #isCheck = false;
  /** When something was last said. */
  #spoke: number;

  constructor(options: PlainOptions) {
    this.#options = options;
    this.#tracker = new Tracker(options.now);
    this.#spoke = options.now();
  }

  readonly listen: Listener = (event) => {
    this.#tracker.handle(event);
    this.#handle(event);
  };

  /** To be called now and then: after a silence it says what is still running, and since when. */
  tick(): void {
    const now = this.#options.now();
    if (now - this.#spoke < SILENCE_MS) return;
    const lines = stillRunning(this.#tracker, now, this.#options.columns);
    if (lines.length === 0) return;
    this.#sayAside(`${lines.join('\n')}\n`);
  }

  #say(text: string): void {
    this.#spoke = this.#options.now();
    this.#options.write(text);
  }

  #sayAside(text: string): void {
    this.#spoke = this.#options.now();
    this.#options.writeError(text);
  }

  #heading(text: string): void {
    const shown = harmless(text);
    const stars = '*'.repeat(Math.max(3, this.#options.columns - shown.length - 1));
    this.#say(`\n${shown} ${stars}\n`);
  }

  #beforeRecap(event: RunFinished): void {
    const more = this.#options.beforeRecap?.(event);
    if (!more) return;
    this.#heading(more.heading);
    this.#say(`${more.lines.join('\n')}\n`);
  }

  #customStats(event: RunFinished): void {
    const lines = customStatsLines(event, this.#options);
    if (lines.length === 0) return;
    this.#heading('CUSTOM STATS:');
    this.#say(`${lines.join('\n')}\n\n`);
  }

  #handle(event: RunEvent): void {
    switch (event.type) {
      case 'run-started':
        this.#isCheck = event.checkMode;
        this.#dryRun();
        return;
      case 'play-started':
        this.#hosts = new Map(event.hosts.map((host) => [host, { started: [], advanced: [], ended: false }]));
        this.#heading(`PLAY [${event.play.name}]${this.#marker(this.#isCheck)}`);
        return;
      case 'play-skipped':
        this.#heading(`PLAY [${event.play.name}]`);
        this.#say(`skipping: ${event.reason}\n`);
        return;
      case 'task-started':
        this.#hosts.get(event.host)?.started.push(event.task.order);
        this.#started(event.host, this.#section(event.task));
        break;
      case 'item-finished':
        this.#itemFinished(event);
        break;
      case 'task-finished':
        this.#finished(event);
        break;
      case 'meta-done':
        this.#metaDone(event);
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
        if (event.task) this.#section(event.task).lines.push({ text: noticeLine(event) });
        else this.#sayAside(`${noticeLine(event)}\n`);
        break;
      case 'run-finished':
        this.#beforeRecap(event);
        this.#heading('PLAY RECAP');
        for (const line of renderRecap(event.stats, this.#options.paint)) this.#say(`${line}\n`);
        this.#say('\n');
        this.#customStats(event);
        this.#dryRun();
        return;
      default:
        return;
    }
    this.#flush();
  }

  #itemFinished(event: ItemFinished): void {
    const section = this.#section(event.task);
    const { include } = event.result.value;
    if (typeof include === 'string' && event.result.status === 'ok')
      this.#includes(section, event.host, include, ` => (item=${harmless(event.label)})`);
    else this.#add(section, event.result, itemLines(event, this.#options));
  }

  #finished(event: TaskFinished): void {
    const section = this.#section(event.task);
    const { include } = event.result.value;
    if (typeof include === 'string' && event.result.status === 'ok') this.#includes(section, event.host, include);
    else this.#add(section, event.result, taskLines(event, this.#options));
  }

  /** Nothing where results of the kind are not shown. */
  #add(section: Section, { status }: TaskResult, lines: readonly string[]): void {
    const { display } = this.#options;
    if ((status === 'ok' && display?.hidesOk) || (status === 'skipped' && display?.hidesSkipped)) return;
    const isAside = display?.failuresAside === true && (status === 'failed' || status === 'unreachable');
    section.lines.push(...lines.map((text) => ({ text, ...(isAside && { aside: true as const }) })));
  }

  #started(host: string, { lines, task }: Section): void {
    if (!this.#options.display?.showsStart) return;
    const kind = task.handler ? 'HANDLER' : 'TASK';
    lines.push({
      text: this.#options.paint('green', ` [started ${kind}: ${harmless(task.name)} on ${harmless(host)}]`),
    });
  }

  #marker(isCheck: boolean): string {
    return isCheck && this.#options.display?.marksCheckMode ? ' [CHECK MODE]' : '';
  }

  #dryRun(): void {
    if (this.#isCheck && this.#options.display?.marksCheckMode) this.#heading('DRY RUN');
  }

  /** One line for all hosts for which the same file is included, of a loop with the same item. */
  #includes(section: Section, host: string, file: string, item = ''): void {
    const same = section.included.find((each) => each.file === file && each.item === item);
    if (same) same.hosts.push(host);
    else section.included.push({ file, item, hosts: [host] });
  }

  #metaDone({ host, task, message, skipped }: MetaDone): void {
    const section = this.#section(task);
    section.isShown = true;
    const { display, paint, verbosity } = this.#options;
    if (skipped && !display?.hidesSkipped) section.lines.push({ text: paint('cyan', `skipping: [${harmless(host)}]`) });
    const text = `META: ${harmless(message)}`;
    if (verbosity > 1 && !section.lines.some((line) => line.text === text)) section.lines.push({ text });
  }

  #section(task: TaskInfo): Section {
    const known = this.#sections.find((section) => compareOrders(section.order, task.order) === 0);
    if (known) return known;
    const section: Section = { order: task.order, task, lines: [], included: [], open: false };
    const at = this.#sections.findIndex((other) => compareOrders(other.order, task.order) > 0);
    this.#sections.splice(at < 0 ? this.#sections.length : at, 0, section);
    return section;
  }

  /** May a host still bring something that belongs before `order`? */
  #allReached(section: Section): boolean {
    section.before ??= [...this.#hosts.values()];
    return noneLeft(
      section.before,
      (host) => host.ended || compareOrders(host.started[0] ?? host.advanced, section.order) >= 0,
    );
  }

  #allPast(section: Section): boolean {
    section.behind ??= [...this.#hosts.values()];
    return noneLeft(section.behind, (host) => host.ended || compareOrders(host.advanced, section.order) >= 0);
  }

  /** With results that are not shown there are tasks of which nothing is. */
  #mayStaySilent({ included }: Section): boolean {
    const { display } = this.#options;
    return included.length === 0 && (display?.hidesOk === true || display?.hidesSkipped === true);
  }

  #flush(): void {
    for (;;) {
      const [section] = this.#sections;
      if (!section) return;
      if (!section.open) {
        if (!this.#allReached(section)) return;
        if (!section.isShown && section.lines.length === 0 && section.included.length === 0 && this.#allPast(section)) {
          // Sent ahead of a failure, and void.
          this.#sections.shift();
          continue;
        }
        if (this.#mayStaySilent(section) && section.lines.length === 0) {
          // Its heading comes with the first line, if there is to be one.
          if (!this.#allPast(section)) return;
          this.#sections.shift();
          continue;
        }
        section.open = true;
        const { handler, name, arguments: args = '', checkMode } = section.task;
        const what = `${name}${args === '' ? '' : ` ${args}`}`;
        this.#heading(`${handler ? 'RUNNING HANDLER' : 'TASK'} [${what}]${this.#marker(checkMode)}`);
        const { file, line } = section.task.position;
        if (this.#options.verbosity > 1) this.#say(`task path: ${harmless(file)}:${line}\n`);
      }
      for (const { text, aside } of section.lines.splice(0)) {
        if (aside) this.#sayAside(`${text}\n`);
        else this.#say(`${text}\n`);
      }
      if (!this.#allPast(section)) return;
      for (const { file, item, hosts } of section.included) {
        const line = `included: ${harmless(file)} for ${hosts.map(harmless).join(', ')}${item}`;
        this.#say(`${this.#options.paint('cyan', line)}\n`);
      }
      this.#sections.shift();
    }
  }
}
