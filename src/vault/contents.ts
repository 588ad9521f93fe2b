import { isMapping, type Value } from '../values/index.js';
import { parseYaml } from '../yaml/index.js';

/** In a list (tasks, plays) only what stands under such keys is taken for secret. */
const secretKey = /^vars$|^environment$|pass|secret|token|key|credential|private/i;

/** Ports and the like would mask half of what is shown. */
const isSmall = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < 65_536;

function* leaves(value: Value, isSecret: boolean): Generator<string> {
  if (typeof value === 'string') {
    if (isSecret) yield value;
  } else if (typeof value === 'number') {
    if (isSecret && !isSmall(value)) yield String(value);
  } else if (Array.isArray(value)) {
    for (const item of value) yield* leaves(item, isSecret);
  } else if (isMapping(value)) {
    for (const [key, item] of Object.entries(value)) yield* leaves(item, isSecret || secretKey.test(key));
  }
}

/**
 * What must be hidden of an encrypted file's content: each value of a file of variables; in playbooks and task files
 * the values of variables and of what is called a password or the like; of any other file, each line.
 */
export function secretsOf(text: string): string[] {
  if (text.includes('\0')) return [];
  const { documents } = parseYaml(text, 'vault');
  const [document] = documents;
  if (document === undefined || typeof document.value !== 'object' || document.value === null) return [text];
  return [...new Set(leaves(document.value, isMapping(document.value)))];
}
