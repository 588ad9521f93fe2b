import { Float, isMapping, type Value } from '../../values/index.js';

/** JSON with the spaces that Ansible writes: `{"a": 1, "b": [2, 3]}`. */
function pythonJson(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (value instanceof Float) return String(value);
  if (!isMapping(value)) return JSON.stringify(value);
  return `{${Object.keys(value)
    .map((key) => `${JSON.stringify(key)}: ${pythonJson(value[key] ?? null)}`)
    .join(', ')}}`;
}

/** The text of a `content` argument: strings as they are, the rest as Python prints or Ansible dumps it. */
export function contentText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return '';
  return typeof value === 'number' || value instanceof Float ? String(value) : pythonJson(value);
}
