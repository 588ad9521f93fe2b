import type { CST, YAMLParseError } from 'yaml';
import type { Diagnostic } from '../errors/index.js';
import { commonMistake, type Explanation, secondColon } from './mistakes.js';
import type { Lines } from './place.js';

const wrongIndent: Explanation = {
  message: 'wrong indentation',
  why: 'this line stands neither at the level of the lines above it nor inside one of them',
  fix: 'indent entries of one list or mapping by the same number of blanks',
};

function byCode(error: YAMLParseError): Explanation {
  switch (error.code) {
    case 'BAD_INDENT':
      return /Flow/.test(error.message)
        ? { message: `a \`[\` or \`{\` that is not closed`, fix: 'close it, or quote the value if the bracket is text' }
        : wrongIndent;
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return wrongIndent;
    case 'MISSING_CHAR':
      if (/quote/.test(error.message)) return { message: 'a quote that is not closed', fix: 'close the quote' };
      if (/without - indicator/.test(error.message)) return wrongIndent;
      if (/Implicit map keys/.test(error.message)) {
        return {
          message: 'a key without a value',
          why: 'a colon and a value were expected',
          fix: 'write `key: value`',
        };
      }
      return { message: error.message.replace(/\n[\s\S]*/, '') };
    case 'BAD_SCALAR_START':
      return {
        message: `an unquoted value cannot begin with ${/(?:character )(\S+)$/.exec(error.message)?.[1] ?? 'this character'}`,
        fix: 'quote the value',
      };
    case 'BAD_DQ_ESCAPE':
      return {
        message: `${error.message.replace(/^Invalid escape sequence/, 'unknown escape')} in double quotes`,
        fix: 'double the backslash, or use single quotes',
      };
    case 'TAB_AS_INDENT':
      return {
        message: 'a tab in the indentation',
        why: 'YAML indents with blanks only',
        fix: 'replace the tab by blanks',
      };
    case 'UNEXPECTED_TOKEN':
      return /block-seq-ind/.test(error.message)
        ? { message: 'a list item on the line of its key', fix: 'begin the list on a line of its own' }
        : {
            message: 'text that belongs to nothing',
            why: 'the value before it is complete',
            fix: wrongIndent.fix ?? '',
          };
    default:
      return { message: error.message.charAt(0).toLowerCase() + error.message.slice(1) };
  }
}

const colonCodes = new Set(['BLOCK_AS_IMPLICIT_KEY', 'MULTILINE_IMPLICIT_KEY', 'MISSING_CHAR']);

/** Where the innermost quote or bracket opens that is still open at the offset. */
function unclosed(tokens: readonly CST.Token[], offset: number): number | undefined {
  let found: number | undefined;
  const stack = [...tokens];
  for (let token = stack.pop(); token !== undefined; token = stack.pop()) {
    const isOpen =
      ((token.type === 'double-quoted-scalar' || token.type === 'single-quoted-scalar') &&
        token.offset + token.source.length === offset) ||
      (token.type === 'flow-collection' && !token.end.some(({ type }) => type.endsWith('-end')));
    if (isOpen && token.offset <= offset && token.offset >= (found ?? 0)) found = token.offset;
    if (token.type === 'document' && token.value !== undefined) stack.push(token.value);
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) stack.push(...[key, value].filter((t) => t !== undefined && t !== null));
  }
  return found;
}

/** The reader complains about the value that a line of deeper indentation tries to continue; the user about that line. */
function deeperLine(lines: Lines, index: number): Explanation {
  const indentOf = (text: string): number => /^[ ]*(?:- +)*/.exec(text)?.[0].length ?? 0;
  const next = lines.text(index + 1);
  if (next.trim() === '' || indentOf(next) <= indentOf(lines.text(index))) return wrongIndent;
  const start = lines.start(index + 1);
  return { ...wrongIndent, at: [start + indentOf(next), start + next.length] };
}

/** What the reader could not understand, in the words of somebody who writes playbooks. */
export function explainSyntaxError(error: YAMLParseError, lines: Lines, tokens: readonly CST.Token[]): Diagnostic {
  const [from, to] = error.pos;
  const here = lines.indexOf(from);
  let explanation: Explanation | undefined;
  for (const index of [here, here - 1]) {
    if (index < 0) continue;
    const line = lines.text(index);
    explanation = commonMistake(line, lines.start(index));
    if (explanation === undefined && colonCodes.has(error.code)) explanation = secondColon(line, lines.start(index));
    if (explanation !== undefined) break;
  }
  explanation ??= byCode(error) === wrongIndent ? deeperLine(lines, here) : byCode(error);
  const opener = explanation.message.endsWith('not closed') ? unclosed(tokens, from) : undefined;
  const { at = opener === undefined ? undefined : ([opener, opener + 1] as const), ...words } = explanation;
  return {
    severity: 'error',
    code: 'yaml-syntax',
    ...words,
    position: lines.position(...(at ?? [from, Math.max(to, from + 1)])),
  };
}
