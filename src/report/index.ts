import type { Listener, RunFinished } from '../engine/index.js';
import { CriticalPath } from './critical-path.js';
import { renderCriticalPath } from './critical-path-text.js';
import { gathered } from './gathered.js';
import { jsonReport } from './json.js';
import { type DisplayOptions, type PlainOptions, PlainReport } from './plain.js';
import type { ResultStyle } from './result-text.js';
import { painter } from './text.js';

export type { DisplayOptions, ResultStyle };

export type OutputForm = 'live' | 'plain' | 'json';

export interface ReportOptions {
  form: OutputForm;
  verbosity: number;
  showDiff: boolean;
  /** The critical path is shown before the recap; with a verbosity of 2 and more it always is. */
  profile: boolean;
  color: boolean;
  columns: number;
  display?: DisplayOptions | undefined;
  results?: ResultStyle | undefined;
  /** Lines around what differs. */
  diffContext?: number | undefined;
  /** Gets what plain output says, whatever is shown. */
  log?: ((text: string) => void) | undefined;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** Shows a run to somebody. */
export interface Report {
  listen: Listener;
  /** While a question is asked at the terminal: shows nothing that moves. */
  aside<T>(ask: () => Promise<T>): Promise<T>;
  /** Leaves the terminal as it was. */
  close(): Promise<void>;
}

/** Milliseconds between two looks at what has been silent for long. */
const LOOK_MS = 5000;

/** Live needs listr2, which is loaded only then. */
export async function makeReport({ log, ...options }: ReportOptions): Promise<Report> {
  const report = await shownReport(options);
  if (log === undefined) return report;
  const { verbosity, showDiff, display, results, diffContext } = options;
  const about = { paint: painter(false), verbosity, showDiff, columns: 80, display, results, diffContext };
  const logged = new PlainReport({ ...about, write: log, writeError: log, now: () => performance.now() });
  const listen: Listener = (event) => {
    logged.listen(event);
    report.listen(event);
  };
  return { ...report, listen, aside: (ask) => report.aside(ask), close: () => report.close() };
}

async function shownReport(options: Omit<ReportOptions, 'log'>): Promise<Report> {
  const { form, stdout, stderr, profile, ...rest } = options;
  const write = (text: string): void => void stdout.write(text);
  const writeError = (text: string): void => void stderr.write(text);
  const aside = <T>(ask: () => Promise<T>) => ask();
  const now = () => performance.now();
  if (form === 'json') return { listen: jsonReport(write, now), aside, close: async () => undefined };
  const path = profile || options.verbosity > 1 ? new CriticalPath(now) : undefined;
  const lines = {
    ...rest,
    paint: painter(options.color),
    write,
    writeError,
    now,
    ...(path && {
      beforeRecap: ({ durationMs }: RunFinished) => ({
        heading: 'CRITICAL PATH',
        lines: renderCriticalPath(path.steps(), durationMs),
      }),
    }),
  };
  if (form === 'live') {
    const { LiveReport } = await import('./live.js');
    return following(path, new LiveReport({ ...lines, stdout }));
  }
  return following(path, plainReport(lines));
}

function plainReport(lines: PlainOptions): Report {
  const output = gathered(lines.write);
  const writeError = (text: string): void => {
    output.flush();
    lines.writeError(text);
  };
  const report = new PlainReport({ ...lines, write: output.write, writeError });
  const timer = setInterval(() => report.tick(), LOOK_MS);
  process.once('exit', output.flush);
  return {
    listen: report.listen,
    aside: (ask) => {
      output.flush();
      return ask();
    },
    close: async () => {
      clearInterval(timer);
      process.off('exit', output.flush);
      output.flush();
    },
  };
}

/** The report, with the path told of each event first. */
function following(path: CriticalPath | undefined, report: Report): Report {
  if (!path) return report;
  const listen: Listener = (event) => {
    path.handle(event);
    report.listen(event);
  };
  return { listen, aside: (ask) => report.aside(ask), close: () => report.close() };
}
