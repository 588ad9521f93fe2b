import type { Listener } from '../engine/index.js';
import { jsonReport } from './json.js';
import { PlainReport } from './plain.js';
import { painter } from './text.js';

export interface ReportOptions {
  form: 'live' | 'plain' | 'json';
  verbosity: number;
  showDiff: boolean;
  color: boolean;
  columns: number;
  write(text: string): void;
  writeError(text: string): void;
}

/** Shows a run to somebody. */
export interface Report {
  listen: Listener;
  /** Leaves the terminal as it was. */
  close(): Promise<void>;
}

export function makeReport(options: ReportOptions): Report {
  const close = async () => undefined;
  if (options.form === 'json') return { listen: jsonReport(options.write), close };
  return { listen: new PlainReport({ ...options, paint: painter(options.color) }).listen, close };
}
