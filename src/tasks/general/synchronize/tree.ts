import { posix } from 'node:path';
import { KprovError } from '../../../errors/index.js';
import type { Files, PathFacts } from '../../../values/index.js';
import { fnmatch } from '../patterns.js';

/** What of a file is kept, as rsync's options of the same names say. */
export interface Keeping {
  recursive: boolean;
  links: boolean;
  copyLinks: boolean;
  perms: boolean;
  times: boolean;
  owner: boolean;
  group: boolean;
  /** Files are compared by their content rather than by size and time. */
  checksum: boolean;
  existingOnly: boolean;
  delete: boolean;
  excludes: readonly string[];
}

/** A path below the top, '' for the top itself. */
export interface Node extends PathFacts {
  name: string;
  sha256?: string;
}

/** rsync's patterns: with a slash within they are of the whole path, else of the last name; one at the end: directories. */
export function isExcluded(excludes: readonly string[]): (name: string, isDirectory: boolean) => boolean {
  const rules = excludes.map((pattern) => {
    const onlyDirectories = pattern.endsWith('/');
    const bare = pattern.replace(/^\/|\/$/g, '');
    const isAnchored = pattern.startsWith('/');
    const parts = bare
      .split('**')
      .map((part) => fnmatch(part).source.slice(4, -2).replaceAll('.*', '[^/]*').replaceAll('/.', '/.'));
    const regex = new RegExp(`^${isAnchored ? '' : '(?:.*/)?'}${parts.join('.*')}$`, 's');
    return (name: string, isDirectory: boolean) => (!onlyDirectories || isDirectory) && regex.test(name);
  });
  return (name, isDirectory) => rules.some((rule) => rule(name, isDirectory));
}

/** Everything below a path of the control machine; directories come before what is in them. */
export function localTree(files: Files, top: string, keeping: Keeping): Node[] {
  const { look } = files;
  if (look === undefined)
    throw new KprovError('no-files', 'synchronize: nothing is known of the files of this machine');
  const excluded = isExcluded(keeping.excludes);
  const nodes: Node[] = [];
  const resolved = (path: string): PathFacts | undefined => {
    const facts = look(path);
    if (facts?.kind !== 'link' || !keeping.copyLinks) return facts;
    return look(posix.resolve(posix.dirname(path), facts.target ?? ''));
  };
  const visit = (path: string, name: string): void => {
    const facts = resolved(path);
    if (facts === undefined || (name !== '' && excluded(name, facts.kind === 'directory'))) return;
    if (facts.kind === 'other' || (facts.kind === 'link' && !keeping.links)) return;
    nodes.push({ ...facts, name });
    if (facts.kind !== 'directory' || (!keeping.recursive && name !== '')) return;
    for (const child of files.list(path) ?? [])
      visit(posix.join(path, child), name === '' ? child : `${name}/${child}`);
  };
  visit(top, '');
  return nodes;
}

/** Names of users and groups by number, of a passwd or group file. */
export const namesById = (text: string | undefined): Map<number, string> =>
  new Map(
    (text ?? '').split('\n').flatMap((line) => {
      const [name, , id] = line.split(':');
      return name && id && /^\d+$/.test(id) ? [[Number(id), name] as const] : [];
    }),
  );

export interface Wanted extends Node {
  user: string;
  groupName: string;
}

/** What `have` lacks of `want`: content, or only settings. */
export function differences(
  want: Node,
  have: (Node & { user?: string; groupName?: string }) | undefined,
  keeping: Keeping,
): string[] {
  if (have === undefined || have.kind !== want.kind) return ['content'];
  const found: string[] = [];
  if (want.kind === 'link') return want.target === have.target ? [] : ['content'];
  if (want.kind === 'file') {
    const differs = keeping.checksum
      ? want.size !== have.size || want.sha256 !== have.sha256
      : want.size !== have.size || (keeping.times ? want.mtime !== have.mtime : want.sha256 !== have.sha256);
    if (differs) return ['content'];
    if (keeping.times && want.mtime !== have.mtime) found.push('time');
  }
  if (keeping.perms && want.mode !== have.mode) found.push('mode');
  const { user, groupName } = want as Partial<Wanted>;
  if (keeping.owner && user !== undefined && user !== have.user) found.push('owner');
  if (keeping.group && groupName !== undefined && groupName !== have.groupName) found.push('group');
  return found;
}
