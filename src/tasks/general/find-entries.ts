import { posix } from 'node:path';
import { pythonRegex } from '../../template/python/regex.js';
import { BoundedRegExp } from '../../values/bounded-regexp.js';
import { float, globMatcher, type Mapping } from '../../values/index.js';
import { permissions, typeBits } from './stat.js';

/** What is known of one path after the listing. */
export interface Entry {
  path: string;
  /** Directories between the searched path and this one, itself included: 1 for its children. */
  depth: number;
  fields: Mapping;
}

/** The format of `stat -c` for which `parseEntries` reads lines; no path that find prints holds two slashes in a row. */
export const entryFormat = '%n//%f %u %g %s %.9X %.9Y %.9Z %i %h %d %U %G';

const line = /([\s\S]*?)\/\/([0-9a-f]+) (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+) ([\d.]+) (\d+) (\d+) (\d+) (\S+) (.+)\n/y;

export function parseEntries(text: string, start: string): Entry[] {
  const top = posix.normalize(start).replace(/(?<=.)\/$/, '');
  const entries: Entry[] = [];
  line.lastIndex = 0;
  for (let match = line.exec(text); match !== null; match = line.exec(text)) {
    const [, name = '', raw = '0', uid, gid, size, atime, mtime, ctime, inode, nlink, dev, owner = '', group = ''] =
      match;
    const mode = Number.parseInt(raw, 16);
    const path = posix.normalize(name);
    const below = path.slice(top === '/' ? 0 : top.length);
    entries.push({
      path,
      depth: below.split('/').length - 1,
      fields: {
        path,
        mode: (mode & 0o7777).toString(8).padStart(4, '0'),
        ...Object.fromEntries(Object.entries(typeBits).map(([type, bit]) => [type, mode >> 12 === bit])),
        ...permissions(mode),
        uid: Number(uid),
        gid: Number(gid),
        size: Number(size),
        inode: Number(inode),
        dev: Number(dev),
        nlink: Number(nlink),
        atime: float(Number(atime)),
        mtime: float(Number(mtime)),
        ctime: float(Number(ctime)),
        gr_name: group === 'UNKNOWN' ? '' : group,
        pw_name: owner === 'UNKNOWN' ? '' : owner,
      },
    });
  }
  return entries;
}

export interface Search {
  patterns: readonly string[];
  excludes: readonly string[];
  useRegex: boolean;
  hidden: boolean;
  fileType: 'any' | 'directory' | 'file' | 'link';
  /** Seconds; negative: at most so old. */
  age: number | undefined;
  ageStamp: 'atime' | 'ctime' | 'mtime';
  /** Bytes; negative: at most so large. */
  size: number | undefined;
  depth: number | undefined;
  mode: number | undefined;
  exactMode: boolean;
}

/** `-0` cannot be told from `0`, and means what it says: at least nothing. */
const isBeyond = (value: number, bound: number | undefined): boolean =>
  bound === undefined || (bound >= 0 ? value >= bound : value <= -bound);

/** Whether an entry is one that was searched for, as far as names, types, ages and sizes can say. */
export function sought(search: Search, now: number): (entry: Entry) => boolean {
  const matcher = (pattern: string): ((name: string) => boolean) => {
    if (!search.useRegex) return globMatcher(pattern);
    const { source, flags } = pythonRegex(pattern).regex;
    const regex = new BoundedRegExp(`^(?:${source})`, flags.replace('g', ''));
    return (name) => regex.test(name);
  };
  const wanted = (search.patterns.length > 0 ? search.patterns : [search.useRegex ? '.*' : '*']).map(matcher);
  const unwanted = search.excludes.map(matcher);
  const isType = (fields: Mapping): boolean =>
    search.fileType === 'any' || fields[{ directory: 'isdir', file: 'isreg', link: 'islnk' }[search.fileType]] === true;
  return ({ path, depth, fields }) => {
    const name = posix.basename(path);
    if (search.depth && depth > search.depth) return false;
    if (name.startsWith('.') && !search.hidden) return false;
    const bits = Number.parseInt(String(fields.mode), 8);
    if (search.mode !== undefined && !(search.exactMode ? bits === search.mode : (bits & search.mode) !== 0))
      return false;
    if (!isType(fields) || !wanted.some((matches) => matches(name)) || unwanted.some((matches) => matches(name))) {
      return false;
    }
    if (!isBeyond(now - Number(fields[search.ageStamp]), search.age)) return false;
    const hasSize = search.fileType === 'file' || (search.fileType === 'any' && fields.isreg === true);
    return !hasSize || isBeyond(Number(fields.size), search.size);
  };
}
