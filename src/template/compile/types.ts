import type { Frame } from '../runtime/frame.js';
import type { Expression, Statement, Target } from '../syntax/ast.js';
import type { Names } from './names.js';

export type Evaluate = (frame: Frame) => unknown;

/** What a statement answers: a loop is to be left or gone on with, or nothing. */
export type Signal = 'break' | 'continue' | undefined;
export type Execute = (frame: Frame) => Signal;
export type Assign = (frame: Frame, value: unknown) => void;

/** What compiling a statement needs; handed on so that the files of the compiler do not import in circles. */
export interface StatementCompiler {
  readonly names: Names;
  expression(node: Expression): Evaluate;
  body(statements: readonly Statement[]): Execute;
  target(target: Target): Assign;
}
