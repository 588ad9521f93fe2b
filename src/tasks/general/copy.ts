import { posix } from 'node:path';
import { KprovError } from '../../errors/index.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import { bytesOfText, type FileContent, Pending } from '../../values/index.js';
import { type ArgumentsOf, anything, flag, mode, path, text } from '../parameters.js';
import { defineTask, type Interpretation, type Outcome, type Program, type TaskContext } from '../task.js';
import { interpretRemoteCopy, remoteCopy } from './copy-remote.js';
import { decryption, sending } from './decrypt.js';
import { contentText } from './json.js';
import { asOutcome, type PlacedFile, placedDiffs, placedFile, placeFiles } from './place-files.js';
import { placeLink } from './place-link.js';
import { withFailure } from './reported.js';
import { type TreeEntry, walkTree } from './walk-tree.js';
import { digest, ownership, replacement, safeguards } from './written-file.js';

export { ownership, writtenFile } from './written-file.js';

const plainMode = mode('Permissions, such as "0644" or "u=rw,g=r,o=r", or preserve: those of src.');

export const modeOrPreserve = {
  ...plainMode,
  parse: (value: Parameters<typeof plainMode.parse>[0]) => (value === 'preserve' ? value : plainMode.parse(value)),
};

const copyParameters = {
  src: {
    ...path('File or directory of the control machine, looked for in files/; with a / at its end only what is in it.', {
      onHost: 'remote_src',
    }),
    // Ansible takes the empty text for none.
    parse: text('').parse,
  },
  content: anything('The content itself; a mapping or list is written as JSON.'),
  dest: {
    ...path('Where it goes. With a / at its end, or where it is a directory, the file keeps its name.', {
      required: true,
    }),
    missing: 'dest is required',
  },
  remote_src: flag('Whether src is on the host.', { default: false }),
  force: flag('Whether an existing file is replaced where it differs.', { default: true }),
  follow: flag('Whether a link at dest is followed rather than replaced.', { default: false }),
  local_follow: flag('Whether a link in a directory counts as what it leads to. Default: yes; with remote_src: no.'),
  directory_mode: mode('Permissions of the directories that are made.'),
  checksum: text('SHA-1 that the content must have.'),
  ...decryption,
  ...ownership,
  mode: modeOrPreserve,
  ...replacement,
} as const;

export type CopyArguments = ArgumentsOf<typeof copyParameters>;

const withoutSlash = (name: string): string => name.replace(/(?<=.)\/+$/, '');

/** dest as it is, or the name in it where it is a directory. */
export function destination(args: { dest: string; directory_mode?: string | undefined } & Owned, name: string): Script {
  const directory = withoutSlash(args.dest);
  const inside = posix.join(directory, name);
  if (args.dest.endsWith('/')) {
    return sh`kp_is_directory ${directory} || kp_directory ${directory} ${args.directory_mode} ${args.owner} ${args.group} || return 1
kp_dest=${inside}`;
  }
  return sh`kp_dest=${args.dest}; if kp_is_directory "$kp_dest"; then kp_dest=${inside}; fi`;
}

interface Owned {
  owner: string | undefined;
  group: string | undefined;
}

/** The files' contents; large ones are only looked up, all at once where their checksums are not known yet. */
function read(context: TaskContext, files: readonly string[]): FileContent[] {
  const waiting: Pending[] = [];
  const contents = files.flatMap((file) => {
    try {
      const content = context.files.large?.(file) ?? context.files.readBytes(file);
      if (content === undefined) throw new KprovError('missing-file', `cannot read ${file}`);
      return [content];
    } catch (error) {
      if (!(error instanceof Pending)) throw error;
      waiting.push(error);
      return [];
    }
  });
  const [first] = waiting;
  if (first) throw new Pending(first.message, Promise.allSettled(waiting.map(({ ready }) => ready)));
  return contents;
}

export function modeOf(args: { mode?: string | undefined }, context: TaskContext, file: string): string | undefined {
  if (args.mode !== 'preserve') return args.mode;
  const bits = context.files.permissions?.(file);
  return bits === undefined ? undefined : bits.toString(8).padStart(4, '0');
}

interface Source {
  before: Script;
  files: PlacedFile[];
  /** A tree of files rather than one. */
  isTree: boolean;
}

function tree(args: CopyArguments, context: TaskContext, source: string): Source {
  const name = args.src?.endsWith('/') ? '' : posix.basename(source);
  const top = withoutSlash(posix.join(args.dest, name));
  const ensure = (directory: string) =>
    sh`kp_is_directory ${directory} || kp_directory ${directory} ${args.directory_mode} ${args.owner} ${args.group} || return 1`;
  const entries = [...walkTree(context.files, source, args.local_follow ?? true)];
  const of = (kind: TreeEntry['kind']) => entries.filter((entry) => entry.kind === kind);
  const files = of('file');
  return {
    isTree: true,
    before: joinScripts([
      ensure(top),
      ...of('directory').map(({ name }) => ensure(posix.join(top, name))),
      of('link').length > 0 && placeLink,
      ...of('link').map(
        ({ name, source: target }) =>
          sh`kp_place_link ${target} ${posix.join(top, name)} ${args.owner} ${args.group} || return 1`,
      ),
    ]),
    files: read(
      sending(context, args),
      files.map((entry) => entry.source),
    ).map((content, index) => {
      const dest = posix.join(top, files[index]?.name ?? '');
      return {
        dest: sh`kp_dest=${dest}`,
        name: dest,
        content,
        mode: modeOf(args, context, files[index]?.source ?? ''),
      };
    }),
  };
}

