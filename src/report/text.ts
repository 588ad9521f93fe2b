/** Control characters (escape sequences of a hostile host among them) shown instead of obeyed; newlines and tabs stay. */
export const harmless = (text: string): string =>
  text.replace(
    /(?<![\ud800-\udbff])[\udc80-\udcff]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => (c === '\r' ? '' : `\\x${(c.charCodeAt(0) & (c > '\udbff' ? 0xff : 0xffff)).toString(16).padStart(2, '0')}`),
  );

/** The same on a single line. */
export const oneLine = (text: string): string => harmless(text.replace(/\s*[\n\t]\s*/g, ' ')).trim();

const codes = { green: 32, yellow: 33, red: 31, cyan: 36, magenta: 35, blue: 34, bold: 1, dim: 2 } as const;

export type Paint = (style: keyof typeof codes, text: string) => string;

export const painter = (color: boolean): Paint =>
  color ? (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m` : (_, text) => text;

/** The last lines of an output, for error messages. */
export function lastLines(output: string, count: number): string[] {
  const lines = output.replace(/\s+$/, '').split('\n');
  const kept = lines.slice(-count);
  return lines.length > count ? [`… (${lines.length - count} lines before)`, ...kept] : kept;
}

/** `7 s`, `2 min 05 s`, `1 h 02 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const two = (number: number): string => String(number).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
