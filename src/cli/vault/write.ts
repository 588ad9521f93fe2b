import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { KprovError } from '../../errors/index.js';

const PRIVATE = 0o600;

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * Writes a file as a whole or not at all: beside it first, then in its place. Mode 0600 as ansible-vault, or with
 * `keepsMode` that of the file before, whose owner it keeps in any case where it may.
 */
export function writeWhole(path: string, content: Uint8Array, { keepsMode = false } = {}): void {
  const target = realPath(path);
  const before = statSync(target, { throwIfNoEntry: false });
  const aside = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = openSync(aside, 'wx', PRIVATE);
    try {
      for (let at = 0; at < content.length; ) at += writeSync(file, content, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (before !== undefined) {
      if (process.getuid?.() === 0) chownSync(aside, before.uid, before.gid);
      if (keepsMode) chmodSync(aside, before.mode & 0o7777);
    }
    renameSync(aside, target);
  } catch (error) {
    rmSync(aside, { force: true });
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new KprovError('unwritable-file', `cannot write ${path}: ${code}`, { cause: error });
  }
}
