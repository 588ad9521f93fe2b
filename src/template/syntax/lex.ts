import { escapePattern } from '../../values/index.js';
import { TemplateError } from '../errors.js';
import type { Syntax } from './delimiters.js';
import { lexExpression } from './lex-expression.js';
import type { Token } from './token.js';

interface Patterns {
  begin: RegExp;
  rawBegin: RegExp;
  rawEnd: RegExp;
  blockEnd: RegExp;
  variableEnd: RegExp;
  commentEnd: RegExp;
}

function makePatterns(syntax: Syntax): Patterns {
  const [blockStart, blockEnd] = [escapePattern(syntax.blockStart), escapePattern(syntax.blockEnd)];
  const suffix = syntax.trimBlocks ? '\\n?' : '';
  const blockClose = `(?:\\+${blockEnd}|-${blockEnd}\\s*|${blockEnd}${suffix})`;
  const commentEnd = escapePattern(syntax.commentEnd);
  // The longest delimiter wins where one begins with another.
  const starts = [syntax.variableStart, syntax.blockStart, syntax.commentStart]
    .sort((a, b) => b.length - a.length)
    .map(escapePattern)
    .join('|');
  return {
    begin: new RegExp(`(${starts})([-+]?)`, 'g'),
    rawBegin: new RegExp(`${blockStart}[-+]?\\s*raw\\s*(?:-${blockEnd}\\s*|${blockEnd})`, 'y'),
    rawEnd: new RegExp(`${blockStart}([-+]?)\\s*endraw\\s*${blockClose}`, 'g'),
    blockEnd: new RegExp(blockClose, 'y'),
    variableEnd: new RegExp(`-${escapePattern(syntax.variableEnd)}\\s*|${escapePattern(syntax.variableEnd)}`, 'y'),
    commentEnd: new RegExp(`\\+${commentEnd}|-${commentEnd}\\s*|${commentEnd}${suffix}`, 'g'),
  };
}

const patternsOf = new WeakMap<Syntax, Patterns>();

function patterns(syntax: Syntax): Patterns {
  let found = patternsOf.get(syntax);
  if (found === undefined) {
    found = makePatterns(syntax);
    patternsOf.set(syntax, found);
  }
  return found;
}

const unclosed = (what: string, offset: number): TemplateError =>
  new TemplateError(`the ${what} that begins here is not closed`, { code: 'template-syntax', offset });

/** The text before a tag, as the tag's sign (`-`, `+` or none) and `lstrip_blocks` leave it. */
function trimmed(text: string, sign: string, strips: boolean, startsLine: boolean): string {
  if (sign === '-') return text.trimEnd();
  if (sign === '+' || !strips) return text;
  const lineStart = text.lastIndexOf('\n') + 1;
  if ((lineStart > 0 || startsLine) && text.slice(lineStart).trim() === '') return text.slice(0, lineStart);
  return text;
}

/** A template's text to tokens, as Jinja2 splits it. */
export function lexTemplate(source: string, syntax: Syntax): Token[] {
  const { begin, rawBegin, rawEnd, blockEnd, variableEnd, commentEnd } = patterns(syntax);
  const tokens: Token[] = [];
  const data = (value: string, offset: number): void => {
    if (value !== '') tokens.push({ type: 'data', value, offset });
  };
  let at = 0;
  while (at < source.length) {
    begin.lastIndex = at;
    const tag = begin.exec(source);
    if (tag === null) break;
    const [whole, opening = '', sign = ''] = tag;
    const offset = tag.index;
    const isVariable = opening === syntax.variableStart;
    const startsLine = at === 0 || source[at - 1] === '\n';
    data(trimmed(source.slice(at, offset), sign, syntax.lstripBlocks && !isVariable, startsLine), at);
    at = offset + whole.length;
    if (opening === syntax.commentStart) {
      commentEnd.lastIndex = at;
      if (commentEnd.exec(source) === null) throw unclosed('comment', offset);
      at = commentEnd.lastIndex;
      continue;
    }
    rawBegin.lastIndex = offset;
    if (!isVariable && rawBegin.test(source)) {
      at = rawBegin.lastIndex;
      rawEnd.lastIndex = at;
      const end = rawEnd.exec(source);
      if (end === null) throw unclosed('raw block', offset);
      data(trimmed(source.slice(at, end.index), end[1] ?? '', syntax.lstripBlocks, source[at - 1] === '\n'), at);
      at = rawEnd.lastIndex;
      continue;
    }
    tokens.push({ type: isVariable ? 'variable-begin' : 'block-begin', value: opening, offset });
    const end = lexExpression(
      { source, start: at, end: isVariable ? variableEnd : blockEnd, rawStrings: isVariable && syntax.rawStrings },
      tokens,
    );
    if (end === undefined) throw unclosed(isVariable ? 'expression' : 'statement', offset);
    tokens.push({ type: isVariable ? 'variable-end' : 'block-end', value: end[0], offset: end.index });
    at = end.index + end[0].length;
  }
  data(source.slice(at), at);
  tokens.push({ type: 'end', value: '', offset: source.length });
  return tokens;
}

/** The tokens of a bare expression. */
export function lexBareExpression(source: string): Token[] {
  const tokens: Token[] = [];
  lexExpression({ source, start: 0, end: undefined, rawStrings: false }, tokens);
  tokens.push({ type: 'end', value: '', offset: source.length });
  return tokens;
}
