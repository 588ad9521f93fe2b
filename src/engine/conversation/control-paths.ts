import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Environment } from '../../template/index.js';

function statOf(path: string, followsLinks: boolean): Stats | undefined {
  return (followsLinks ? statSync : lstatSync)(path, { throwIfNoEntry: false });
}

/** Links are resolved as far as the path is there, as Python's `realpath` does. */
function realpath(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    const parent = dirname(whole);
    return parent === whole ? whole : join(realpath(parent), basename(whole));
  }
}

/** What filters and tests ask about paths of the control machine. */
export const controlPaths: Pick<Environment, 'realpath' | 'fileKind' | 'isSameFile' | 'isMount'> = {
  realpath,
  fileKind: (path, followsLinks) => {
    const stats = statOf(path, followsLinks);
    if (!stats) return undefined;
    if (stats.isFile()) return 'file';
    if (stats.isDirectory()) return 'directory';
    return stats.isSymbolicLink() ? 'link' : 'other';
  },
  isSameFile: (a, b) => {
    const [one, other] = [statOf(a, true), statOf(b, true)];
    return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
  },
  isMount: (path) => {
    const [own, parent] = [statOf(path, false), statOf(join(path, '..'), false)];
    if (!own || !parent || own.isSymbolicLink()) return false;
    return own.dev !== parent.dev || own.ino === parent.ino;
  },
};
