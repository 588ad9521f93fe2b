const truthy = new Set(['y', 'yes', 'on', '1', 'true', 't']);
const falsy = new Set(['n', 'no', 'off', '0', 'false', 'f']);

/** Ansible's `bool` conversion of module arguments; undefined for what it would refuse. */
export function parseBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 1) return true;
  if (value === 0) return false;
  if (typeof value !== 'string') return undefined;
  const word = value.trim().toLowerCase();
  if (truthy.has(word)) return true;
  return falsy.has(word) ? false : undefined;
}
