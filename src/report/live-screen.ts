import { DefaultRenderer, Listr, ListrLogger, type ListrTaskWrapper, ProcessOutput } from 'listr2';
import type { LiveTerminal } from './live-terminal.js';

export interface Row {
  title: string;
  /** A dimmer line under it: what the step has printed last. */
  output?: string | undefined;
}

type Wrapper = Pick<ListrTaskWrapper<unknown, never, never>, 'title' | 'output'>;

/** listr2 takes over stdout and stderr while it draws; here it gets the live terminal and leaves the rest alone. */
class Output extends ProcessOutput {
  readonly #terminal: LiveTerminal;
  /** False: what is on the screen goes without a trace. */
  keep = true;

  constructor(terminal: LiveTerminal) {
    super();
    this.#terminal = terminal;
  }
  override get stdout(): NodeJS.WriteStream {
    return this.#terminal as unknown as NodeJS.WriteStream;
  }
  override hijack(): void {}
  override release(): void {}
  override toStdout(text: string, endLine = true): boolean {
    if (this.keep) this.#terminal.above(endLine ? `${text}\n` : text);
    return true;
  }
}

/** Whether there is a terminal has been decided before. */
class Renderer extends DefaultRenderer {
  static override nonTTY = true;
}

interface LiveRow {
  row: Row;
  task: Wrapper | undefined;
  end: (failed: boolean) => void;
  ended: Promise<boolean>;
}

function liveRow(row: Row): LiveRow {
  let end: (failed: boolean) => void = () => undefined;
  const ended = new Promise<boolean>((resolve) => {
    end = resolve;
  });
  return { row, task: undefined, end, ended };
}

function apply({ task, row }: LiveRow): void {
  if (!task) return;
  if (task.title !== row.title) task.title = row.title;
  if ((task.output ?? '') !== (row.output ?? '')) task.output = row.output ?? '';
}

/** Rows that turn while they are under way, drawn by listr2. */
export class LiveScreen {
  readonly #rows: LiveRow[];
  readonly #output: Output;
  readonly #done: Promise<unknown>;

  constructor(terminal: LiveTerminal, rows: readonly Row[]) {
    this.#rows = rows.map(liveRow);
    this.#output = new Output(terminal);
    const list = new Listr<unknown, typeof Renderer>(
      this.#rows.map((live) => ({
        title: live.row.title,
        task: async (_, task) => {
          live.task = task as Wrapper;
          apply(live);
          // The title is the message: listr2 shows the error in its place.
          if (await live.ended) throw new Error(live.row.title);
        },
      })),
      {
        concurrent: true,
        exitOnError: false,
        renderer: Renderer,
        registerSignalListeners: false,
        rendererOptions: { logger: new ListrLogger({ processOutput: this.#output }), collapseErrors: false },
      },
    );
    this.#done = list.run();
  }

  update(rows: readonly Row[]): void {
    for (const [index, live] of this.#rows.entries()) {
      const row = rows[index];
      if (!row) continue;
      live.row = row;
      apply(live);
    }
  }

  /** A row is through: it gets its mark. */
  end(index: number, failed: boolean): void {
    this.#rows[index]?.end(failed);
  }

  /** Ends what is left and leaves the last frame on the screen, or nothing of it. */
  async close(options: { keep: boolean }): Promise<void> {
    this.#output.keep = options.keep;
    for (const live of this.#rows) live.end(false);
    await this.#done.catch(() => undefined);
  }
}
