import { KprovError } from '../../errors/index.js';
import { sh } from '../../shell/index.js';
import { expandReplacement } from '../../template/python/regex.js';
import type { Mapping } from '../../values/index.js';
import { type ArgumentsOf, choice, flag, path, text } from '../parameters.js';
import { defineTask, type Interpretation, type Report } from '../task.js';
import { awkRegex } from './awk-regex.js';
import { createMissing, editHere, editOnHost, failMissing, interpretText } from './edit-text.js';
import { editLines } from './lineinfile-edit.js';
import { bytesSearch } from './python-match.js';
import { backupOf, ownership, replacement } from './written-file.js';

const parameters = {
  path: path('The file.', { required: true, aliases: ['dest', 'destfile', 'name'] }),
  state: choice('Whether the line is to be there.', ['present', 'absent'], { default: 'present' }),
  line: text('The line.', { aliases: ['value'] }),
  regexp: text('Python expression: the last line that matches is replaced; with absent all that match are removed.', {
    aliases: ['regex'],
  }),
  search_string: text(
    'Literal text: the last line that holds it is replaced; with absent all that hold it are removed.',
  ),
  backrefs: flag('Whether \\1 and \\g<name> in line stand for groups of regexp; without a match nothing is done.', {
    default: false,
  }),
  insertafter: text('EOF, BOF, or an expression: a line that is not there yet goes after the last match. Default EOF.'),
  insertbefore: text('BOF or an expression: a line that is not there yet goes before the last match.'),
  firstmatch: flag('Whether the first match counts rather than the last.', { default: false }),
  create: flag('Whether a file that is not there is made.', { default: false }),
  ...replacement,
  ...ownership,
} as const;

/** The decision on the host: the same as `editLines`, in awk, with strings compared as strings. */
const awk = String.raw`
function full(i) { return line[i] nl[i] }
function bare(i,  s) { s = line[i]; sub(/\r+$/, "", s); return s "" }
function hit(i) {
  if (has ~ /r/) return full(i) ~ re
  if (has ~ /s/) return search == "" || index(full(i), search) > 0
  return 0
}
function add(at,  i) {
  if (n > 0 && at > n && line[n] !~ /\r$/) nl[n] = "\n"
  for (i = n; i >= at; i--) { line[i + 1] = line[i]; nl[i + 1] = nl[i] }
  line[at] = want
  nl[at] = "\n"
  n++
  verdict = "line added"
}
{ line[NR] = $0; nl[NR] = "\n" }
END {
  n = NR; has = ENVIRON["KP_HAS"]; re = ENVIRON["KP_RE"] ""; search = ENVIRON["KP_SEARCH"] ""
  want = ENVIRON["KP_LINE"] ""; ins = ENVIRON["KP_INS"] ""; place = ENVIRON["KP_PLACE"]
  if (n > 0 && ENVIRON["KP_EOF"]) nl[n] = ""
  if (has ~ /-/) {
    for (i = 1; i <= n; i++) if (has ~ /[rs]/ ? hit(i) : bare(i) == want) { gone[i] = 1; removed++ }
    print removed ? removed " line(s) removed" : ""
    for (i = 1; i <= n; i++) if (!gone[i]) printf "%s", full(i)
    print "."
    exit
  }
  for (i = 1; i <= n; i++) if (hit(i)) { found = i; matched = 1; if (has ~ /1/) break }
  if (!matched) for (i = 1; i <= n; i++) {
    if (bare(i) == want) found = i
    else if (has ~ /i/ && full(i) ~ ins) { at = place == "after" ? i + 1 : i; if (has ~ /1/) break }
  }
  if (found) {
    new = want ~ /\n$/ ? want : want "\n"
    if (full(found) != new) { line[found] = new; nl[found] = ""; verdict = "line replaced" }
  }
  else if (place == "top") add(1)
  else if (place == "end" || !at) add(n + 1)
  else if (place == "before" || at > n || bare(at) != want) add(at)
  print verdict
  for (i = 1; i <= n; i++) printf "%s", full(i)
  print "."
}`;

type Arguments = ArgumentsOf<typeof parameters>;

function placeOf(args: Arguments): { place: 'after' | 'before' | 'top' | 'end'; expression?: string } {
  const { insertafter, insertbefore } = args;
  if (insertafter === 'BOF' || insertbefore === 'BOF') return { place: 'top' };
  if (insertafter !== undefined && insertafter !== 'EOF') return { place: 'after', expression: insertafter };
  return insertbefore === undefined ? { place: 'end' } : { place: 'before', expression: insertbefore };
}