function localSource(args: CopyArguments, context: TaskContext): Source {
  if (!args.src) {
    if (args.dest.endsWith('/')) throw new KprovError('bad-argument', 'can not use content with a dir as dest');
    // Ansible keeps the mode of the temporary file that it writes the content to.
    const mode = args.mode === 'preserve' ? '0600' : args.mode;
    const content = contentOf(args);
    const refuse = sh`kp_dest=${args.dest}
if kp_is_directory "$kp_dest"; then kp_fail "can not use content with a dir as dest"; return 1; fi`;
    return { isTree: false, before: sh``, files: [{ dest: refuse, name: args.dest, content, mode }] };
  }
  const source = withoutSlash(context.find('files', withoutSlash(args.src)));
  if (context.files.kind(source) === 'directory') return tree(args, context, source);
  const mode = modeOf(args, context, source);
  const files = read(sending(context, args), [source]).map((content) => {
    return { dest: destination(args, posix.basename(source)), name: args.dest, content, mode };
  });
  return { isTree: false, before: sh``, files };
}

const contents = new WeakMap<CopyArguments, Buffer>();

/** The text of `content`; one and the same where hosts share their arguments. */
function contentOf(args: CopyArguments): Buffer {
  const content = contents.get(args) ?? bytesOfText(contentText(args.content ?? ''));
  contents.set(args, content);
  return content;
}

interface Shared {
  source: Source;
  program: Program | Outcome;
}

const sharedPrograms = new WeakMap<CopyArguments, Shared>();

/** Arguments without templates are one object for all hosts; so is the program, where the file is still the same. */
function sharedProgram(args: CopyArguments, source: Source): Shared | undefined {
  const known = sharedPrograms.get(args);
  const [before, after] = [known?.source.files[0], source.files[0]];
  const isSame = !source.isTree && before?.content === after?.content && before?.mode === after?.mode;
  return isSame ? known : undefined;
}

/** What compile has read, for interpret: the file on the control machine may have changed meanwhile. */
const sources = new WeakMap<TaskContext, Source>();

function interpretLocal(
  report: Parameters<typeof placedDiffs>[0],
  args: CopyArguments,
  source: Source,
): Interpretation {
  const [file] = source.files;
  const src = args.src === undefined ? {} : { src: args.src };
  if (!source.isTree && file !== undefined) return placedFile(report, file, src);
  return { result: withFailure(report, { ...src, dest: args.dest }), diff: placedDiffs(report, source.files) };
}

export const copy = defineTask({
  name: 'copy',
  summary: 'Brings a file, a directory or a text to the host.',
  description:
    'A file that is already there costs one round trip, whatever its size: only checksums are compared. Files of more ' +
    'than 64 KiB are sent only where they differ; those of more than 512 KiB over a session of their own on the same ' +
    'connection, compressed where that is faster, and what had arrived before a connection broke or a run was killed ' +
    'is not sent again. A host that allows one session only gets them through its shell. With --hand-on, files of 8 MiB ' +
    'and more whose mode lets everybody read them are sent to one host and go on from those that have them, where the ' +
    'hosts reach each other; never under no_log.',
  parameters: copyParameters,
  exactlyOne: [['src', 'content']],
  judgesGroups: true,
  returns: {
    dest: 'the path of the file on the host',
    src: 'as given',
    checksum: 'SHA-1 of the content',
    md5sum: 'MD5 of the content',
    size: 'bytes',
    mode: 'permissions, four octal digits',
    owner: 'name of the owner',
    group: 'name of the group',
    uid: 'its number',
    gid: 'its number',
    state: 'file',
    backup_file: 'the copy of the old file, where one was asked for and made',
  },
  example: `- name: A configuration file of the role
  copy:
    src: crictl.yaml
    dest: /etc/crictl.yaml
    owner: root
    mode: "0644"

- name: A text
  copy:
    content: "{{ motd }}"
    dest: /etc/motd`,
  inCheckMode: 'predicts',
  compile: (args, context) => {
    if (!args.src && args.content === undefined) throw new KprovError('bad-argument', 'src (or content) is required');
    if (args.src && args.content !== undefined) {
      throw new KprovError('bad-argument', 'src and content are mutually exclusive');
    }
    if (args.remote_src) return remoteCopy(args);
    const source = localSource(args, context);
    const known = sharedProgram(args, source);
    sources.set(context, known?.source ?? source);
    if (known) return known.program;
    const [file] = source.files;
    if (args.checksum !== undefined && !source.isTree && file && digest('sha1', file.content) !== args.checksum) {
      const msg = 'Copied file does not match the expected checksum. Transfer failed.';
      return {
        status: 'failed',
        result: { msg, checksum: digest('sha1', file.content), expected_checksum: args.checksum },
      };
    }
    const placement = { ...args, ...source, safeguards: safeguards(args) };
    const program = placeFiles(placement, (report) => asOutcome(interpretLocal(report, args, source)));
    if (!source.isTree) sharedPrograms.set(args, { source, program });
    return program;
  },
  interpret: (report, args, context) =>
    args.remote_src
      ? interpretRemoteCopy(report, args)
      : interpretLocal(report, args, sources.get(context) ?? localSource(args, context)),
});
