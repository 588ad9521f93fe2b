import { accessSync, closeSync, constants, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { KprovError } from '../errors/index.js';
import type { Files } from '../values/index.js';
import { largeFiles } from './transfer/large-files.js';

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

function readBytes(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
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
  list: (path) => {
    try {
      return readdirSync(path).sort();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new KprovError('unreadable-directory', `cannot list ${path}: ${String(code(error))}`, { cause: error });
    }
  },
};