function check(args: Arguments): void {
  const refuse = (message: string): never => {
    throw new KprovError('bad-argument', `lineinfile: ${message}`);
  };
  if (args.state === 'present') {
    if (args.backrefs && args.regexp === undefined) refuse('regexp is required with backrefs=true');
    if (args.line === undefined) refuse('line is required with state=present');
  } else if (args.line === undefined && args.regexp === undefined && args.search_string === undefined) {
    refuse('one of line, search_string, or regexp is required with state=absent');
  }
}

/** An expression for awk; undefined stays undefined. */
const translated = (expression: string | undefined): { known: boolean; text: string } => {
  const text = expression === undefined ? '' : awkRegex(expression);
  return { known: text !== undefined, text: text ?? '' };
};

/** An empty expression matches every line, which nobody means. */
function matchesAll({ regexp, search_string }: Arguments): Mapping {
  if (regexp !== '' && search_string !== '') return {};
  const [name, cure] =
    regexp === ''
      ? ['regular expression', " If this is desired, use '^' to match every line in the file and avoid this warning."]
      : ['search string', ''];
  const warning = `The ${name} is an empty string, which will match every line in the file. This may have unintended consequences, such as replacing the last line in the file rather than appending.${cure}`;
  return { warnings: [warning] };
}

function interpretLine(report: Report, args: Arguments, verdict?: string): Interpretation {
  const { result, ...rest } = interpretText(report, args, verdict);
  const removed = /^(\d+) line\(s\) removed/.exec(String(result?.msg ?? ''));
  const { backup_file: backup = '' } = backupOf(report);
  return {
    ...rest,
    result: {
      ...result,
      backup,
      ...matchesAll(args),
      ...(args.state === 'absent' && { found: Number(removed?.[1] ?? 0) }),
    },
  };
}

export const lineinfile = defineTask({
  name: 'lineinfile',
  summary: 'Keeps one line of a text file: there, or not there.',
  description:
    'The decision is made on the host, in one round trip, unless regexp or insertafter need what awk does not have ' +
    '(look-around, \\\\b, back references): those cost a second one where something changes.',
  parameters,
  atMostOne: [
    ['insertbefore', 'insertafter'],
    ['regexp', 'search_string'],
  ],
  returns: {
    msg: 'line added, line replaced, N line(s) removed, or empty',
    backup: 'the copy of the old file, where one was made',
    found: 'number of lines that were removed',
  },
  example: `- lineinfile:
    path: /etc/ssh/sshd_config
    regexp: '^#?PermitRootLogin'
    line: PermitRootLogin prohibit-password
    validate: sshd -t -f %s`,
  inCheckMode: 'predicts',
  compile: (args) => {
    check(args);
    const isAbsent = args.state === 'absent';
    const missing = isAbsent
      ? sh`kp_set verdict 'file not present'; return 0`
      : args.create
        ? createMissing(args)
        : failMissing(args.path, `Destination ${args.path} does not exist !`);
    const { place, expression } = placeOf(args);
    const regexp = translated(args.regexp);
    const insertion = translated(isAbsent ? undefined : expression);
    if (args.regexp !== undefined) bytesSearch(args.regexp);
    if (expression !== undefined) bytesSearch(expression);
    if (!regexp.known || !insertion.known || (args.backrefs && !isAbsent)) {
      const expand = args.backrefs ? expandReplacement : undefined;
      const interpret = (report: Report, verdict?: string) => interpretLine(report, args, verdict);
      return editHere({ ...args, missing, interpret }, (before) =>
        editLines(before, { ...args, place, expression, expand }),
      );
    }
    const has = [
      args.regexp !== undefined && 'r',
      args.search_string !== undefined && 's',
      expression !== undefined && 'i',
      args.firstmatch && '1',
      isAbsent && '-',
    ];
    return editOnHost({ ...args, missing }, awk, {
      KP_HAS: has.filter((letter) => letter !== false).join(''),
      KP_RE: regexp.text,
      KP_INS: insertion.text,
      KP_SEARCH: args.search_string ?? '',
      KP_LINE: args.line ?? '',
      KP_PLACE: place,
    });
  },
  interpret: (report, args) => interpretLine(report, args),
});
