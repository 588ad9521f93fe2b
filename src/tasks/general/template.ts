import { posix } from 'node:path';
import { KprovError } from '../../errors/index.js';
import { sh } from '../../shell/index.js';
import { type ArgumentsOf, choice, flag, localPath, path, text } from '../parameters.js';
import { defineTask, type TaskContext } from '../task.js';
import { destination, modeOf, modeOrPreserve } from './copy.js';
import { encodeText } from './encoding.js';
import { asOutcome, type PlacedFile, placedFile, placeFiles } from './place-files.js';
import { ownership, replacement, safeguards } from './written-file.js';

const newlines: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\r\\n': '\r\n' };

const parameters = {
  src: localPath('Template of the control machine, looked for in templates/.', { required: true }),
  dest: path('Where the text goes; in a directory it keeps the name of the template.', { required: true }),
  force: flag('Whether an existing file is replaced where it differs.', { default: true }),
  follow: flag('Whether a link at dest is followed rather than replaced.', { default: false }),
  trim_blocks: flag('Whether the first newline after a block tag is removed.', { default: true }),
  lstrip_blocks: flag('Whether blanks before a block tag on its line are removed.', { default: false }),
  newline_sequence: choice('What ends a line.', ['\\n', '\\r', '\\r\\n', '\n', '\r', '\r\n'], { default: '\\n' }),
  variable_start_string: text('What begins an expression.', { default: '{{' }),
  variable_end_string: text('What ends an expression.', { default: '}}' }),
  block_start_string: text('What begins a statement.', { default: '{%' }),
  block_end_string: text('What ends a statement.', { default: '%}' }),
  comment_start_string: text('What begins a comment.', { default: '{#' }),
  comment_end_string: text('What ends a comment.', { default: '#}' }),
  output_encoding: text('The encoding of the file, such as utf-8 or windows-1252.', { default: 'utf-8' }),
  ...ownership,
  ...replacement,
  mode: modeOrPreserve,
} as const;

function render(args: ArgumentsOf<typeof parameters>, context: TaskContext): PlacedFile {
  const source = context.find('templates', args.src);
  const template = context.files.read(source);
  if (template === undefined) throw new KprovError('missing-file', `cannot read the template ${source}`);
  const rendered = context.render(template, {
    name: source,
    source: args.src,
    destination: args.dest,
    trimBlocks: args.trim_blocks,
    lstripBlocks: args.lstrip_blocks,
    newlineSequence: newlines[args.newline_sequence] ?? args.newline_sequence,
    variableStart: args.variable_start_string,
    variableEnd: args.variable_end_string,
    blockStart: args.block_start_string,
    blockEnd: args.block_end_string,
    commentStart: args.comment_start_string,
    commentEnd: args.comment_end_string,
  });
  const dest = destination(args, posix.basename(source));
  return {
    dest,
    name: args.dest,
    content: encodeText(rendered, args.output_encoding),
    mode: modeOf(args, context, source),
  };
}

/** What compile has rendered, for interpret: variables and the template itself may have changed meanwhile. */
const rendered = new WeakMap<TaskContext, PlacedFile>();

export const template = defineTask({
  name: 'template',
  summary: 'Renders a Jinja2 template into a file on the host.',
  description:
    'Beside all variables, the template sees ansible_managed and template_path, _fullpath, _destpath, _host, _uid, _mtime and _run_date.',
  parameters,
  returns: {
    dest: 'the path of the file on the host',
    src: 'as given',
    checksum: 'SHA-1 of the text',
    md5sum: 'MD5 of the text',
    size: 'bytes',
    mode: 'permissions, four octal digits',
    owner: 'name of the owner',
    group: 'name of the group',
    uid: 'its number',
    gid: 'its number',
    state: 'file',
    backup_file: 'the copy of the old file, where one was asked for and made',
  },
  example: `- name: The runtime's configuration
  template:
    src: config.toml.j2
    dest: /etc/containerd/config.toml
    mode: "0644"
  notify: restart containerd`,
  inCheckMode: 'predicts',
  compile: (args, context) => {
    const file = render(args, context);
    rendered.set(context, file);
    const placement = { ...args, before: sh``, files: [file], safeguards: safeguards(args) };
    return placeFiles(placement, (report) => asOutcome(placedFile(report, file, { src: args.src })));
  },
  interpret: (report, args, context) =>
    placedFile(report, rendered.get(context) ?? render(args, context), { src: args.src }),
});
