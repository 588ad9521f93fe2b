import { TemplateError } from '../errors.js';
import { dictEntries } from '../python/dict.js';
import { itemsOf } from '../python/iterate.js';
import { isDict, type Kwargs, noKwargs, typeName } from '../python/kinds.js';
import type { Frame } from '../runtime/frame.js';
import type { Arguments, Expression } from '../syntax/ast.js';

export interface EvaluatedArguments {
  positional: readonly unknown[];
  named: Kwargs;
}

type Evaluate = (frame: Frame) => unknown;

const none: EvaluatedArguments = { positional: [], named: noKwargs };

export function compileArguments(
  args: Arguments,
  compile: (node: Expression) => Evaluate,
): (frame: Frame) => EvaluatedArguments {
  const positional = args.positional.map(compile);
  const named = args.named.map(([name, value]) => [name, compile(value)] as const);
  const star = args.star && compile(args.star);
  const starStar = args.starStar && compile(args.starStar);
  const isPlain = named.length === 0 && star === undefined && starStar === undefined;
  if (isPlain && positional.length === 0) return () => none;
  if (isPlain) return (frame) => ({ positional: positional.map((argument) => argument(frame)), named: noKwargs });
  return (frame) => {
    const values = positional.map((argument) => argument(frame));
    if (star !== undefined) values.push(...itemsOf(star(frame)));
    const kwargs = new Map<string, unknown>();
    for (const [name, value] of named) kwargs.set(name, value(frame));
    if (starStar !== undefined) {
      const more = starStar(frame);
      if (!isDict(more)) throw new TemplateError(`argument after ** must be a mapping, not ${typeName(more)}`);
      for (const [name, value] of dictEntries(more)) kwargs.set(String(name), value);
    }
    return { positional: values, named: kwargs };
  };
}
