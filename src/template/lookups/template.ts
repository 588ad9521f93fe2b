import { isMapping, type Mapping, type Value } from '../../values/index.js';
import { TemplateError } from '../errors.js';
import { isTruthy } from '../python/compare.js';
import { asLiteral, asNative } from '../python/literal.js';
import { str } from '../python/repr.js';
import type { Evaluation } from '../runtime/contracts.js';
import { templateSource } from '../runtime/template-source.js';
import { type Delimiters, defaultSyntax } from '../syntax/delimiters.js';
import { delimiterNames, HEADER, prepareText } from '../text-options.js';
import type { Variables } from '../types.js';

function delimitersOf(kwargs: Mapping): Partial<Delimiters> | undefined {
  const given = Object.entries(delimiterNames).filter(([name]) => kwargs[name] !== undefined);
  if (given.length === 0) return undefined;
  return Object.fromEntries(given.map(([name, field]) => [field, str(kwargs[name])]));
}

const withValues = (variables: Variables, given: Mapping): Variables => ({
  ...variables,
  get: (name) => (Object.hasOwn(given, name) ? { value: given[name] ?? null, template: false } : variables.get(name)),
  names: () => new Set([...variables.names(), ...Object.keys(given)]),
});

/** What comes of the template file; a text that reads as a list or mapping is one unless `convert_data` says no. */
export function renderFile(evaluation: Evaluation, name: string, kwargs: Mapping): unknown {
  const text = templateSource(evaluation, name);
  if (text === undefined)
    throw new TemplateError(`the template file ${name} could not be found for the lookup`, {
      code: 'template-not-found',
    });
  const delimiters = delimitersOf(kwargs);
  const isPlain = delimiters === undefined && !text.startsWith(HEADER);
  const { source, syntax } = isPlain
    ? { source: text, syntax: defaultSyntax }
    : prepareText(text, delimiters === undefined ? {} : { delimiters });
  evaluation.step();
  const { template_vars: vars } = kwargs;
  const given: Value = vars ?? null;
  const inside = isMapping(given) ? evaluation.within(withValues(evaluation.variables, given)) : evaluation;
  const rendered = evaluation.engine.compile(source, syntax, name).renderText(inside, true);
  if (!isTruthy(kwargs.convert_data ?? true)) return rendered;
  if (evaluation.engine.options.native !== true) return asLiteral(rendered);
  // Where types are native, the lookup has to ask for them as well; else it gives text, be it that of a mapping.
  return isTruthy(kwargs.jinja2_native ?? false) ? asNative(rendered) : str(asLiteral(rendered));
}
