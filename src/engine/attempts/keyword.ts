import { KprovError } from '../../errors/index.js';
import type { Inherited } from '../../playbook/index.js';
import { OMIT, type Templar, type Variables } from '../../template/index.js';
import { parseBoolean, unboxed, type Value } from '../../values/index.js';

/** Keywords of which an inner level's replaces an outer one's. */
export type Keyword = Exclude<keyof Inherited, 'when' | 'tags' | 'environment' | 'moduleDefaults' | 'outer'>;

interface Rendering {
  templar: Templar;
  variables: Variables;
}

/** A keyword with its templates filled in; one that comes to `omit` counts as not there. */
export function renderedKeyword(value: Value | undefined, { templar, variables }: Rendering): Value | undefined {
  if (value === undefined) return undefined;
  const rendered = templar.render(value, variables);
  return rendered === OMIT ? undefined : rendered;
}

/** The same of a task; where it comes to `omit`, what the block or play around says counts. */
export function inheritedKeyword(task: Inherited, keyword: Keyword, rendering: Rendering): Value | undefined {
  const own = renderedKeyword(task[keyword] as Value | undefined, rendering);
  if (own !== undefined || task.outer === undefined) return own;
  for (const outer of task.outer[keyword] ?? []) {
    const value = renderedKeyword(outer as Value, rendering);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Yes or no. Throws KprovError for what is neither. */
export function asFlag(rendered: Value | undefined, otherwise: boolean): boolean {
  if (rendered === undefined) return otherwise;
  const flag = parseBoolean(rendered);
  if (flag === undefined) throw new KprovError('bad-flag', `expected yes or no, got ${JSON.stringify(rendered)}`);
  return flag;
}

/** A number. Throws KprovError for what is none. */
export function asCount(rendered: Value | undefined): number | undefined {
  if (rendered === undefined) return undefined;
  const plain = unboxed(rendered);
  const count = typeof plain === 'string' && plain.trim() !== '' ? Number(plain) : plain;
  if (typeof count !== 'number' || !Number.isFinite(count)) {
    throw new KprovError('bad-number', `expected a number, got ${JSON.stringify(plain)}`);
  }
  return count;
}

/** A keyword that is a number, perhaps by template. Throws KprovError for what is none. */
export const countOf = (value: Value | undefined, rendering: Rendering): number | undefined =>
  asCount(renderedKeyword(value, rendering));
