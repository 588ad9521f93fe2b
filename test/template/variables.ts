import type { Variables } from '../../src/template/index.js';

const from = (values: Readonly<Record<string, unknown>>, template: boolean): Variables => ({
  get: (name) => (Object.hasOwn(values, name) ? { value: values[name], template } : undefined),
  names: () => Object.keys(values),
});

/** Variables as a playbook writes them: their strings are templates. */
export const templates = (values: Readonly<Record<string, unknown>>): Variables => from(values, true);

/** Variables as hosts answer them: their strings are only data. */
export const data = (values: Readonly<Record<string, unknown>>): Variables => from(values, false);

/** The one where both have the name is the first's. */
export const both = (first: Variables, second: Variables): Variables => ({
  get: (name) => first.get(name) ?? second.get(name),
  names: () => [...first.names(), ...second.names()],
});

/** What a call throws; fails where it throws nothing. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
