import { isMapping, type Value } from '../values/index.js';

/** As Python's `json.dumps(value, sort_keys=True)`, which is how ansible-playbook shows results; `indent` breaks lines. */
export function jsonText(value: Value, indent = 0, depth = 0): string {
  const block = (open: string, items: string[], close: string): string => {
    if (items.length === 0) return open + close;
    if (indent === 0) return `${open}${items.join(', ')}${close}`;
    const inner = ' '.repeat(indent * (depth + 1));
    return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${' '.repeat(indent * depth)}${close}`;
  };
  if (Array.isArray(value)) {
    return block(
      '[',
      value.map((item) => jsonText(item, indent, depth + 1)),
      ']',
    );
  }
  if (!isMapping(value)) return JSON.stringify(value) ?? 'null';
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}: ${jsonText(value[key] ?? null, indent, depth + 1)}`);
  return block('{', fields, '}');
}
