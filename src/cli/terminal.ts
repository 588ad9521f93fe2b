import { readFileSync } from 'node:fs';

const lines = new Map<string, string[]>();

/** What is known about where the output goes. NO_COLOR and FORCE_COLOR are honoured. */
export const terminal = {
  get isInteractive(): boolean {
    return process.stdout.isTTY === true && process.env.TERM !== 'dumb' && process.env.CI === undefined;
  },
  get color(): boolean {
    return (
      process.env.NO_COLOR === undefined && (process.env.FORCE_COLOR !== undefined || process.stdout.isTTY === true)
    );
  },
  get errorColor(): boolean {
    return (
      process.env.NO_COLOR === undefined && (process.env.FORCE_COLOR !== undefined || process.stderr.isTTY === true)
    );
  },
  get columns(): number {
    return process.stdout.columns ?? 80;
  },
  /** A line of a file, for excerpts. */
  readLine: (file: string, line: number): string | undefined => {
    try {
      const text = lines.get(file) ?? readFileSync(file, 'utf8').split('\n');
      lines.set(file, text);
      return text[line - 1];
    } catch {
      return undefined;
    }
  },
};

export const say = (text: string): void => void process.stdout.write(`${text}\n`);
export const sayError = (text: string): void => void process.stderr.write(`${text}\n`);
