import type { Position } from '../errors/index.js';
import type { Value } from '../values/index.js';
import { type Lines, type Path, type Place, placeAt } from './place.js';

/** One YAML document: its value, and where each part of it stands. */
export interface YamlDocument {
  readonly value: Value;
  /** Where the value at the path stands; where there is none, the innermost value on the way to it. */
  at(path: Path): Position;
  /** Where the key of the value at the path stands; the value's own place where it has no key. */
  keyAt(path: Path): Position;
  /** The text of an unquoted value that was read as a number or boolean: `1.30`, `0644`, `yes`. */
  sourceAt(path: Path): string | undefined;
  /** Paths of the values tagged `!unsafe`: they are never templates. */
  readonly unsafe: readonly Path[];
}

function unsafePaths(place: Place, path: Path, into: Path[]): Path[] {
  if (place.unsafe) into.push(path);
  for (const [step, child] of place.children ?? []) unsafePaths(child, [...path, step], into);
  return into;
}

/** `hasUnsafe` spares documents without `!unsafe` the walk through all their parts. */
export function yamlDocument(value: Value, root: Place, options: { lines: Lines; hasUnsafe: boolean }): YamlDocument {
  const { lines, hasUnsafe } = options;
  return {
    value,
    at: (path) => {
      const place = placeAt(root, path);
      return lines.position(place.start, place.end);
    },
    keyAt: (path) => {
      const place = placeAt(root, path);
      return lines.position(...(place.key ?? [place.start, place.end]));
    },
    sourceAt: (path) => placeAt(root, path).source,
    unsafe: hasUnsafe ? unsafePaths(root, [], []) : [],
  };
}
