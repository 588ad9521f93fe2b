import type { Diagnostic, Position } from '../errors/index.js';
import type { Value } from '../values/index.js';
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

/** `1.30` is the number 1.3 for Ansible, which is never what a version wants to be. */
function lostDigits(name: string, text: string, value: Value, position: Position): Diagnostic[] {
  if (typeof value !== 'number' || !/^\s*[0-9]+\.[0-9]*0\s*$/.test(text)) return [];
  return [
    {
      severity: 'warning',
      code: 'number-loses-digits',
      message: `${showName(name)}=${text.trim()} is the number ${value}`,
      position,
      why: 'Ansible reads unquoted and shell-quoted values as Python literals.',
      fix: `To keep it as text, write ${showName(name)}="'${text.trim()}'" on a host line, or ${showName(name)}='${text.trim()}' under :vars.`,
    },
  ];
}

/** Reads `host key=value key="some value" # comment`. */
export function readHostLine(line: string, position: Position): HostLine {
  const split = splitHostLine(line);
  const problems: Diagnostic[] = [];
  const error = (code: string, message: string, at: Position, why: string, fix?: string): void => {
    problems.push({ severity: 'error', code, message, position: at, why, ...(fix === undefined ? {} : { fix }) });
  };
  if (split.problem !== undefined) {
    const why = 'A host line is split into words like a shell command.';
    error('bad-host-line', split.problem.message, shift(position, split.problem.offset, 1), why);
    return { variables: [], problems };
  }
  if (split.gluedComment !== undefined) {
    problems.push({
      severity: 'warning',
      code: 'comment-cuts-value',
      message: 'the comment begins inside a word',
      position: shift(position, split.gluedComment, line.length - split.gluedComment),
      why: 'On a host line "#" begins a comment even without a space before it, as in Ansible.',
      fix: 'Put the value in quotes where the "#" belongs to it, and a space before it where it does not.',
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
        'After the host name come key=value pairs without spaces around the "="; values with spaces are quoted.';
      error('bad-host-line', 'expected key=value', wordAt, why);
      continue;
    }
    const [name, text] = [word.text.slice(0, equals), word.text.slice(equals + 1)];
    const value = readPythonLiteral(text);
    const where = { ...wordAt, length: name.length };
    variables.push([name, { value, position: where }]);
    if (!isQuotedTwice(word)) problems.push(...lostDigits(name, text, value, where));
  }
  return { pattern: { name: first.text, position: at }, variables, problems };
}

const isQuotedTwice = (word: Word): boolean => /["']$/.test(word.text);

function hostNameProblem(name: string): string | undefined {
  if (name === '---') return 'This looks like YAML: give the file the extension .yml.';
  if (name.endsWith(':')) return 'After the ":" belongs a port. If this is YAML, give the file the extension .yml.';
  if (/^\w+=/.test(name))
    return 'Variables of a group belong under [group:vars], those of a host after its name on the same line.';
  return undefined;
}

/** Reads `key = value` under `:vars`: the value is the rest of the line. */
export function readVariableLine(line: string, position: Position): ReadLine {
  const equals = line.indexOf('=');
  const name = line.slice(0, equals).trim();
  if (equals < 1 || name === '') {
    const fix = /^\w+\s*:/.test(line) ? 'Write "=" in place of ":".' : undefined;
    const why = 'A :vars section holds one key=value on each line.';
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
  const problems = lostDigits(name, text, value, at);
  const comment = typeof value === 'string' && value === text ? text.search(/\s#/) : -1;
  if (comment !== -1) {
    problems.push({
      severity: 'warning',
      code: 'comment-in-value',
      message: `the value of ${showName(name)} goes on to the end of the line`,
      position: shift(position, line.indexOf(text, equals + 1) + comment + 1, text.length - comment - 1),
      why: 'Under :vars a "#" after a value begins no comment, as in Ansible.',
      fix: 'Put the comment on a line of its own, or the value in quotes.',
    });
  }
  return { variables: [[name, { value, position: at }]], problems };
}
