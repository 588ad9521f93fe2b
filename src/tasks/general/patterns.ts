import { escapePattern } from '../../values/index.js';

/** A shell pattern as Python's fnmatch reads it (one name, case counts), as an expression that matches whole names. */
export function fnmatch(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const c = pattern.charAt(at);
    if (c === '*') source += '.*';
    else if (c === '?') source += '.';
    else if (c !== '[') source += escapePattern(c);
    else {
      const end = pattern.indexOf(
        ']',
        at + (/^\[!?\]/.test(pattern.slice(at)) ? pattern.slice(at).indexOf(']') + 1 : 1),
      );
      if (end < 0) source += '\\[';
      else {
        const inner = pattern.slice(at + 1, end);
        const set = inner.replace(/^!/, '').replace(/[\\\]^[]/g, '\\$&');
        source += `[${inner.startsWith('!') ? '^' : ''}${set}]`;
        at = end;
      }
    }
  }
  return new RegExp(`^(?:${source})$`, 's');
}
