import type { Edit } from './edit-text.js';
import { asBytes, bytesSearch } from './python-match.js';

export interface LineEdit {
  state: 'present' | 'absent';
  line: string | undefined;
  regexp: string | undefined;
  search_string: string | undefined;
  firstmatch: boolean;
  place: 'after' | 'before' | 'top' | 'end';
  expression: string | undefined;
  /** Fills groups into the line, where back references are wanted. */
  expand: ((line: string, match: RegExpExecArray) => string) | undefined;
}

const bare = (line: string): string => line.replace(/[\r\n]+$/, '');

function matcher(edit: LineEdit): ((line: string) => RegExpExecArray | boolean | null) | undefined {
  if (edit.regexp !== undefined) return bytesSearch(edit.regexp);
  const { search_string: needle } = edit;
  return needle === undefined ? undefined : (line) => line.includes(asBytes(needle));
}

function remove(lines: string[], edit: LineEdit): ReturnType<Edit> {
  const want = asBytes(edit.line ?? '');
  const matches = matcher(edit) ?? ((line: string) => bare(line) === want);
  const kept = lines.filter((line) => !matches(line));
  const removed = lines.length - kept.length;
  return removed === 0 ? { verdict: '' } : { verdict: `${removed} line(s) removed`, text: kept.join('') };
}

interface Found {
  line: number;
  match: RegExpExecArray | boolean | undefined;
  insertAt: number;
}

function look(lines: string[], edit: LineEdit, want: string): Found {
  const found: Found = { line: -1, match: undefined, insertAt: -1 };
  const matches = matcher(edit);
  for (const [i, line] of lines.entries()) {
    const match = matches?.(line);
    if (!match) continue;
    found.line = i;
    found.match = match;
    if (edit.firstmatch) break;
  }
  if (found.match) return found;
  const inserts = edit.expression === undefined ? undefined : bytesSearch(edit.expression);
  for (const [i, line] of lines.entries()) {
    if (bare(line) === want) found.line = i;
    else if (inserts?.(line)) {
      found.insertAt = edit.place === 'after' ? i + 1 : i;
      if (edit.firstmatch) break;
    }
  }
  return found;
}

/** What Ansible's lineinfile makes of a text (bytes as characters). */
export function editLines(text: string, edit: LineEdit): ReturnType<Edit> {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  if (edit.state === 'absent') return remove(lines, edit);
  const want = asBytes(edit.line ?? '');
  const found = look(lines, edit, want);
  if (found.line >= 0) {
    const isExpanded = edit.expand !== undefined && typeof found.match === 'object';
    const plain = isExpanded && edit.expand ? edit.expand(want, found.match as RegExpExecArray) : want;
    const line = plain.endsWith('\n') ? plain : `${plain}\n`;
    if (lines[found.line] === line) return { verdict: '' };
    lines[found.line] = line;
    return { verdict: 'line replaced', text: lines.join('') };
  }
  if (edit.expand !== undefined) return { verdict: '' };
  const at = edit.place === 'top' ? 0 : edit.place === 'end' || found.insertAt < 0 ? lines.length : found.insertAt;
  if (edit.place === 'after' && found.insertAt >= 0 && bare(lines[at] ?? '') === want && at < lines.length) {
    return { verdict: '' };
  }
  const last = lines.at(-1);
  if (at === lines.length && last !== undefined && !/[\r\n]$/.test(last)) lines[at - 1] = `${last}\n`;
  lines.splice(at, 0, `${want}\n`);
  return { verdict: 'line added', text: lines.join('') };
}
