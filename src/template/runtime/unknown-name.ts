import { nearest } from '../../errors/index.js';
import { TemplateError } from '../errors.js';

/** The error for a filter, test or lookup that does not exist, with the nearest that does. */
export function unknownName(what: string, name: string, known: Iterable<string>, offset?: number): TemplateError {
  const near = nearest(name, known);
  return new TemplateError(`unknown ${what} '${name}'`, {
    code: `unknown-${what}`,
    ...(near === undefined ? {} : { fix: `did you mean '${near}'?` }),
    ...(offset === undefined ? {} : { offset }),
  });
}
