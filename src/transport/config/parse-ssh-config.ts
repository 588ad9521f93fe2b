import { type Diagnostic, nearest, type Position } from '../../errors/index.js';
import { allKeywords, canonicalKeyword, isKnownKeyword } from './keywords.js';
import { matchPatternList } from './match-pattern.js';
import { splitWords } from './split-words.js';

/** One line of an ssh_config file, or one `-o` option. */
export interface Directive {
  /** Lower case, today's spelling. */
  keyword: string;
  arguments: readonly string[];
  /** The value as it was written, for ProxyCommand, whose quoting is the shell's. */
  raw: string;
  position: Position;
  /** What an `Include` line stands for, once it was read: one list per file. */
  included?: readonly (readonly Directive[])[];
}

export interface ParsedConfig {
  directives: Directive[];
  diagnostics: Diagnostic[];
}

/** The keyword, an optional `=` and the rest. */
const SHAPE = /^([^\s=]+)(?:[ \t]*=[ \t]*|[ \t]+|$)(.*)$/;

/** One `Keyword value` or `Keyword=value`. Undefined with a diagnostic where it has no meaning. */
export function parseDirective(text: string, position: Position, diagnostics: Diagnostic[]): Directive | undefined {
  const refuse = (code: string, message: string): undefined => {
    diagnostics.push({ severity: 'error', code, message, position });
  };
  const [, word = '', raw = ''] = SHAPE.exec(text) ?? [];
  if (word === '') return refuse('bad-ssh-option', `"${text}" is not an ssh option`);
  const split = splitWords(raw, { comments: true });
  if ('problem' in split) return refuse('bad-ssh-option', `${word}: ${split.problem}`);
  if (split.words.length === 0) return refuse('bad-ssh-option', `${word} has no value`);
  return { keyword: canonicalKeyword(word), arguments: split.words, raw: raw.trim(), position };
}

/** The lines of an ssh_config file, in order. Nothing is judged yet but the spelling of keywords. */
export function parseSshConfig(text: string, file: string): ParsedConfig {
  const directives: Directive[] = [];
  const diagnostics: Diagnostic[] = [];
  const ignored: string[] = [];
  for (const [index, untrimmed] of text.split('\n').entries()) {
    const line = untrimmed.trim();
    if (line === '' || line.startsWith('#')) continue;
    const position = { file, line: index + 1, column: untrimmed.length - untrimmed.trimStart().length + 1 };
    const directive = parseDirective(line, position, diagnostics);
    if (directive === undefined) continue;
    if (directive.keyword === 'ignoreunknown') ignored.push(...directive.arguments.flatMap((a) => a.split(',')));
    if (isKnownKeyword(directive.keyword)) directives.push(directive);
    else if (
      !matchPatternList(
        directive.keyword,
        ignored.map((p) => p.toLowerCase()),
      )
    ) {
      diagnostics.push(unknownKeyword(directive, 'warning'));
    }
  }
  return { directives, diagnostics };
}

export function unknownKeyword(directive: Directive, severity: Diagnostic['severity']): Diagnostic {
  const near = nearest(directive.keyword, allKeywords);
  return {
    severity,
    code: 'unknown-ssh-option',
    message: `unknown ssh option "${directive.keyword}"`,
    position: directive.position,
    ...(near === undefined ? {} : { fix: `did you mean "${near}"?` }),
  };
}
