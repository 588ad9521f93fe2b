import type { Undefined } from '../python/kinds.js';
import type { Syntax } from '../syntax/delimiters.js';
import type { LazyMapping, Lookup, TemplarOptions, TextKind, Variable, Variables } from '../types.js';
import type { CallContext, Filter, Test } from './callables.js';
import type { Output } from './output.js';

/** A template's text, made ready to run. */
export interface Compiled {
  /** A single `{{ }}` keeps its type; text that looks like a list, mapping or boolean becomes one, as in Ansible. */
  renderNative(evaluation: Evaluation): unknown;
  /** The text, with newlines at its end as in the source unless they are not kept. */
  renderText(evaluation: Evaluation, keepsNewline: boolean): string;
  /** The kind of the text at `path` in what `renderNative` gives, as far as it does not depend on who is asked. */
  textKind(evaluation: Evaluation, path: readonly unknown[]): TextKind;
  /** Writes to `output` and answers the names that the template set. */
  run(evaluation: Evaluation, output: Output, names?: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown>;
}

/** What all evaluations of one Templar share. */
export interface Engine {
  readonly filters: ReadonlyMap<string, Filter>;
  readonly tests: ReadonlyMap<string, Test>;
  readonly lookups: ReadonlyMap<string, Lookup>;
  /** Plain values and functions that need nothing. */
  readonly globals: ReadonlyMap<string, unknown>;
  /** Functions that need the evaluation: lookup, query. */
  readonly boundGlobals: ReadonlyMap<string, (evaluation: Evaluation) => unknown>;
  readonly options: TemplarOptions;
  compile(source: string, syntax: Syntax, name?: string): Compiled;
}

/** One call from outside and all that it touches. */
export interface Evaluation extends CallContext {
  /** The file that is being rendered, where it is one. */
  readonly source: string | undefined;
  readonly engine: Engine;
  readonly variables: Variables;
  /** Where in the text that is being evaluated; for errors. */
  at: number;
  /** True once data (not a template's own text) has been touched. */
  touchedData: boolean;
  /** What went into this call from outside. */
  readonly trace: { isForeign: boolean; isUnrendered: boolean; isUnsafe: boolean };
  /** The template changes lists or mappings in place, so that it gets copies of the variables. */
  copies: boolean;
  /** The variable's value, its templates rendered; MISSING where there is none. */
  variable(name: string): unknown;
  /** True where the variable was a template itself and has become what it is by rendering. */
  isRendered(name: string): boolean;
  /** The variable as it was when it was touched, before its templates were rendered. */
  found(name: string): Variable | undefined;
  /** What a mapping has under a key; asked once. */
  memberOf(mapping: LazyMapping, key: string): Variable | undefined;
  /** Has text that Ansible calls unsafe gone into what stands at that place? */
  isUnsafe(path: string): boolean;
  global(name: string): unknown;
  undefinedName(name: string): Undefined;
  /** The same call from outside, seen with other variables. */
  within(variables: Variables): Evaluation;
}
