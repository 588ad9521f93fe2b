import { readFileSync } from 'node:fs';
import type { Diagnostic } from '../errors/index.js';
import { renderDiagnostic } from '../report/diagnostics.js';
import type { Redactor } from '../values/index.js';
import type { LogFile } from './log-file.js';

const lines = new Map<string, string[]>();

/** What is known about where the output goes. NO_COLOR and FORCE_COLOR are honoured. */
export const terminal = {
  /** What ansible.cfg says; undefined: it depends on the terminal. */
  colors: undefined as boolean | undefined,
  /** What is said is written down here too. */
  log: undefined as LogFile | undefined,
  /** What the command has been told in confidence. */
  secrets: undefined as Redactor | undefined,
  /** A terminal that gives its width as 0, as new pseudo-terminals do, has no room for a tree. */
  get isInteractive(): boolean {
    const { isTTY, columns } = process.stdout;
    return isTTY === true && columns > 0 && process.env.TERM !== 'dumb' && process.env.CI === undefined;
  },
  get color(): boolean {
    return (
      process.env.NO_COLOR === undefined &&
      (terminal.colors ?? (process.env.FORCE_COLOR !== undefined || process.stdout.isTTY === true))
    );
  },
  get errorColor(): boolean {
    return (
      process.env.NO_COLOR === undefined &&
      (terminal.colors ?? (process.env.FORCE_COLOR !== undefined || process.stderr.isTTY === true))
    );
  },
  get columns(): number {
    return process.stdout.columns || 80;
  },
  /** A line of a file, for excerpts. */
  readLine: (file: string, line: number): string | undefined => {
    try {
      const text = lines.get(file) ?? readFileSync(file, 'utf8').split('\n');
      lines.set(file, text);
      // Lines of a decrypted file are others than those of the file itself, and nobody's business.
      if (text[0]?.startsWith('$ANSIBLE_VAULT;') && line > 1) return undefined;
      return text[line - 1];
    } catch {
      return undefined;
    }
  },
};

/** Warnings with their places, on standard error. */
export function sayWarnings(warnings: readonly Diagnostic[]): void {
  for (const warning of warnings) {
    sayError(renderDiagnostic(warning, terminal.readLine, { color: terminal.errorColor }));
  }
}

/** A line on standard output, and in the log where there is one. */
export function say(text: string): void {
  terminal.log?.write(text);
  process.stdout.write(`${text}\n`);
}

/** The same on standard error; values of variables that stand in it may be secrets. */
export function sayError(text: string): void {
  const shown = terminal.secrets?.mask(text) ?? text;
  terminal.log?.write(shown);
  process.stderr.write(`${shown}\n`);
}
