import type { Position } from '../errors/index.js';
import { isMapping, mapping, type Value, vaultedText } from '../values/index.js';

/** Deeper than this no inventory is, and recursion over it stays safe. */
const maxDepth = 200;

function adopt(value: unknown, depth: number, position: Position): Value {
  if (depth > maxDepth) throw new SyntaxError('nested too deeply');
  if (Array.isArray(value)) return value.map((item) => adopt(item, depth + 1, position));
  if (!isMapping(value)) return value as Value;
  const { __ansible_vault: envelope } = value;
  // How Ansible writes an encrypted value as JSON.
  if (typeof envelope === 'string' && Object.keys(value).length === 1) return vaultedText({ envelope, position });
  const result = mapping();
  for (const [key, item] of Object.entries(value)) result[key] = adopt(item, depth + 1, position);
  return result;
}

/** JSON as a value of the playbook language; undefined where the text is none. `position` is that of encrypted values. */
export function readJson(text: string, position: Position): Value | undefined {
  try {
    return adopt(JSON.parse(text), 0, position);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}
