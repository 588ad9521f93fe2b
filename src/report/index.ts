import type { Listener } from '../engine/index.js';
import { jsonReport } from './json.js';
import { PlainReport } from './plain.js';
import { painter } from './text.js';

export type OutputForm = 'live' | 'plain' | 'json';

export interface ReportOptions {
  form: OutputForm;
  verbosity: number;
  showDiff: boolean;
  color: boolean;
  columns: number;
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
export async function makeReport(options: ReportOptions): Promise<Report> {
  const { form, stdout, stderr, ...rest } = options;
  const write = (text: string): void => void stdout.write(text);
  const writeError = (text: string): void => void stderr.write(text);
  const aside = <T>(ask: () => Promise<T>) => ask();
  if (form === 'json') return { listen: jsonReport(write), aside, close: async () => undefined };
  const lines = { ...rest, paint: painter(options.color), write, writeError, now: () => performance.now() };
  if (form === 'live') {
    const { LiveReport } = await import('./live.js');
    return new LiveReport({ ...lines, stdout });
  }
  const report = new PlainReport(lines);
  const timer = setInterval(() => report.tick(), LOOK_MS);
  return { listen: report.listen, aside, close: async () => clearInterval(timer) };
}
