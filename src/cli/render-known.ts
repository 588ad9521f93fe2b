import type { Templar } from '../template/index.js';
import type { Mapping, Value } from '../values/index.js';

/** A template's value where these variables are all that is known; undefined where they do not suffice. */
export function renderKnown(templar: Templar, text: string, variables: Mapping): Value | undefined {
  try {
    return templar.render(text, {
      get: (name) => (Object.hasOwn(variables, name) ? { value: variables[name], template: true } : undefined),
      names: () => Object.keys(variables),
    });
  } catch {
    return undefined;
  }
}
