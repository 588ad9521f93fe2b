import type { RunEvent, TaskFinished } from '../engine/index.js';
import { fits, hostRow, sharedRows } from './live-rows.js';
import { LiveScreen, type Row } from './live-screen.js';
import { LiveTerminal } from './live-terminal.js';
import { customStatsLines, noticeLine, type PlainOptions } from './plain.js';
import { renderRecap } from './recap.js';
import { briefFailure, itemLines, taskLines } from './result-lines.js';
import { cut, harmless } from './text.js';
import { Tracker } from './tracker.js';

const REFRESH_MS = 250;

export interface LiveOptions extends PlainOptions {
  stdout: NodeJS.WriteStream;
}

/**
 * A tree that moves: a row per host with what it does, since when, and its last line of output; with more hosts than the
 * screen has room for, a row per thing that is being done. What must not be missed (failures, warnings, messages, diffs)
 * is printed above it and stays.
 */
export class LiveReport {
  readonly #options: LiveOptions;
  readonly #terminal: LiveTerminal;
  readonly #tracker: Tracker;
  #screen: LiveScreen | undefined;
  /** The hosts that have a row, in the order of the rows; undefined: they share rows. */
  #rowOf: Map<string, number> | undefined;
  #closing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #heading = '';
  #checkMode = false;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#terminal = new LiveTerminal(options.stdout);
    this.#tracker = new Tracker(options.now);
  }

  readonly listen = (event: RunEvent): void => {
    if (event.type === 'play-started' || event.type === 'run-finished') this.#leave();
    this.#tracker.handle(event);
    this.#handle(event);
  };

  readonly aside = <T>(ask: () => Promise<T>): Promise<T> => this.#terminal.aside(ask);

  async close(): Promise<void> {
    this.#leave();
    await this.#closing;
  }

  #handle(event: RunEvent): void {
    switch (event.type) {
      case 'run-started':
        this.#checkMode = event.checkMode;
        return;
      case 'play-started':
        this.#after(() => this.#above(`\nPLAY [${harmless(event.play.name)}]\n`));
        this.#open(event.hosts);
        return;
      case 'play-skipped':
        this.#after(() => this.#above(`\nPLAY [${harmless(event.play.name)}]\nskipping: ${event.reason}\n`));
        return;
      case 'item-finished':
        if (this.#isNoteworthy(event) || event.result.status === 'failed') {
          this.#note(event.task.name, itemLines(event, this.#options));
        }
        return;
      case 'task-finished':
        if (isFailure(event) && !event.ignored && this.#options.verbosity === 0) {
          this.#note(event.task.name, briefFailure(event, this.#options));
        } else if (this.#isNoteworthy(event)) {
          this.#note(event.task.name, taskLines(event, this.#options));
        }
        return;
      case 'host-ended':
        this.#update();
        this.#endRow(event.host);
        return;
      case 'notice':
        this.#above(`${noticeLine(event)}\n`);
        return;
      case 'run-finished': {
        const recap = renderRecap(event.stats, this.#options.paint).join('\n');
        const more = this.#options.beforeRecap?.(event);
        const before = more ? `\n${more.heading}\n${more.lines.join('\n')}\n` : '';
        const custom = customStatsLines(event, this.#options);
        const behind = custom.length > 0 ? `\nCUSTOM STATS:\n${custom.join('\n')}\n\n` : '';
        this.#after(() => this.#above(`${before}\nPLAY RECAP\n${recap}\n\n${behind}`));
        return;
      }
      default:
        return;
    }
  }

  #isNoteworthy({ task, result }: Pick<TaskFinished, 'task' | 'result'>): boolean {
    if (this.#options.verbosity > 0) return true;
    if (result.status === 'skipped') return false;
    if (task.action === 'debug') return true;
    if (this.#checkMode && (result.status === 'changed' || result.status === 'unknown')) return true;
    return this.#options.showDiff && result.diff.length > 0;
  }

  #note(name: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const heading = `\nTASK [${harmless(name)}]\n`;
    this.#above(`${this.#heading === heading ? '' : heading}${lines.join('\n')}\n`);
    this.#heading = heading;
  }

  #above(text: string): void {
    this.#terminal.above(text);
  }

  /** In order with the frames: when the last screen has left its trace. */
  #after(act: () => void): void {
    this.#closing = this.#closing.then(act);
  }

  #open(hosts: readonly string[]): void {
    this.#heading = '';
    this.#after(() => this.#show(hosts));
    this.#timer ??= setInterval(() => this.#refresh(), REFRESH_MS);
  }

  #show(hosts: readonly string[]): void {
    this.#rowOf = fits(hosts.length, this.#terminal.rows)
      ? new Map(hosts.map((host, index) => [host, index]))
      : undefined;
    this.#screen = new LiveScreen(this.#terminal, this.#rows());
    for (const view of this.#tracker.hosts) if (view.ended) this.#endRow(view.host);
  }

  #rows(): Row[] {
    const now = this.#options.now();
    const { columns, rows } = this.#terminal;
    if (this.#rowOf === undefined) {
      const [title = 'about to begin', ...others] = sharedRows(this.#tracker, now, { columns: columns - 6, rows });
      return [{ title: [title, ...others].join('\n') }];
    }
    return this.#tracker.hosts.map((view) => ({
      title: hostRow(view, this.#tracker, now, columns - 6),
      output: view.ended || view.waitsFor !== undefined ? undefined : view.lastLine && cut(view.lastLine, columns - 8),
    }));
  }

  #update(): void {
    this.#screen?.update(this.#rows());
  }

  /** The window may have changed its size, so that hosts get rows of their own, or no longer. */
  #refresh(): void {
    if (!this.#screen) return;
    const hosts = this.#tracker.hosts.map(({ host }) => host);
    if (hosts.length > 0 && fits(hosts.length, this.#terminal.rows) !== (this.#rowOf !== undefined)) {
      this.#leave({ keep: false });
      this.#open(hosts);
      return;
    }
    this.#update();
  }

  #endRow(host: string): void {
    const index = this.#rowOf?.get(host);
    if (index !== undefined) this.#screen?.end(index, this.#tracker.get(host)?.failure !== undefined);
  }

  /** The last frame stays, unless the screen is only drawn anew. */
  #leave(options: { keep: boolean } = { keep: true }): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = undefined;
    // A screen that is still being waited for is opened first.
    const rows = this.#tracker.hosts.length > 0 ? this.#rows() : [];
    this.#after(() => {
      const screen = this.#screen;
      this.#screen = undefined;
      screen?.update(rows);
      return screen?.close(options);
    });
  }
}

const isFailure = ({ result }: TaskFinished): boolean => result.status === 'failed' || result.status === 'unreachable';
