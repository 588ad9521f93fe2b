import type { Diagnostic, Position } from '../errors/index.js';
import { lostDigits } from './lost-digits.js';
import type { WrittenInFile } from './model.js';
import { showName } from './names.js';
import { readPythonLiteral } from './python-literal.js';
import { splitHostLine, type Word } from './shlex.js';
import type { Named } from './source.js';

export interface ReadLine {
  variables: [name: string, written: WrittenInFile][];
  problems: Diagnostic[];
}

export interface HostLine extends ReadLine {
  /** The host name or range, where the line is good enough to have one. */
  pattern?: Named;
}

const shift = (position: Position, offset: number, length: number): Position => ({
  ...position,
  column: position.column + offset,
  length: Math.max(1, length),
});

/** Reads `host key=value key="some value" # comment`. */
export function readHostLine(line: string, position: Position): HostLine {
  const split = splitHostLine(line);
  const problems: Diagnostic[] = [];
  const error = (code: string, message: string, at: Position, why: string, fix?: string): void => {
    problems.push({ severity: 'error', code, message, position: at, why, ...(fix === undefined ? {} : { fix }) });
  };
  if (split.problem !== undefined) {
    const why = 'a host line is split into words like a shell command';
    error('bad-host-line', split.problem.message, shift(position, split.problem.offset, 1), why);
    return { variables: [], problems };
  }
  if (split.gluedComment !== undefined) {
    problems.push({
      severity: 'warning',
      code: 'comment-cuts-value',
      message: 'the comment begins inside a word',
      position: shift(position, split.gluedComment, line.length - split.gluedComment),
      why: 'on a host line "#" begins a comment even without a space before it, as in Ansible',
      fix: 'put the value in quotes where the "#" belongs to it, and a space before it where it does not',
    });
  }
  const [first, ...rest] = split.words;
  if (first === undefined) return { variables: [], problems };
  const at = shift(position, first.offset, first.length);
  const reason = hostNameProblem(first.text);
  if (reason !== undefined) {
    error('bad-host-name', `not a host name: ${showName(first.text.split('=')[0] ?? '')}`, at, reason);
    return { variables: [], problems };
  }
  const variables: [string, WrittenInFile][] = [];
  for (const word of rest) {
    const wordAt = shift(position, word.offset, word.length);
    const equals = word.text.indexOf('=');
    if (equals < 1) {
      // The word may be half of a password: it is pointed at, not repeated.
      const why =
        'after the host name come key=value pairs without spaces around the "="; values with spaces are quoted';
      error('bad-host-line', 'expected key=value', wordAt, why);
      break;
    }
    const [name, text] = [word.text.slice(0, equals), word.text.slice(equals + 1)];
    const value = readPythonLiteral(text);
    const where = { ...wordAt, length: name.length };
    variables.push([name, { value, position: where }]);
    if (!isQuotedTwice(word))
      problems.push(...lostDigits({ name, text, value, position: where }, `${name}="'${text.trim()}'"`));
  }
  return { pattern: { name: first.text, position: at }, variables, problems };
}

const isQuotedTwice = (word: Word): boolean => /["']$/.test(word.text);

function hostNameProblem(name: string): string | undefined {
  if (name === '---') return 'this looks like YAML: give the file the extension .yml';
  if (name.endsWith(':')) return 'after the ":" belongs a port; if this is YAML, give the file the extension .yml';
  if (/^\w+=/.test(name))
    return 'variables of a group belong under [group:vars], those of a host after its name on the same line';
  return undefined;
}

/** Reads `key = value` under `:vars`: the value is the rest of the line. */
export function readVariableLine(line: string, position: Position): ReadLine {
  const equals = line.indexOf('=');
  const name = line.slice(0, equals).trim();
  if (equals < 1 || name === '') {
    const fix = /^\w+\s*:/.test(line) ? 'write "=" in place of ":"' : undefined;
    const why = 'a :vars section holds one key=value on each line';
    const problem: Diagnostic = {
      severity: 'error',
      code: 'bad-variable-line',
      message: 'expected key=value',
      position,
      why,
    };
    return { variables: [], problems: [fix === undefined ? problem : { ...problem, fix }] };
  }
  const text = line.slice(equals + 1).trim();
  const value = readPythonLiteral(text);
  const at = { ...position, length: name.length };
  const problems = lostDigits({ name, text, value, position: at }, `${name}='${text}'`);
  const comment = typeof value === 'string' && value === text ? text.search(/\s#/) : -1;
  if (comment !== -1) {
    problems.push({
      severity: 'warning',
      code: 'comment-in-value',
      message: `the value of ${showName(name)} goes on to the end of the line`,
      position: shift(position, line.indexOf(text, equals + 1) + comment + 1, text.length - comment - 1),
      why: 'under :vars a "#" after a value begins no comment, as in Ansible',
      fix: 'put the comment on a line of its own, or the value in quotes',
    });
  }
  return { variables: [[name, { value, position: at }]], problems };
}
