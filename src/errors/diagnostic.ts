/** A place in a file that a user wrote. `line` and `column` count from 1. */
export interface Position {
  file: string;
  line: number;
  column: number;
  /** Length of the marked text on that line, for the underline; default 1. */
  length?: number;
}

/** One thing that is wrong (or worth a warning) in what the user wrote. A value: collected, sorted and shown together. */
export interface Diagnostic {
  severity: 'error' | 'warning';
  /** Stable, kebab-case, for scripts and for searching: `unknown-task`, `bad-host-range`. */
  code: string;
  /** What is wrong, short, one line, without the place. */
  message: string;
  position?: Position;
  /** Why it is wrong or what was expected. */
  why?: string;
  /** What to do about it: a sentence, or a command on its own line. */
  fix?: string;
  /** Of a file that a dynamic include brings: the hosts that include it fail, which a `rescue` may have. Others end the run. */
  failsTask?: true;
}

const byPlace = (a: Diagnostic, b: Diagnostic): number =>
  (a.position?.file ?? '').localeCompare(b.position?.file ?? '') ||
  (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
  (a.position?.column ?? 0) - (b.position?.column ?? 0);

/** Sorted by file, line and column, each said once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return [...diagnostics].sort(byPlace).filter((d) => {
    const key = JSON.stringify([d.code, d.message, d.position]);
    return !seen.has(key) && seen.add(key);
  });
}
