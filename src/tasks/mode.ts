import type { Value } from '../values/index.js';

const shift = { u: 6, g: 3, o: 0 } as const;
const bits: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };
const special: Readonly<Record<string, number>> = { u: 0o4000, g: 0o2000, o: 0 };

/** The bits that a permission list stands for, for one class of users. */
function bitsOf(who: 'u' | 'g' | 'o', permissions: string): number {
  let mask = 0;
  for (const letter of permissions) {
    if (letter === 's') mask |= special[who] ?? 0;
    else if (letter === 't') mask |= 0o1000;
    else mask |= (bits[letter] ?? 0) << shift[who];
  }
  return mask;
}

/**
 * A symbolic mode without copies (g=u) changes bits independently of each other: two masks say it all. `isX` tells
 * whether X means x, as it does for a directory and for what somebody may execute.
 */
function masksOf(text: string, isX: boolean): string | undefined {
  let and = 0o7777;
  let or = 0;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)((?:[-+=][rwxXst]*)+)$/.exec(clause);
    if (!match) return undefined;
    const classes = match[1] === '' || match[1]?.includes('a') ? 'ugo' : (match[1] ?? '');
    for (const action of (match[2] ?? '').matchAll(/([-+=])([rwxXst]*)/g)) {
      for (const who of classes) {
        if (who !== 'u' && who !== 'g' && who !== 'o') continue;
        const mask = bitsOf(who, (action[2] ?? '').replaceAll('X', isX ? 'x' : ''));
        const all = (7 << shift[who]) | (special[who] ?? 0);
        const cleared = action[1] === '=' ? all : action[1] === '-' ? mask : 0;
        and &= ~cleared;
        or &= ~cleared;
        if (action[1] !== '-') or |= mask;
      }
    }
  }
  return `${and}:${or}`;
}

function parseSymbolic(text: string): string | undefined {
  const masks = masksOf(text, false);
  return masks === undefined || !text.includes('X') ? masks : `${masks}/${masksOf(text, true)}`;
}

/** Four octal digits, or the masks that kp_want_mode takes for a symbolic mode. Throws RangeError for what is neither. */
export function parseMode(value: Value): string {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0o7777) {
    return value.toString(8).padStart(4, '0');
  }
  if (typeof value === 'string') {
    const text = value.trim();
    if (/^(0o)?[0-7]{1,5}$/.test(text)) {
      const number = Number.parseInt(text.replace('0o', ''), 8);
      if (number <= 0o7777) return number.toString(8).padStart(4, '0');
    }
    const symbolic = parseSymbolic(text);
    if (symbolic !== undefined) return symbolic;
  }
  throw new RangeError('expected permissions such as "0644" or "u=rw,g=r"');
}
