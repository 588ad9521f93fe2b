import type { Environment } from '../environment.js';
import { TemplateError } from '../errors.js';
import { type Kwargs, Undefined } from '../python/kinds.js';

/** What filters and tests can ask for beside their arguments. */
export interface Call {
  /** Positional arguments beyond the named parameters, where the filter takes any number. */
  readonly rest: readonly unknown[];
  /** Named arguments beyond the parameters, where the filter takes any. */
  readonly extra: Kwargs;
  readonly context: CallContext;
}

export interface CallContext {
  readonly environment: Environment;
  applyFilter(name: string, value: unknown, args: readonly unknown[], kwargs: Kwargs): unknown;
  applyTest(name: string, value: unknown, args: readonly unknown[], kwargs: Kwargs): boolean;
  hasFilter(name: string): boolean;
  hasTest(name: string): boolean;
  /** Is the value what this evaluation found in an encrypted one? Told by the text, which has no identity. */
  isDecrypted(value: unknown): boolean;
  /** Counts work; throws where the evaluation has taken too much of it. */
  step(): void;
}

export interface Signature<Result> {
  readonly parameters: readonly string[];
  readonly takesRest: boolean;
  readonly takesExtra: boolean;
  /** The value may be undefined (in Jinja2's sense), and so may the arguments. */
  readonly acceptsUndefined: boolean;
  run(value: unknown, args: readonly unknown[], call: Call): Result;
}

export type Filter = Signature<unknown>;
export type Test = Signature<boolean>;

interface Options {
  acceptsUndefined?: boolean;
}

/**
 * Describes a filter or test. `parameters` are names with blanks between, as Python would call them; `*` takes any
 * further positional and `**` any further named arguments. An argument that was not given is JavaScript's undefined.
 */
export function callable<Result>(
  parameters: string,
  run: (value: unknown, args: readonly unknown[], call: Call) => Result,
  options: Options = {},
): Signature<Result> {
  const names = parameters.split(' ').filter((name) => name !== '');
  return {
    parameters: names.filter((name) => !name.startsWith('*')),
    takesRest: names.includes('*'),
    takesExtra: names.includes('**'),
    acceptsUndefined: options.acceptsUndefined ?? false,
    run,
  };
}

export const filter: typeof callable<unknown> = callable;
export const test: typeof callable<boolean> = callable;

export interface Application {
  what: 'filter' | 'test';
  name: string;
  context: CallContext;
}

/** Binds arguments to parameters as Python does, and runs. */
export function apply<Result>(
  signature: Signature<Result>,
  application: Application,
  value: unknown,
  args: readonly unknown[],
  kwargs: Kwargs,
): Result {
  const { parameters, takesRest, takesExtra, acceptsUndefined } = signature;
  if (!acceptsUndefined) {
    if (value instanceof Undefined) value.fail();
    for (const argument of args) if (argument instanceof Undefined) argument.fail();
  }
  const refuse = (why: string): never => {
    throw new TemplateError(`${application.what} ${application.name}: ${why}`, { code: 'bad-arguments' });
  };
  if (args.length > parameters.length && !takesRest) {
    refuse(`takes at most ${parameters.length} arguments, ${args.length} were given`);
  }
  if (kwargs.size === 0 && args.length <= parameters.length) {
    return signature.run(value, args, { rest: [], extra: kwargs, context: application.context });
  }
  const bound = args.slice(0, parameters.length);
  const extra = new Map<string, unknown>();
  for (const [name, argument] of kwargs) {
    if (argument instanceof Undefined && !acceptsUndefined) argument.fail();
    const at = parameters.indexOf(name);
    if (at < 0) {
      if (!takesExtra)
        refuse(`has no parameter '${name}'${parameters.length > 0 ? ` (it has ${parameters.join(', ')})` : ''}`);
      extra.set(name, argument);
    } else if (at < args.length) refuse(`got two values for '${name}'`);
    else bound[at] = argument;
  }
  return signature.run(value, bound, { rest: args.slice(parameters.length), extra, context: application.context });
}
