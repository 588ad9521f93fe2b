import { Buffer } from 'node:buffer';
import type { Files } from '../../src/values/index.js';

/** Files that exist only here: path → text. */
export function memoryFiles(given: Readonly<Record<string, string>>): Files {
  const texts: Readonly<Record<string, string>> = Object.assign(Object.create(null), given);
  const paths = Object.keys(texts);
  const inside = (directory: string): string[] => {
    const prefix = directory === '.' ? '' : `${directory}/`;
    return paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  };
  return {
    read: (path) => texts[path],
    readBytes: (path) => (texts[path] === undefined ? undefined : Buffer.from(texts[path] ?? '')),
    kind: (path) => (texts[path] !== undefined ? 'file' : inside(path).length > 0 ? 'directory' : undefined),
    isExecutable: () => false,
    list: (path) => {
      const names = [...new Set(inside(path).map((rest) => rest.split('/')[0] ?? ''))].sort();
      return names.length > 0 ? names : undefined;
    },
  };
}
