import { type Diagnostic, type Position, sortDiagnostics } from './diagnostic.js';

export interface KprovErrorOptions {
  /** What to do about it: a sentence, or a command on its own line. */
  fix?: string;
  why?: string;
  position?: Position;
  cause?: unknown;
}

/** An error that the user can do something about. Anything else that is thrown is our own fault (exit code 250). */
export class KprovError extends Error {
  /** Stable and kebab-case, as in `Diagnostic`. */
  readonly code: string;
  readonly fix: string | undefined;
  readonly why: string | undefined;
  readonly position: Position | undefined;

  constructor(code: string, message: string, options: KprovErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KprovError';
    this.code = code;
    this.fix = options.fix;
    this.why = options.why;
    this.position = options.position;
  }
}

/**
 * Wrong usage, inventory or playbook: everything that was found, at once. Nothing was touched (exit code 1), unless it
 * `isMidRun`.
 */
export class InputError extends KprovError {
  readonly diagnostics: readonly Diagnostic[];
  /** Found while hosts were being worked on: in a file that a dynamic include brings. */
  readonly isMidRun: boolean;

  constructor(diagnostics: readonly Diagnostic[], { isMidRun = false } = {}) {
    const sorted = sortDiagnostics(diagnostics);
    super('bad-input', sorted.map((d) => d.message).join('\n'));
    this.name = 'InputError';
    this.diagnostics = sorted;
    this.isMidRun = isMidRun;
  }
}
