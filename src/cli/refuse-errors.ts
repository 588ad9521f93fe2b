import { type Diagnostic, InputError } from '../errors/index.js';

/** Throws InputError where anything is an error; gives the warnings back. */
export function refuseErrors(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  if (diagnostics.some(({ severity }) => severity === 'error')) throw new InputError(diagnostics);
  return [...diagnostics];
}
