import type { Edit } from './edit-text.js';
import { asBytes, bytesSearch } from './python-match.js';

export interface BlockEdit {
  /** The first and the last line, with their newlines. */
  markers: readonly [string, string];
  /** The lines between them; empty where the block is to go. */
  block: string;
  place: 'after' | 'before' | 'top' | 'end';
  expression: string | undefined;
  append_newline: boolean;
  prepend_newline: boolean;
}

/** With (?m) the expression is searched in the whole text, not line by line. */
export const isMultiline = (expression: string): boolean => /^\(\?[a-z]*m/.test(expression);

const newlinesIn = (text: string): number => text.split('\n').length - 1;

/** What Ansible's blockinfile makes of a text (bytes as characters). */
export function editBlock(text: string, edit: BlockEdit): ReturnType<Edit> {
  const lines: string[] = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const [first, last] = edit.markers.map(asBytes);
  const [from, to] = [lines.lastIndexOf(first ?? ''), lines.lastIndexOf(last ?? '')];
  let at = lines.length;
  if (from >= 0 && to >= 0) {
    at = Math.min(from, to);
    lines.splice(at, Math.abs(to - from) + 1);
  } else if (edit.place === 'top') at = 0;
  else if (edit.expression !== undefined) {
    const search = bytesSearch(edit.expression);
    if (isMultiline(edit.expression)) {
      const match = search(text);
      const [end, next] = edit.place === 'after' ? [match?.[0].length ?? 0, 1] : [0, 0];
      if (match) at = newlinesIn(text.slice(0, match.index + end)) + next;
    } else {
      const found = lines.findLastIndex((line) => search(line));
      if (found >= 0) at = edit.place === 'after' ? found + 1 : found;
    }
  }
  const before = lines[at - 1];
  if (before !== undefined && !before.endsWith('\n')) lines[at - 1] = `${before}\n`;
  const block = edit.block === '' ? [] : [first ?? '', asBytes(edit.block), last ?? ''];
  const isBlank = (line: string | undefined) => line === '\n';
  if (block.length > 0 && edit.append_newline && at < lines.length && !isBlank(lines[at])) lines.splice(at, 0, '\n');
  if (block.length > 0 && edit.prepend_newline && at > 0 && !isBlank(lines[at - 1])) block.unshift('\n');
  lines.splice(at, 0, ...block);
  const after = lines.join('');
  return after === text
    ? { verdict: '' }
    : { verdict: block.length > 0 ? 'Block inserted' : 'Block removed', text: after };
}
