import { Buffer } from 'node:buffer';
import { sh } from '../../shell/index.js';
import { choice, flag, path, text } from '../parameters.js';
import { defineTask } from '../task.js';
import { awkRegex } from './awk-regex.js';
import { editBlock, isMultiline } from './blockinfile-edit.js';
import { createMissing, editHere, editOnHost, failMissing, interpretText } from './edit-text.js';
import { bytesSearch } from './python-match.js';
import { ownership, replacement } from './written-file.js';

/** The same as `editBlock`, in awk; the markers are compared as strings. */
const awk = String.raw`
{ line[NR] = $0; nl[NR] = "\n" }
END {
  n = NR; first = ENVIRON["KP_FIRST"] ""; last = ENVIRON["KP_LAST"] ""; block = ENVIRON["KP_BLOCK"] ""
  ins = ENVIRON["KP_INS"] ""; place = ENVIRON["KP_PLACE"]; flags = ENVIRON["KP_FLAGS"]
  if (n > 0 && ENVIRON["KP_EOF"]) nl[n] = ""
  for (i = 1; i <= n; i++) if (nl[i] != "") {
    if (line[i] "" == first) from = i
    if (line[i] "" == last) to = i
  }
  at = n + 1
  if (from && to) {
    at = from < to ? from : to
    gap = (from < to ? to - from : from - to) + 1
    n -= gap
    for (i = at; i <= n; i++) { line[i] = line[i + gap]; nl[i] = nl[i + gap] }
  }
  else if (place == "top") at = 1
  else if (flags ~ /i/) for (i = 1; i <= n; i++) if ((line[i] nl[i]) ~ ins) at = place == "after" ? i + 1 : i
  if (at > 1) nl[at - 1] = "\n"
  print block != "" ? "Block inserted" : "Block removed"
  for (i = 1; i < at; i++) printf "%s", line[i] nl[i]
  if (block != "") {
    if (flags ~ /p/ && at > 1 && line[at - 1] != "") printf "\n"
    printf "%s\n%s%s\n", first, block, last
    if (flags ~ /a/ && at <= n && (line[at] nl[at]) != "\n") printf "\n"
  }
  for (i = at; i <= n; i++) printf "%s", line[i] nl[i]
  print "."
}`;

/** The environment of a program holds at most 128 KiB a variable. */
const MAX_ENVIRONMENT_BYTES = 100_000;

const parameters = {
  path: path('The file.', { required: true, aliases: ['dest', 'destfile', 'name'] }),
  state: choice('Whether the block is to be there.', ['present', 'absent'], { default: 'present' }),
  block: text('The lines; none: the block is removed.', { default: '', aliases: ['content'] }),
  marker: text('The lines around the block; {mark} is replaced by marker_begin and marker_end.', {
    default: '# {mark} ANSIBLE MANAGED BLOCK',
  }),
  marker_begin: text('What {mark} is above the block.', { default: 'BEGIN' }),
  marker_end: text('What {mark} is below the block.', { default: 'END' }),
  insertafter: text('EOF or an expression: a new block goes after the last line that matches. Default EOF.'),
  insertbefore: text('BOF or an expression: a new block goes before the last line that matches.'),
  append_newline: flag('Whether a blank line follows the block, unless it ends the file.', { default: false }),
  prepend_newline: flag('Whether a blank line precedes the block, unless it begins the file.', { default: false }),
  create: flag('Whether a file that is not there is made.', { default: false }),
  ...replacement,
  ...ownership,
} as const;

export const blockinfile = defineTask({
  name: 'blockinfile',
  summary: 'Keeps a block of lines between two marker lines of a text file.',
  parameters,
  atMostOne: [['insertbefore', 'insertafter']],
  returns: {
    msg: 'Block inserted, Block removed, File created, or empty',
    backup_file: 'the copy of the old file, where one was made',
  },
  example: `- blockinfile:
    path: /etc/hosts
    marker: "# {mark} cluster"
    block: |
      192.0.2.11 n1
      192.0.2.12 n2`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const isPresent = args.state === 'present' && args.block !== '';
    const mark = (word: string) => args.marker.replaceAll('{mark}', word);
    const block = !isPresent || args.block.endsWith('\n') ? (isPresent ? args.block : '') : `${args.block}\n`;
    const { insertafter, insertbefore } = args;
    const expression = insertbefore === undefined ? insertafter : insertbefore;
    const isExpression = expression !== undefined && !(insertbefore === 'BOF' || insertafter === 'EOF');
    const place = !isExpression
      ? insertbefore === 'BOF'
        ? 'top'
        : 'end'
      : insertbefore === undefined
        ? 'after'
        : 'before';
    const missing =
      args.state === 'absent'
        ? sh`kp_set verdict ${`File ${args.path} not present`}; return 0`
        : args.create
          ? sh`${createMissing(args)}
kp_set created 1`
          : failMissing(args.path, `Path ${args.path} does not exist !`);
    if (isExpression) bytesSearch(expression);
    const insertion = !isExpression ? '' : isMultiline(expression) ? undefined : awkRegex(expression);
    if (insertion === undefined || Buffer.byteLength(block) > MAX_ENVIRONMENT_BYTES) {
      const markers = [`${mark(args.marker_begin)}\n`, `${mark(args.marker_end)}\n`] as const;
      return editHere({ ...args, missing }, (before) =>
        editBlock(before, { ...args, markers, block, place, expression: isExpression ? expression : undefined }),
      );
    }
    const flags = [isExpression && 'i', args.append_newline && 'a', args.prepend_newline && 'p'];
    return editOnHost({ ...args, missing }, awk, {
      KP_FIRST: mark(args.marker_begin),
      KP_LAST: mark(args.marker_end),
      KP_BLOCK: block,
      KP_INS: insertion,
      KP_PLACE: place,
      KP_FLAGS: flags.filter((letter) => letter !== false).join(''),
    });
  },
  interpret: (report, args) => {
    const isSame = report.text('edited') === undefined;
    const verdict = report.text('created') !== undefined ? 'File created' : (report.text('verdict') ?? '');
    return interpretText(report, args, isSame && verdict.startsWith('Block') ? '' : verdict);
  },
});
