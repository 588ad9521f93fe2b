import { posix } from 'node:path';
import { KprovError } from '../../errors/index.js';
import type { Files } from '../../values/index.js';

/** What stands in a directory of the control machine, by its name below the top. */
export interface TreeEntry {
  name: string;
  kind: 'file' | 'directory' | 'link';
  /** Where it is read; of a link, where it leads. */
  source: string;
}

/** More links on one way than any system follows. */
const MOST_LINKS = 40;

/** The path without links in it. */
function realPath(files: Files, path: string): string {
  let real = '/';
  const rest = posix
    .resolve('/', path)
    .split('/')
    .filter((part) => part !== '');
  for (let links = 0; rest.length > 0; ) {
    const next = posix.join(real, rest.shift() ?? '');
    const target = files.look?.(next)?.target;
    if (target === undefined) {
      real = next;
      continue;
    }
    if (++links > MOST_LINKS) throw new KprovError('link-circle', `${path} leads in a circle`);
    const onwards = posix.resolve(real, target);
    rest.unshift(...onwards.split('/').filter((part) => part !== ''));
    real = '/';
  }
  return real;
}

/**
 * Everything below a directory: its files, then its directories with what is in them. With `follows` a link counts as what it leads to, but for one that leads
 * nowhere or to a directory that it stands in.
 */
export function* walkTree(files: Files, top: string, follows: boolean): Generator<TreeEntry> {
  yield* below(files, top, { at: '', follows, around: new Set([realPath(files, top)]) });
}

interface Walk {
  at: string;
  follows: boolean;
  /** The directories that it has come through. */
  around: ReadonlySet<string>;
}

function* below(files: Files, directory: string, { at, follows, around }: Walk): Generator<TreeEntry> {
  const directories: TreeEntry[] = [];
  for (const child of files.list(directory) ?? []) {
    const [source, name] = [posix.join(directory, child), posix.join(at, child)];
    const target = files.look?.(source)?.target;
    const kind = files.kind(source);
    const real = target === undefined || kind === undefined ? source : realPath(files, source);
    if (target !== undefined && (!follows || kind === undefined || around.has(real))) {
      yield { name, kind: 'link', source: target };
    } else if (kind === undefined) {
      throw new KprovError('missing-file', `${source} is not a file`);
    } else if (kind === 'directory') {
      directories.push({ name, kind, source: real });
    } else {
      yield { name, kind, source: real };
    }
  }
  for (const entry of directories) {
    yield entry;
    const { name, source } = entry;
    yield* below(files, source, { at: name, follows, around: new Set([...around, source]) });
  }
}
