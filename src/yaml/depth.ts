import type { CST } from 'yaml';

/** Deeper than any file a person writes, and far below what the recursive parts of a YAML reader survive. */
export const DEEPEST = 150;

/** The offset where a token nests deeper than `DEEPEST`, found without recursion; undefined for decent input. */
export function tooDeep(root: CST.Token): number | undefined {
  const stack: { token: CST.Token; depth: number }[] = [{ token: root, depth: 0 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { token, depth } = next;
    if (depth > DEEPEST) return token.offset;
    if (token.type === 'document' && token.value !== undefined) stack.push({ token: token.value, depth: depth + 1 });
    if (!('items' in token)) continue;
    for (const item of token.items) {
      if (item.key !== undefined && item.key !== null) stack.push({ token: item.key, depth: depth + 1 });
      if (item.value !== undefined) stack.push({ token: item.value, depth: depth + 1 });
    }
  }
  return undefined;
}
