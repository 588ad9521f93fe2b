import { TemplateError } from '../errors.js';
import { Callable, type Kwargs, noKwargs, Tuple, Undefined } from '../python/kinds.js';
import { str } from '../python/repr.js';
import type { Frame } from '../runtime/frame.js';
import { Output } from '../runtime/output.js';
import type { Expression, MacroBody, Statement } from '../syntax/ast.js';
import { compileArguments } from './arguments.js';
import { callValue } from './expression.js';
import type { Execute, StatementCompiler } from './types.js';
import { usesName } from './uses.js';

class Macro extends Callable {
  constructor(
    name: string,
    call: (args: readonly unknown[], kwargs: Kwargs) => unknown,
    readonly members: Readonly<Record<string, unknown>>,
  ) {
    super(name, call, 'Macro');
  }

  override attribute(name: string): unknown {
    return Object.hasOwn(this.members, name) ? this.members[name] : undefined;
  }
}

function macroMaker(macro: MacroBody, compiler: StatementCompiler): (frame: Frame) => Macro {
  const { name, parameters } = macro;
  const body = compiler.body(macro.body);
  const fallbacks = parameters.map(({ fallback }) => fallback && compiler.expression(fallback));
  const [takesRest, takesExtra, takesCaller] = ['varargs', 'kwargs', 'caller'].map((each) =>
    usesName(macro.body, each),
  );
  const members = {
    name,
    arguments: Tuple.make(parameters.map((parameter) => parameter.name)),
    catch_varargs: takesRest,
    catch_kwargs: takesExtra,
    caller: takesCaller,
  };
  return (frame) => {
    const call = (args: readonly unknown[], kwargs: Kwargs): string => {
      const output = new Output();
      const scope = frame.child(output);
      const extra = new Map(kwargs);
      parameters.forEach((parameter, index) => {
        const given = index < args.length ? args[index] : extra.get(parameter.name);
        if (index < args.length && extra.has(parameter.name)) {
          throw new TemplateError(`macro '${name}' got two values for '${parameter.name}'`);
        }
        extra.delete(parameter.name);
        scope.set(parameter.name, given ?? missing(fallbacks[index]?.(scope), parameter.name));
      });
      const caller = extra.get('caller');
      extra.delete('caller');
      if (caller !== undefined) scope.set('caller', caller);
      else if (takesCaller) scope.set('caller', new Undefined('No caller defined'));
      if (takesRest) scope.set('varargs', Tuple.make(args.slice(parameters.length)));
      else if (args.length > parameters.length) {
        throw new TemplateError(`macro '${name}' takes not more than ${parameters.length} argument(s)`);
      }
      if (takesExtra) scope.set('kwargs', extra);
      else if (extra.size > 0) {
        throw new TemplateError(`macro '${name}' takes no keyword argument '${[...extra.keys()].join("', '")}'`);
      }
      body(scope);
      return output.text;
    };
    return new Macro(name, call, members);
  };
}

const missing = (fallback: unknown, name: string): unknown =>
  fallback === undefined ? new Undefined(`parameter '${name}' was not provided`) : fallback;

export function compileMacro(macro: MacroBody, compiler: StatementCompiler): Execute {
  const make = macroMaker(macro, compiler);
  return (frame) => void frame.set(macro.name, make(frame));
}

type CallBlock = Extract<Statement, { kind: 'call-block' }>;

export function compileCallBlock(node: CallBlock, compiler: StatementCompiler): Execute {
  const makeCaller = macroMaker(node.caller, compiler);
  const call = node.call as Extract<Expression, { kind: 'call' }>;
  const target = compiler.expression(call.target);
  const args = compileArguments(call.args, (child) => compiler.expression(child));
  return (frame) => {
    const { positional, named } = args(frame);
    const kwargs = new Map(named ?? noKwargs).set('caller', makeCaller(frame));
    frame.rendering.at = node.offset;
    frame.rendering.step();
    frame.output.write(str(callValue(target(frame), positional, kwargs)));
    return undefined;
  };
}
