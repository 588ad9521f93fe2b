import { type Diagnostic, InputError, KprovError } from '../errors/index.js';
import { type ReadLine, type RenderOptions, renderDiagnostic, renderDiagnostics } from '../report/diagnostics.js';
import { harmless } from '../report/text.js';
import { exitCode } from './exit-codes.js';

interface ShowOptions extends RenderOptions {
  readLine: ReadLine;
}

const diagnosticOf = ({ code, message, fix, why, position }: KprovError): Diagnostic => ({
  severity: 'error',
  code,
  message,
  ...(fix !== undefined && { fix }),
  ...(why !== undefined && { why }),
  ...(position && { position }),
});

/** Mistakes for which ansible-playbook has a code of its own. */
const unreadable = /^(yaml-syntax|duplicate-key)$/;

function codeOf({ diagnostics, isMidRun }: InputError, likeAnsible = false): number {
  if (likeAnsible && (isMidRun || diagnostics.some(({ code }) => unreadable.test(code)))) return exitCode.badPlaybook;
  return isMidRun ? exitCode.taskFailed : exitCode.badInput;
}

/** What a person gets to read about an error that ended the command, and the exit code it means. */
export function showError(error: unknown, { readLine, ...options }: ShowOptions): { text: string; code: number } {
  if (error instanceof InputError) {
    return { text: renderDiagnostics(error.diagnostics, readLine, options), code: codeOf(error, options.likeAnsible) };
  }
  if (error instanceof KprovError) {
    return { text: renderDiagnostic(diagnosticOf(error), readLine, options), code: exitCode.badInput };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    text: `This is a fault of kprov itself, not of yours. Please report it with what follows.\n${harmless(stack)}`,
    code: exitCode.ourFault,
  };
}
