import { KprovError } from '../../../errors/index.js';

/** What becomes of a time of a file: left alone, the present, or `YYYY-MM-DD hh:mm:ss` of the host's clock. */
export type FileTime = 'preserve' | 'now' | { at: string };

const digits: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
  H: '(?<H>\\d{1,2})',
  M: '(?<M>\\d{1,2})',
  S: '(?<S>\\d{1,2})',
};

const names: Readonly<Record<string, string>> = { '%F': '%Y-%m-%d', '%T': '%H:%M:%S', '%D': '%m/%d/%y' };

/** Reads a time in a format of strftime, of which the numeric letters Y y m d H M S F T D are known. */
export function parseFileTime(written: string | undefined, format: string, fallback: 'preserve' | 'now'): FileTime {
  if (written === undefined) return fallback;
  if (written === 'preserve' || written === 'now') return written;
  const whole = format.replace(/%[FTD]/g, (name) => names[name] ?? name);
  const pattern = whole.replace(/%(.)|[.*+?^${}()|[\]\\]/g, (found, letter: string | undefined) => {
    if (letter === undefined) return `\\${found}`;
    if (letter === '%') return '%';
    const part = digits[letter];
    if (part === undefined)
      throw new KprovError('bad-argument', `the time format ${format}: %${letter} is not supported`);
    return part;
  });
  const { Y, y, m = '1', d = '1', H = '0', M = '0', S = '0' } = new RegExp(`^${pattern}$`).exec(written)?.groups ?? {};
  const year = Y ?? (y === undefined ? undefined : Number(y) < 69 ? `20${y}` : `19${y}`);
  if (year === undefined) {
    throw new KprovError('bad-argument', `the time ${written} does not have the format ${format}`);
  }
  const two = (text: string) => text.padStart(2, '0');
  return { at: `${year}-${two(m)}-${two(d)} ${two(H)}:${two(M)}:${two(S)}` };
}
