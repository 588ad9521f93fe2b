import type { CST } from 'yaml';

/** Deeper than any file a person writes, and far below what the recursive parts of a YAML reader survive. */
export const DEEPEST = 150;

/** More open brackets than any text has, in quotes or not: reading them as tokens would take seconds. */
const MOST_OPEN = 10_000;

/** The offset where so many brackets stand open. */
export function unclosed(text: string): number | undefined {
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) open++;
    else if (code === 0x5d || code === 0x7d) open--;
    if (open > MOST_OPEN) return at;
  }
  return undefined;
}

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
