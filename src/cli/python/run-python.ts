import { spawnSync } from 'node:child_process';
import { pythons } from './interpreters.js';

/** A program of Python ends with this where it wants a package that its interpreter does not have. */
export const LACKS_PACKAGE = 97;

export interface PythonRun {
  python: string;
  stdout: string;
  stderr: string;
  code: number | null;
}

/** What is imported never comes from the folder where kprov is started, where `python -c` looks first. */
const fromElsewhere = "import sys\nsys.path[:] = [path for path in sys.path if path != '']\n";

/**
 * Runs a program of Python with `input` on its standard input, by the first interpreter that has what it needs. The last
 * one tried where none has it; undefined where there is no Python at all.
 */
export function runPython(program: string, input: string): PythonRun | undefined {
  let last: PythonRun | undefined;
  for (const python of pythons()) {
    const { stdout, stderr, status, error } = spawnSync(python, ['-c', fromElsewhere + program], {
      input,
      encoding: 'utf8',
      maxBuffer: 1024 * 1024 * 1024,
    });
    if (error !== undefined) continue;
    last = { python, stdout, stderr, code: status };
    if (status !== LACKS_PACKAGE) return last;
  }
  return last;
}
