import { TemplateError } from '../errors.js';
import { Tuple, typeName } from '../python/kinds.js';
import { checkTextLength } from '../python/limits.js';
import { allMatches, expandReplacement, type PythonRegex, pythonRegex } from '../python/regex.js';
import { str } from '../python/repr.js';
import { type Filter, filter } from '../runtime/callables.js';
import { flag, text, whole } from './arguments.js';

const compile = (pattern: unknown, ignorecase: unknown, multiline: unknown): PythonRegex =>
  pythonRegex(text(pattern, 'the regular expression'), { ignorecase: flag(ignorecase), multiline: flag(multiline) });

interface Substitution {
  pattern: string;
  replacement: string;
  /** At most so many; 0: all. */
  count: number;
  /** Just so many, or it is an error; 0: any number. */
  mandatory: number;
}

function substitute(
  regex: PythonRegex,
  value: string,
  { pattern, replacement, count, mandatory }: Substitution,
): string {
  let out = '';
  let at = 0;
  let done = 0;
  for (const match of allMatches(regex, value)) {
    if (count > 0 && done >= count) break;
    done++;
    out += value.slice(at, match.index) + expandReplacement(replacement, match);
    at = match.index + match[0].length;
    checkTextLength(out.length);
  }
  if (mandatory > 0 && done !== mandatory) {
    throw new TemplateError(`'${pattern}' should match ${mandatory} times, but matches ${done} times in '${value}'`);
  }
  return out + value.slice(at);
}

/** What a group argument of regex_search names: a number or a name. */
function groupName(argument: unknown): string {
  const reference = str(argument);
  const name = /^\\g<(\S+)>/.exec(reference)?.[1] ?? /^\\(\d+)/.exec(reference)?.[1];
  if (name === undefined)
    throw new TemplateError(`regex_search: unknown argument '${reference}'`, {
      fix: "name a group as '\\1' or '\\g<name>'",
    });
  return name;
}

function groupOf(match: RegExpExecArray, name: string): unknown {
  if (/^\d+$/.test(name)) {
    if (Number(name) >= match.length) throw new TemplateError(`regex_search: no such group ${name}`);
    return match[Number(name)] ?? null;
  }
  if (match.groups === undefined || !(name in match.groups))
    throw new TemplateError(`regex_search: no such group '${name}'`);
  return match.groups[name] ?? null;
}

export function firstMatch({ regex }: PythonRegex, value: string): RegExpExecArray | null {
  regex.lastIndex = 0;
  return regex.exec(value);
}

export const regexFilters: Readonly<Record<string, Filter>> = {
  regex_replace: filter(
    'pattern replacement ignorecase multiline count mandatory_count',
    (value, [pattern = '', replacement = '', ignorecase, multiline, count, mandatory]) =>
      substitute(compile(pattern, ignorecase, multiline), str(value), {
        pattern: str(pattern),
        replacement: text(replacement, 'replacement'),
        count: whole(count, 'count', 0),
        mandatory: whole(mandatory, 'mandatory_count', 0),
      }),
  ),
  regex_search: filter('regex * **', (value, [pattern], { rest, extra }) => {
    const unexpected = [...extra.keys()].find((name) => name !== 'ignorecase' && name !== 'multiline');
    if (unexpected !== undefined)
      throw new TemplateError(`regex_search has no parameter '${unexpected}'`, { code: 'bad-arguments' });
    const groups = rest.map(groupName);
    const match = firstMatch(compile(pattern, extra.get('ignorecase'), extra.get('multiline')), str(value));
    if (match === null) return null;
    return groups.length === 0 ? match[0] : groups.map((name) => groupOf(match, name));
  }),
  regex_findall: filter('regex multiline ignorecase', (value, [pattern, multiline, ignorecase]) =>
    [...allMatches(compile(pattern, ignorecase, multiline), str(value))].map((match) => {
      const [whole, ...groups] = Array.from(match, (group) => group ?? '');
      return groups.length === 0 ? whole : groups.length === 1 ? groups[0] : Tuple.make(groups);
    }),
  ),
  regex_escape: filter('re_type', (value, [type = 'python']) => {
    if (type === 'python') return str(value).replace(/[\s!"#$%&'()*+,./:;<=>?@[\\\]^`{|}~-]/g, escapeCharacter);
    if (type === 'posix_basic') return str(value).replace(/[\].[^$*\\]/g, '\\$&');
    throw new TemplateError(
      type === 'posix_extended'
        ? 'Regex type (posix_extended) not yet implemented'
        : `Invalid regex type (${typeof type === 'string' ? type : typeName(type)})`,
    );
  }),
};

/** Python's re.escape leaves alone what is not special: `!"%',/:;<=>@` and the backtick. */
const escapeCharacter = (character: string): string =>
  /[!"%',/:;<=>@`]/.test(character) ? character : `\\${character}`;
