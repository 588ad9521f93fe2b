/** Lookups that see the evaluation itself. */

import { KprovError } from '../../errors/index.js';
import { type Mapping, mapping, Pending, type Value } from '../../values/index.js';
import { TemplateError, UndefinedError } from '../errors.js';
import { firstMatch } from '../filters/regexes.js';
import { isTruthy } from '../python/compare.js';
import { toValue } from '../python/copy.js';
import { Callable, type Kwargs, MISSING, Undefined } from '../python/kinds.js';
import { type PythonRegex, pythonRegex } from '../python/regex.js';
import { str } from '../python/repr.js';
import type { Evaluation } from '../runtime/contracts.js';
import { unknownName } from '../runtime/unknown-name.js';
import { renderFile } from './template.js';

type BoundLookup = (evaluation: Evaluation, terms: readonly Value[], kwargs: Mapping) => unknown[];

const nameOf = (term: Value, lookup: string): string => {
  if (typeof term === 'string') return term;
  throw new TemplateError(`Invalid setting identifier, "${str(term)}" is not a string: '${lookup}' expects names`);
};

function namePattern(term: Value): PythonRegex {
  const pattern = nameOf(term, 'varnames');
  try {
    return pythonRegex(pattern);
  } catch (cause) {
    if (!(cause instanceof TemplateError)) throw cause;
    throw new TemplateError(`Unable to use "${pattern}" as a search parameter: ${cause.message}`, { cause });
  }
}

export const boundLookups: Readonly<Record<string, BoundLookup>> = {
  vars: (evaluation, terms, kwargs) =>
    terms.map((term) => {
      const name = nameOf(term, 'vars');
      const value = evaluation.variable(name);
      const isMissing = value === MISSING || value instanceof Undefined;
      if (isMissing && kwargs.default !== undefined) return kwargs.default;
      if (value === MISSING) throw new UndefinedError(`No variable found with this name: ${name}`, { variable: name });
      return value;
    }),
  varnames: (evaluation, terms) => {
    const names = [...evaluation.variables.names()];
    return terms.flatMap((term) => {
      const regex = namePattern(term);
      return names.filter((name) => firstMatch(regex, name) !== null);
    });
  },
  template: (evaluation, terms, kwargs) =>
    terms.map((term) => renderFile(evaluation, nameOf(term, 'template'), kwargs)),
};

function run(evaluation: Evaluation, name: string, terms: readonly Value[], kwargs: Mapping): unknown[] | Mapping {
  const short = name.replace(/^(?:ansible\.builtin|ansible\.legacy|community\.general)\./, '');
  evaluation.trace.isForeign = true;
  evaluation.trace.isUnsafe = true;
  const own = evaluation.engine.lookups.get(name) ?? evaluation.engine.lookups.get(short);
  if (own !== undefined && own !== placeholder) {
    evaluation.touchedData = true;
    return own([...terms], kwargs, evaluation.variables);
  }
  const bound = Object.hasOwn(boundLookups, short) ? boundLookups[short] : undefined;
  if (bound === undefined) throw unknownName('lookup', name, evaluation.engine.lookups.keys());
  return bound(evaluation, terms, kwargs);
}

/** Stands in the table of lookups for those that are bound to the evaluation. */
export const placeholder = (): never => {
  throw new TemplateError('this lookup is bound to an evaluation');
};

/** `lookup` (one text, or the only value) and `query` (a list). */
export const lookupFunction = (evaluation: Evaluation, alwaysList: boolean): Callable =>
  new Callable(alwaysList ? 'query' : 'lookup', (args, named: Kwargs) => {
    const [first, ...rest] = args;
    if (first === undefined) throw new TemplateError('lookup needs the name of a lookup plugin');
    const kwargs = mapping();
    for (const [key, value] of named) {
      if (key !== 'wantlist' && key !== 'errors' && key !== 'allow_unsafe') kwargs[key] = toValue(value);
    }
    const wantsList = alwaysList || isTruthy(named.get('wantlist') ?? false);
    const errors = str(named.get('errors') ?? 'strict');
    const terms = rest.map((term) => toValue(term));
    evaluation.step();
    let results: unknown[] | Mapping;
    try {
      results = run(evaluation, str(first), terms, kwargs);
    } catch (error) {
      const isIgnorable =
        error instanceof KprovError && !(error instanceof UndefinedError) && error.code !== 'unknown-lookup';
      if (error instanceof Pending || !isIgnorable || (errors !== 'ignore' && errors !== 'warn')) throw error;
      if (errors === 'warn')
        evaluation.engine.options.onDeprecated?.(`Lookup failed but the error is being ignored: ${error.message}`);
      return wantsList ? [] : null;
    }
    // As Ansible does with what it would rather not be given.
    if (!Array.isArray(results)) return wantsList ? results : Object.keys(results).join(',');
    if (wantsList || results.length === 0) return results;
    if (results.every((result) => typeof result === 'string')) return results.join(',');
    return results.length === 1 ? results[0] : results;
  });
