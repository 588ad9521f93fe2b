import { escapePattern } from '../values/index.js';
import { TemplateError } from './errors.js';
import { literalEval } from './python/literal.js';
import { type Delimiters, defaultSyntax, type Syntax } from './syntax/delimiters.js';
import type { TextOptions } from './types.js';

/** Begins a first line that says how the template is written. */
export const HEADER = '#jinja2:';

/** Ansible's names of the delimiters. */
export const delimiterNames: Readonly<Record<string, keyof Delimiters>> = {
  variable_start_string: 'variableStart',
  variable_end_string: 'variableEnd',
  block_start_string: 'blockStart',
  block_end_string: 'blockEnd',
  comment_start_string: 'commentStart',
  comment_end_string: 'commentEnd',
};

export interface PreparedText {
  /** The text after the header line. */
  source: string;
  syntax: Syntax;
  newlineSequence: string;
  keepTrailingNewline: boolean;
}

/** Splits at the commas that are outside of quotes. */
const pairsOf = (line: string): string[] => line.match(/(?:[^,'"]|'[^']*'|"[^"]*")+/g) ?? [];

/** Applies options and the `#jinja2:` header line, which wins. */
export function prepareText(text: string, options: TextOptions): PreparedText {
  const syntax: Syntax = {
    ...defaultSyntax,
    ...options.delimiters,
    trimBlocks: options.trimBlocks ?? true,
    lstripBlocks: options.lstripBlocks ?? false,
  };
  const prepared: PreparedText = {
    source: text.replaceAll('\r\n', '\n'),
    syntax,
    newlineSequence: options.newlineSequence ?? '\n',
    keepTrailingNewline: options.keepTrailingNewline ?? true,
  };
  if (!text.startsWith(HEADER)) return prepared;
  const end = prepared.source.indexOf('\n');
  const line = prepared.source.slice(HEADER.length, end < 0 ? undefined : end);
  prepared.source = end < 0 ? '' : prepared.source.slice(end + 1);
  // Line prefixes are put into the terms of the other marks, so these come first.
  const isLinePrefix = (pair: string): boolean => /^\s*line_/.test(pair);
  const pairs = pairsOf(line);
  for (const pair of pairs.filter((each) => !isLinePrefix(each))) applyHeader(prepared, pair);
  for (const pair of pairs.filter(isLinePrefix)) applyHeader(prepared, pair);
  return prepared;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Whole lines that begin with the prefix are statements; a colon may end them. */
const statementLines = ({ source, syntax }: PreparedText, prefix: string): string =>
  source.replace(
    new RegExp(`^[ \\t\\v]*${escapePattern(prefix)}(.*?):?[ \\t]*(?:\\n|(?![^]))`, 'gm'),
    (_, statement: string) => `${syntax.blockStart} ${statement.trim()} ${syntax.blockEnd}`,
  );

/** What stands behind the prefix in a line is left out. */
const withoutCommentLines = ({ source }: PreparedText, prefix: string): string =>
  source.replace(new RegExp(`[ \\t]*${escapePattern(prefix)}.*`, 'g'), '');

function applyHeader(prepared: PreparedText, pair: string): void {
  const colon = pair.indexOf(':');
  const name = pair.slice(0, colon).trim();
  const value = literalEval(pair.slice(colon + 1).trim())?.value;
  const fail = (why: string): never => {
    throw new TemplateError(`the header '#jinja2:' ${why}`, { code: 'template-syntax', offset: 0 }).locate(
      '',
      undefined,
    );
  };
  if (colon < 0) {
    throw new TemplateError(`failed to parse jinja2 override '${pair.trim()}': it is no name:value`, {
      code: 'template-syntax',
      offset: 0,
      fix: 'put a colon between name and value',
    }).locate('', undefined);
  }
  const delimiter = delimiterNames[name];
  if (delimiter !== undefined && typeof value === 'string' && value !== '') prepared.syntax[delimiter] = value;
  else if (name === 'trim_blocks' && typeof value === 'boolean') prepared.syntax.trimBlocks = value;
  else if (name === 'lstrip_blocks' && typeof value === 'boolean') prepared.syntax.lstripBlocks = value;
  else if (name === 'keep_trailing_newline' && typeof value === 'boolean') prepared.keepTrailingNewline ||= value;
  else if (name === 'line_statement_prefix' && isText(value)) prepared.source = statementLines(prepared, value);
  else if (name === 'line_comment_prefix' && isText(value)) prepared.source = withoutCommentLines(prepared, value);
  else if (name === 'newline_sequence' && typeof value === 'string') prepared.newlineSequence = value;
  else fail(`does not know '${pair.trim()}'`);
}
