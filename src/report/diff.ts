import { createTwoFilesPatch } from 'diff';
import type { Diff } from '../engine/index.js';
import { harmless, type Paint } from './text.js';

/** A change as a unified diff, as `ansible-playbook --diff` shows it, with an empty line at the end. */
export function renderDiff(diff: Diff, paint: Paint, context = 3): string {
  const before = diff.beforeHeader === 'before' ? 'before' : `before: ${diff.beforeHeader}`;
  const after = diff.afterHeader === 'after' ? 'after' : `after: ${diff.afterHeader}`;
  const patch = createTwoFilesPatch(before, after, diff.before, diff.after, undefined, undefined, { context });
  const lines = harmless(patch).replace(/^=+\n/, '').replace(/\n$/, '').split('\n');
  return `${lines
    .map((line) => {
      if (line.startsWith('+')) return paint('green', line);
      if (line.startsWith('-')) return paint('red', line);
      return line.startsWith('@@') ? paint('cyan', line) : line;
    })
    .join('\n')}\n`;
}
