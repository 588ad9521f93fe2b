import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { KprovError } from '../../errors/index.js';
import { joinScripts, quote, type Script, sh } from '../../shell/index.js';
import { type FileContent, isLarge, type Mapping } from '../../values/index.js';
import { flag, mode, text } from '../parameters.js';
import type { Diff, Interpretation, Report } from '../task.js';
import { splitWords } from '../words.js';
import { type FileAttributes, fileAttributes, furtherAttributes } from './file-attributes.js';
import { withFailure } from './reported.js';

/** Parameters of every task that makes or keeps a file. */
export const ownership = {
  owner: text('User that owns it, a name or a number.'),
  group: text('Group that owns it, a name or a number.'),
  mode: mode('Permissions, such as "0644" or "u=rw,g=r,o=r".'),
} as const;

/** Parameters of every task that replaces the content of a file. */
export const replacement = {
  backup: flag('Whether a copy of the old file is kept beside it, with the time in its name.', { default: false }),
  validate: text('Command that judges the new file before it is put in place; %s is its path.'),
  ...fileAttributes,
} as const;

/** What is to be done beside replacing a file's content: backup, validation, further attributes. */
export function safeguards(args: FileAttributes & { backup: boolean; validate: string | undefined }): Script {
  return joinScripts([
    args.backup && sh`kp_backup=1`,
    args.validate !== undefined && validation(args.validate),
    furtherAttributes(args),
  ]);
}

/** The command's words are fixed here, without a shell; only the path is filled in on the host. */
function validation(command: string): Script {
  if (!command.includes('%s')) {
    throw new KprovError('bad-argument', `validate must contain %s: ${command}`);
  }
  const words = splitWords(command).map((word) => {
    const parts = word.split('%s').map((part) => String(quote(part)));
    return parts.join('"$kp_tmp"');
  });
  return sh`kp_validate=${words.join(' ')}`;
}

export const digest = (algorithm: 'sha256' | 'sha1' | 'md5', content: string | FileContent): string =>
  typeof content !== 'string' && isLarge(content)
    ? content[algorithm]
    : createHash(algorithm).update(content).digest('hex');

export const sizeOf = (content: FileContent): number => (isLarge(content) ? content.size : content.length);

const stateNames: Readonly<Record<string, string>> = { file: 'file', directory: 'directory', link: 'link' };

/** Ansible puts a zero before the octal digits, however many there are. */
const shownMode = (octal: string): string => (/^[1-7]\d{3}$/.test(octal) ? `0${octal}` : octal);

/** What `kp_facts` reported, as Ansible names it; in check mode what is not known is left out. */
export function factsOf(report: Report, key = ''): Mapping {
  const line = report.text(`stat${key}`);
  const match = /^(\S+) (\S*) (\S*) (\S*) (\S*) ([^/]*)\/(.*)$/s.exec(line ?? '');
  if (!match || match[1] === 'absent') return match ? { state: 'absent' } : {};
  const [, type = '', octal = '', uid, gid, size, owner = '', group = ''] = match;
  const known = (name: string, digits: string | undefined): Mapping =>
    digits !== undefined && /^\d+$/.test(digits) ? { [name]: Number(digits) } : {};
  return {
    state: stateNames[type] ?? 'file',
    ...(octal !== '?' && { mode: shownMode(octal) }),
    ...known('uid', uid),
    ...known('gid', gid),
    ...known('size', size),
    ...(owner !== '?' && { owner }),
    ...(group !== '?' && { group }),
  };
}

const json = (values: Mapping): string => {
  const sorted = Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify(sorted, null, 4)}\n`;
};

/** Two sets of settings of a path as Ansible shows them; nothing where they are alike. */
export function settingsOfPath(path: string, before: Mapping, after: Mapping): Diff[] {
  const texts = [json({ path, ...before }), json({ path, ...after })] as const;
  if (texts[0] === texts[1]) return [];
  const header = `${path} (file attributes)`;
  return [{ before: texts[0], after: texts[1], beforeHeader: header, afterHeader: header }];
}

/** What kp_differ and kp_more reported of mode, owner, group, flags and context. */
export function attributeChanges(report: Report, key = ''): { before: Mapping; after: Mapping } {
  const side = (when: 'before' | 'after'): Mapping =>
    Object.fromEntries(
      ['mode', 'owner', 'group', 'attributes', 'secontext'].flatMap((name) => {
        const value = report.text(`${when}_${name}${key}`);
        return value === undefined ? [] : [[name, name === 'mode' ? shownMode(value) : value]];
      }),
    );
  return { before: side('before'), after: side('after') };
}

const tooLarge = 104_448;

const named = (size: number | string): string => `(${size} bytes, too large to be shown)\n`;

const shownAfter = (after: string | FileContent): string =>
  typeof after !== 'string' && isLarge(after) ? named(after.size) : shown(Buffer.from(after));

/** A text for a diff; what is binary or larger than Ansible shows (104448 bytes) is only named. */
function shown(content: Uint8Array | undefined): string {
  if (content === undefined) return '';
  if (content.length > tooLarge) return named(content.length);
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.includes(0)) return `(binary, ${content.length} bytes)\n`;
  return bytes.toString('utf8');
}

/** The diffs of one file: its content, then its attributes. */
export function fileDiffs(report: Report, path: string, after: string | FileContent, key = ''): Diff[] {
  const diffs: Diff[] = [];
  const size = report.text(`before_size${key}`);
  const bytes = report.bytes(`before${key}`);
  if (bytes !== undefined || size !== undefined) {
    const before = size === undefined ? shown(bytes) : named(size);
    diffs.push({ before, after: shownAfter(after), beforeHeader: path, afterHeader: path });
  }
  const changes = attributeChanges(report, key);
  return [...diffs, ...settingsOfPath(path, changes.before, changes.after)];
}

/** The fields of a backup, where one was made. */
export const backupOf = (report: Report, key = ''): Mapping => {
  const file = report.text(`backup_file${key}`);
  return file === undefined ? {} : { backup_file: file };
};

/** What a program that wrote one file (kp_write, kp_facts) reports, as result and diff. */
export function writtenFile(report: Report, dest: string, after: string | Uint8Array): Interpretation {
  return {
    result: withFailure(report, { dest, ...factsOf(report), ...backupOf(report) }),
    diff: fileDiffs(report, dest, after),
  };
}
