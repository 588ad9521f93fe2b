import { resolve } from 'node:path';
import type { Diagnostic, Position } from '../errors/index.js';
import { hideSecrets } from './hide-secrets.js';

export interface RenderOptions {
  color: boolean;
  /** An error and its place are in ansible-playbook's words, which scripts look for. Default false. */
  likeAnsible?: boolean;
}

/** The text of a line of a file (from 1), or undefined where it cannot be had. */
export type ReadLine = (file: string, line: number) => string | undefined;

/** Wider excerpts are cut to the part around the mark. */
const WIDEST = 120;

const codes = { bold: 1, red: 31, yellow: 33, blue: 34, green: 32 } as const;

const paint = (options: RenderOptions, style: keyof typeof codes, text: string): string =>
  options.color ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;

/** What a terminal would obey instead of show: control characters and those that change the direction of text. */
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Untrusted text for one line. */
const harmless = (text: string): string =>
  text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\t/g, ' ')
    .replace(unsafe, '\ufffd');

/** Columns that text takes on a terminal: characters of East Asian scripts and emoji take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}|\u200d|\ufe0f/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

interface Excerpt {
  before: string;
  marked: string;
  after: string;
}

function excerptOf(line: string, position: Position): Excerpt {
  const start = Math.min(Math.max(position.column - 1, 0), line.length);
  const end = Math.min(start + Math.max(position.length ?? 1, 1), line.length);
  const [before, marked, after] = [line.slice(0, start), line.slice(start, end), line.slice(end)].map(harmless);
  return { before: before ?? '', marked: marked ?? '', after: after ?? '' };
}

function cut({ before, marked, after }: Excerpt): Excerpt {
  if (before.length + marked.length + after.length <= WIDEST) return { before, marked, after };
  const room = Math.max(20, Math.floor((WIDEST - Math.min(marked.length, 60)) / 2));
  const shortened = marked.length > WIDEST - room ? `${marked.slice(0, WIDEST - room)}…` : marked;
  return {
    before: before.length > room ? `…${before.slice(-room)}` : before,
    marked: shortened,
    after: shortened === marked && after.length > room ? `${after.slice(0, room)}…` : shortened === marked ? after : '',
  };
}

function renderExcerpt(line: string, position: Position, options: RenderOptions): string[] {
  const { before, marked, after } = cut(excerptOf(line, position));
  const number = String(position.line);
  const bar = paint(options, 'blue', '|');
  const underline = `^${'~'.repeat(Math.max(0, widthOf(marked) - 1))}`;
  return [
    `  ${paint(options, 'blue', number)} ${bar} ${before}${marked}${after}`.trimEnd(),
    `  ${' '.repeat(number.length)} ${bar} ${' '.repeat(widthOf(before))}${paint(options, 'red', underline)}`,
  ];
}

const indented = (label: string, text: string): string[] => {
  const lines = text.split('\n').map(harmless);
  return lines.map((line, index) => `  ${index === 0 ? `${label}: ` : ' '.repeat(label.length + 2)}${line}`);
};

const placeOf = ({ file, line, column }: Position): string => `${harmless(file)}:${line}:${column}`;

/** Ansible's words for a place, and the place as it can be clicked. */
const appearsIn = (position: Position): string[] => [
  `The error appears to be in '${harmless(resolve(position.file))}': line ${position.line}, column ${position.column}`,
  `  ${placeOf(position)}`,
];

function heading({ severity, code, message }: Diagnostic, place: string | undefined, options: RenderOptions): string {
  const label = paint(options, severity === 'error' ? 'red' : 'yellow', `${severity}:`);
  const at = paint(options, 'bold', place === undefined ? '' : `${place}: `);
  return `${at}${label} ${paint(options, 'bold', harmless(message))} [${code}]`;
}

/**
 * One diagnostic as people read it: place and message, the line with the mark under it, why, and what to do. Text from
 * files is made harmless for terminals. No line end at the end.
 */
export function renderDiagnostic(diagnostic: Diagnostic, readLine: ReadLine, options: RenderOptions): string {
  const { severity, code, message, position, why, fix } = diagnostic;
  const lines =
    severity === 'error' && options.likeAnsible
      ? [`${paint(options, 'red', `ERROR! ${harmless(message)}`)} [${code}]`, ...(position ? appearsIn(position) : [])]
      : [heading(diagnostic, position && placeOf(position), options)];
  const text = position === undefined ? undefined : readLine(position.file, position.line);
  if (position !== undefined && text !== undefined) lines.push(...renderExcerpt(hideSecrets(text), position, options));
  if (why !== undefined) lines.push(...indented('why', why));
  if (fix !== undefined) lines.push(...indented('fix', fix));
  return lines.join('\n');
}

/** Nobody reads more of them at once. */
const MOST_SHOWN = 100;

/** All of them that a person reads, an empty line between two, and a last line with how many there are. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  readLine: ReadLine,
  options: RenderOptions,
): string {
  const count = (severity: Diagnostic['severity'], one: string): string[] => {
    const { length } = diagnostics.filter((d) => d.severity === severity);
    return length === 0 ? [] : [`${length} ${one}${length === 1 ? '' : 's'}`];
  };
  const shown = diagnostics.slice(0, MOST_SHOWN);
  const rendered = shown.map((diagnostic) => renderDiagnostic(diagnostic, readLine, options));
  if (diagnostics.length > MOST_SHOWN) rendered.push(`… and ${diagnostics.length - MOST_SHOWN} more like these`);
  const summary = [...count('error', 'error'), ...count('warning', 'warning')].join(', ');
  return [...rendered, summary].filter((part) => part !== '').join('\n\n');
}
