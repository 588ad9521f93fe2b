import type { Environment } from '../environment.js';
import { TemplateError } from '../errors.js';

/** The injected function, or an error that says which filter or test cannot do without it. */
export function needs<Key extends keyof Environment>(
  environment: Environment,
  key: Key,
  user: string,
): NonNullable<Environment[Key]> {
  const found = environment[key];
  if (found === undefined || found === null) {
    throw new TemplateError(`'${user}' is not available here: it depends on the machine or the time`, {
      code: 'unavailable',
    });
  }
  return found.bind(environment) as NonNullable<Environment[Key]>;
}
