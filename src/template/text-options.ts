import { TemplateError } from './errors.js';
import { literalEval } from './python/literal.js';
import { type Delimiters, defaultSyntax, type Syntax } from './syntax/delimiters.js';
import type { TextOptions } from './types.js';

/** Begins a first line that says how the template is written. */
export const HEADER = '#jinja2:';

const names: Readonly<Record<string, keyof Delimiters>> = {
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
  for (const pair of pairsOf(line)) applyHeader(prepared, pair);
  return prepared;
}

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
  if (colon < 0) fail(`has '${pair.trim()}', which is no name:value`);
  const delimiter = names[name];
  if (delimiter !== undefined && typeof value === 'string' && value !== '') prepared.syntax[delimiter] = value;
  else if (name === 'trim_blocks' && typeof value === 'boolean') prepared.syntax.trimBlocks = value;
  else if (name === 'lstrip_blocks' && typeof value === 'boolean') prepared.syntax.lstripBlocks = value;
  else if (name === 'keep_trailing_newline' && typeof value === 'boolean') prepared.keepTrailingNewline ||= value;
  else if (name === 'newline_sequence' && typeof value === 'string') prepared.newlineSequence = value;
  else fail(`does not know '${pair.trim()}'`);
}
