import { split, splitLines, strip } from '../../template/python/text.js';
import type { Mapping } from '../../values/index.js';

/** One entry of a table of mounts. */
export interface MountEntry {
  mount: string;
  device: string;
  fstype: string;
  /** Where it stands: its line or lines. */
  line: string;
  /** Everything that the table says of it. */
  fields: Mapping;
}

/** The text is no table of this form; the next form is tried. */
class NotThisForm extends Error {}

/** The escapes of spaces and the like in mount tables: each is one character. */
export const unescapeMount = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** As Python reads a whole number. */
const asNumber = (text: string): number | undefined =>
  /^[+-]?\d+(?:_\d+)*$/.test(text) ? Number(text.replaceAll('_', '')) : undefined;

function wholeNumber(text: string): number {
  const read = asNumber(text);
  if (read === undefined) throw new NotThisForm();
  return read;
}

function columnsOf(line: string, least: number): string[] {
  const columns = split(line, undefined);
  if (columns.length < least) throw new NotThisForm();
  return columns;
}

const entry = (line: string, mount: string, device: string, fstype: string, fields: Mapping): MountEntry => ({
  mount,
  device,
  fstype,
  line,
  fields: { device, mount, fstype, ...fields },
});

const isBlank = (line: string): boolean => /^(?:#|$)/.test(strip(line, undefined));

/** Four to six columns: fstab(5). */
function readFstab(lines: readonly string[]): MountEntry[] {
  return lines
    .filter((line) => !isBlank(line))
    .map((raw) => {
      const line = strip(raw, undefined);
      const [device = '', mount = '', fstype = '', options = '', dump, passno] = columnsOf(line, 4).map(unescapeMount);
      return entry(line, mount, device, fstype, {
        options,
        ...(dump !== undefined && { dump: wholeNumber(dump) }),
        ...(passno !== undefined && { passno: wholeNumber(passno) }),
      });
    });
}

/** Seven columns, of Solaris. */
function readVfstab(lines: readonly string[]): MountEntry[] {
  return lines
    .filter((line) => !isBlank(line))
    .map((line) => {
      const columns = columnsOf(line, 7);
      const [device = '', toCheck = '', mount = '', fstype = '', passno = '', atBoot = '', options = ''] = columns;
      return entry(line, mount, device, fstype, {
        device_to_fsck: toCheck,
        passno: asNumber(passno) ?? passno,
        mount_at_boot: atBoot,
        options,
      });
    });
}

/** Five columns, of Solaris; the last is a time in seconds, which tells it from an fstab. */
function readMnttab(lines: readonly string[]): MountEntry[] {
  const rows = lines.map((line) => columnsOf(line, 5));
  if (!rows.some((columns) => columns[4]?.length === 10)) throw new NotThisForm();
  return rows.map(([device = '', mount = '', fstype = '', options = '', time = ''], index) =>
    entry(lines[index] ?? '', mount, device, fstype, { options, time: wholeNumber(time) }),
  );
}

/** Stanzas of AIX. Linux has a file of this name too, with names of file systems alone: that one says nothing of mounts. */
function readStanzas(lines: readonly string[]): MountEntry[] {
  const stanzas: string[][] = [];
  for (const line of lines) {
    if (line.startsWith('*') || strip(line, undefined) === '') continue;
    const stanza = stanzas.at(-1);
    if (strip(line, undefined).endsWith(':')) stanzas.push([line]);
    else if (!line.includes('=')) return [];
    else if (stanza === undefined) throw new NotThisForm();
    else stanza.push(line);
  }
  return stanzas.map(([head = '', ...rest]) => {
    const attributes = new Map(
      rest.map((line) => {
        const at = line.indexOf('=');
        return [strip(line.slice(0, at), undefined), strip(line.slice(at + 1), undefined)];
      }),
    );
    const device = [attributes.get('nodename'), attributes.get('dev')].filter((part) => part).join(':') || 'unknown';
    const fstype = attributes.get('vfs') || 'unknown';
    return entry([head, ...rest].join('\n'), head.slice(0, -1), device, fstype, {
      attributes: Object.fromEntries(attributes),
    });
  });
}

/** The mounts of a file: of the first form that it has as a whole, those with more columns first. */
export function readTable(text: string): MountEntry[] {
  const lines = splitLines(strip(text, undefined));
  for (const read of [readVfstab, readMnttab, readFstab, readStanzas]) {
    try {
      return read(lines);
    } catch (error) {
      if (!(error instanceof NotThisForm)) throw error;
    }
  }
  return [];
}

const linux = /^(?<device>\S+) on (?<mount>\S+) type (?<fstype>\S+) \((?<options>.+)\)$/;
const bsd = /^(?<device>\S+) on (?<mount>\S+) \((?<fstype>.+)\)$/;
const aix =
  /^(?<node>\S*)\s+(?<mounted>\S+)\s+(?<mount>\S+)\s+(?<fstype>\S+)\s+(?<time>\S+\s+\d+\s+\d+:\d+)\s+(?<options>.*)$/;

function patternOf(lines: readonly string[]): RegExp | undefined {
  if (lines.every((line) => linux.test(line))) return linux;
  if (lines.every((line) => line.startsWith('map ') || bsd.test(line))) return bsd;
  return lines.length > 2 && lines.slice(2).every((line) => aix.test(line)) ? aix : undefined;
}

/** The mounts that `mount` prints, where every line is of one form: Linux's, BSD's or AIX's. */
export function readMountOutput(text: string): MountEntry[] {
  const lines = splitLines(text);
  const pattern = patternOf(lines);
  return lines.flatMap((line) => {
    const found = pattern?.exec(line)?.groups;
    if (found === undefined) return [];
    const { device = '', mount = '', fstype = '', options = '', node = '', mounted = '', time = '' } = found;
    if (pattern === linux) return [entry(line, mount, device, fstype, { options })];
    if (pattern === aix) {
      return [entry(line, mount, node === '' ? mounted : `${node}:${mounted}`, fstype, { time, options })];
    }
    const [, type = fstype, more] = /^(.*?)\s*,\s*(.*)$/.exec(fstype) ?? [];
    return [entry(line, mount, device, type, more === undefined ? {} : { options: more })];
  });
}

/** What `stat -f -c` is asked for, of each mount: statvfs(3)'s f_bsize, f_frsize, f_blocks, f_bavail, f_files and f_ffree. */
export const sizesFormat = '%s %S %b %a %c %d';

/** Those numbers as Ansible returns them, sizes in bytes; nothing where they are not there. */
export function sizesOf(numbers: string | undefined): Mapping {
  const read = (numbers ?? '').trim().split(' ').map(Number);
  const [block = 0, unit = 0, total = 0, available = 0, inodes = 0, inodesFree = 0] = read;
  if (read.length !== 6 || read.some(Number.isNaN)) return {};
  return {
    size_total: unit * total,
    size_available: unit * available,
    block_size: block,
    block_total: total,
    block_available: available,
    block_used: total - available,
    inode_total: inodes,
    inode_available: inodesFree,
    inode_used: inodes - inodesFree,
  };
}
