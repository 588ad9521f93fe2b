import { posix } from 'node:path';
import { type Files, globMatcher } from '../../values/index.js';

const isPattern = (part: string): boolean => /[*?[]/.test(part);

/** Names in a directory that a part of a pattern means. As in a shell, a star means no name that begins with a dot. */
export function namesLike(files: Files, directory: string, part: string): string[] {
  const matches = globMatcher(part);
  return (files.list(directory) ?? []).filter(
    (name) => (part.startsWith('.') || !name.startsWith('.')) && matches(name),
  );
}

/** Python's `glob.glob`, files only: every part of the path may be a pattern. */
export function globFiles(files: Files, pattern: string): string[] {
  let places = [pattern.startsWith('/') ? '/' : ''];
  const parts = pattern.split('/').filter((part) => part !== '');
  for (const part of parts) {
    places = places.flatMap((place) =>
      (isPattern(part) ? namesLike(files, place === '' ? '.' : place, part) : [part]).map((name) =>
        posix.join(place, name),
      ),
    );
  }
  return parts.length === 0 ? [] : places.filter((path) => files.kind(path) === 'file');
}
