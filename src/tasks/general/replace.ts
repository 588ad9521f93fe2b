import { Buffer } from 'node:buffer';
import { KprovError } from '../../errors/index.js';
import { allMatches, expandReplacement, pythonRegex } from '../../template/python/regex.js';
import { BoundedRegExp } from '../../values/bounded-regexp.js';
import { choice, path, text } from '../parameters.js';
import { defineTask } from '../task.js';
import { type Edit, editHere, failMissing, interpretText } from './edit-text.js';
import { ownership, replacement } from './written-file.js';

interface Replacing {
  regexp: string;
  replace: string;
  after: string | undefined;
  before: string | undefined;
}

/** The part of the text between `after` and `before`, or undefined where they are not found. */
function section(text: string, { after, before }: Replacing): { start: number; end: number } | undefined {
  if (after === undefined && before === undefined) return { start: 0, end: text.length };
  const lazy = after !== undefined && before !== undefined ? '?' : '';
  const pattern = `${after ?? ''}(?P<subsection>.*${lazy})${before ?? ''}`;
  const { regex } = pythonRegex(pattern, { dotall: true });
  const withIndices = new BoundedRegExp(regex.source, `${regex.flags}d`);
  const indices = withIndices.exec(text)?.indices?.groups?.subsection;
  return indices === undefined ? undefined : { start: indices[0], end: indices[1] };
}

/** What Ansible's replace makes of a text. */
export function replaceIn(text: string, args: Replacing): { text: string; verdict: string } | { verdict: string } {
  const part = section(text, args);
  if (part === undefined) {
    const pattern = `${args.after ?? ''}(?P<subsection>.*${args.after && args.before ? '?' : ''})${args.before ?? ''}`;
    return { verdict: `Pattern for before/after params did not match the given file: ${pattern}` };
  }
  const old = text.slice(part.start, part.end);
  let made = '';
  let count = 0;
  let at = 0;
  for (const match of allMatches(pythonRegex(args.regexp, { multiline: true }), old)) {
    made += old.slice(at, match.index) + expandReplacement(args.replace, match);
    at = match.index + match[0].length;
    count++;
  }
  made += old.slice(at);
  if (count === 0 || made === old) return { verdict: '' };
  return { verdict: `${count} replacements made`, text: text.slice(0, part.start) + made + text.slice(part.end) };
}

/** Texts are characters here, not bytes: Python decodes the file. */
const edit =
  (args: Replacing, encoding: BufferEncoding): Edit =>
  (bytes) => {
    const buffer = Buffer.from(bytes, 'latin1');
    const decoded = buffer.toString(encoding);
    if (!Buffer.from(decoded, encoding).equals(buffer)) {
      throw new KprovError('wrong-encoding', `replace: the file is not ${encoding}`);
    }
    const edited = replaceIn(decoded, args);
    if (!('text' in edited)) return edited;
    const made = Buffer.from(edited.text, encoding);
    if (made.toString(encoding) !== edited.text) {
      throw new KprovError('wrong-encoding', `replace: ${encoding} has no bytes for the new text`);
    }
    return { verdict: edited.verdict, text: made.toString('latin1') };
  };

/** Names that Python has for the encodings that Node can write. */
const encodings: Readonly<Record<string, BufferEncoding>> = {
  'utf-8': 'utf8',
  utf8: 'utf8',
  'latin-1': 'latin1',
  latin1: 'latin1',
  'iso-8859-1': 'latin1',
  'utf-16-le': 'utf16le',
  'utf-16le': 'utf16le',
};

/** What Ansible's replace says when it has not failed. */
const fields = { rc: 0 };

export const replace = defineTask({
  name: 'replace',
  summary: 'Replaces everything in a text file that an expression matches.',
  description: 'Costs one round trip where nothing matches, two where something changes.',
  parameters: {
    path: path('The file.', { required: true, aliases: ['dest', 'destfile', 'name'] }),
    regexp: text('Python expression; ^ and $ match at each line.', { required: true }),
    replace: text('What comes in its place; \\1 and \\g<name> stand for groups. Default: nothing.', { default: '' }),
    after: text('Expression: only what comes after it is replaced.'),
    encoding: choice('Encoding of the file.', Object.keys(encodings), { default: 'utf-8' }),
    before: text('Expression: only what comes before it is replaced.'),
    ...replacement,
    ...ownership,
  },
  returns: {
    msg: 'N replacements made, or empty',
    rc: '0, or 256 and 257 where the path is a directory or not there',
    backup_file: 'the copy of the old file, where one was made',
  },
  example: `- replace:
    path: /etc/fstab
    regexp: '^([^#].*\\sswap\\s.*)$'
    replace: '# \\1'`,
  inCheckMode: 'predicts',
  compile: (args) => {
    pythonRegex(args.regexp, { multiline: true });
    return editHere(
      { ...args, fields, missing: failMissing(args.path, `Path ${args.path} does not exist !`) },
      edit(args, encodings[args.encoding] ?? 'utf8'),
    );
  },
  interpret: (report, args) => interpretText(report, { ...args, fields }),
});
