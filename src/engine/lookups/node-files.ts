import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  statSync,
} from 'node:fs';
import { KprovError } from '../../errors/index.js';
import type { Files } from '../../values/index.js';
import { largeFiles } from '../transfer/large-files.js';

const code = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP'].includes(String(code(error)));

function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new KprovError('unreadable-file', `cannot look at ${path}: ${String(code(error))}`, { cause: error });
  }
}

/** As it was read, while the file stays what it was. */
interface Kept {
  bytes: Buffer;
  mtimeMs: number;
  inode: number;
}

const kept = new Map<string, Kept>();
const mostKept = 64;
const largestKept = 64 * 1024;
/** A file that was written just now may be written again without its time telling. */
const tellingMs = 2000;

/** What is a pipe or a device has no size that would tell when it ends. */
const LONGEST_STREAM = 64 * 1024 * 1024;
const PIECE = 1024 * 1024;

function readStream(path: string): Buffer {
  const pieces: Buffer[] = [];
  const stream = openSync(path, 'r');
  try {
    for (let total = 0; ; ) {
      const piece = Buffer.alloc(PIECE);
      const length = readSync(stream, piece, 0, PIECE, null);
      if (length === 0) return Buffer.concat(pieces);
      pieces.push(piece.subarray(0, length));
      total += length;
      if (total > LONGEST_STREAM) {
        const fix = 'give a file that ends';
        throw new KprovError('unreadable-file', `${path} is no file, and gives more than ${LONGEST_STREAM} bytes`, {
          fix,
        });
      }
    }
  } finally {
    closeSync(stream);
  }
}

/** Fifty hosts get the same small files: each is read once, and is one text in memory. */
function readUnchanged(path: string): Buffer {
  const known = kept.get(path);
  const stat = statSync(path);
  if (known && known.mtimeMs === stat.mtimeMs && known.inode === stat.ino && known.bytes.length === stat.size) {
    return known.bytes;
  }
  const bytes = stat.isFile() || stat.isDirectory() ? readFileSync(path) : readStream(path);
  kept.delete(path);
  if (stat.isFile() && bytes.length === stat.size && bytes.length <= largestKept) {
    if (Date.now() - stat.mtimeMs > tellingMs) {
      if (kept.size >= mostKept) kept.clear();
      kept.set(path, { bytes, mtimeMs: stat.mtimeMs, inode: stat.ino });
    }
  }
  return bytes;
}

function readBytes(path: string): Uint8Array | undefined {
  try {
    return readUnchanged(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (error instanceof KprovError) throw error;
    throw new KprovError('unreadable-file', `cannot read ${path}: ${String(code(error))}`, { cause: error });
  }
}

function head(path: string, bytes: number): Uint8Array | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new KprovError('unreadable-file', `cannot read ${path}: ${String(code(error))}`, { cause: error });
  }
  try {
    const start = Buffer.alloc(bytes);
    return start.subarray(0, readSync(file, start, 0, bytes, 0));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  } finally {
    closeSync(file);
  }
}

/** The control machine's real files. */
export const nodeFiles: Files = {
  readBytes,
  read: (path) => {
    const bytes = readBytes(path);
    return bytes === undefined
      ? undefined
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  },
  large: largeFiles(),
  head,
  kind: (path) => {
    const stat = statOf(path);
    if (stat?.isDirectory()) return 'directory';
    return stat?.isFile() ? 'file' : undefined;
  },
  isExecutable: (path) => {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  },
  permissions: (path) => {
    const mode = statOf(path)?.mode;
    return mode === undefined ? undefined : mode & 0o7777;
  },
  look: (path) => {
    const facts = lstatSync(path, { throwIfNoEntry: false });
    if (facts === undefined) return undefined;
    const { mode, size, mtimeMs, uid, gid } = facts;
    const kind = facts.isFile()
      ? 'file'
      : facts.isDirectory()
        ? 'directory'
        : facts.isSymbolicLink()
          ? 'link'
          : 'other';
    const common = { kind, mode: mode & 0o7777, size, mtime: Math.floor(mtimeMs / 1000), uid, gid } as const;
    return kind === 'link' ? { ...common, target: readlinkSync(path) } : common;
  },
  list: (path) => {
    try {
      return readdirSync(path).sort();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new KprovError('unreadable-directory', `cannot list ${path}: ${String(code(error))}`, { cause: error });
    }
  },
};
