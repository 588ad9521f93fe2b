import { isMapping, mapping, type Value } from '../values/index.js';

/** Deeper than this no inventory is, and recursion over it stays safe. */
const maxDepth = 200;

function adopt(value: unknown, depth: number): Value {
  if (depth > maxDepth) throw new SyntaxError('nested too deeply');
  if (Array.isArray(value)) return value.map((item) => adopt(item, depth + 1));
  if (!isMapping(value)) return value as Value;
  const result = mapping();
  for (const [key, item] of Object.entries(value)) result[key] = adopt(item, depth + 1);
  return result;
}

/** JSON as a value of the playbook language; undefined where the text is none. */
export function readJson(text: string): Value | undefined {
  try {
    return adopt(JSON.parse(text), 0);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}
