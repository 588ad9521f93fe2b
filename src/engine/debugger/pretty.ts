import { repr } from '../../template/python/repr.js';
import { isMapping, type Value } from '../../values/index.js';

const WIDTH = 80;

/** A value as Python's pprint lays it out: on one line where it fits, else an item a line, keys sorted. */
export function pretty(value: Value, indent = 0, behind = 0): string {
  const sorted = sortedKeys(value);
  const line = repr(sorted);
  if (indent + line.length + behind <= WIDTH) return line;
  const separator = `,\n${' '.repeat(indent + 1)}`;
  if (Array.isArray(sorted)) {
    const last = sorted.length - 1;
    return `[${sorted.map((item, i) => pretty(item, indent + 1, i === last ? behind + 1 : 1)).join(separator)}]`;
  }
  if (!isMapping(sorted)) return line;
  const entries = Object.entries(sorted).map(([key, item], i, { length }) => {
    const name = `${repr(key)}: `;
    return name + pretty(item, indent + 1 + name.length, i === length - 1 ? behind + 1 : 1);
  });
  return `{${entries.join(separator)}}`;
}

function sortedKeys(value: Value): Value {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (!isMapping(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sortedKeys(value[name] ?? null)]));
}
