import { posix } from 'node:path';
import type { Diagnostic } from '../../src/errors/index.js';
import { type Executed, type Inventory, loadInventory } from '../../src/inventory/index.js';
import type { Files } from '../../src/values/index.js';

/** Files from a table of path and text, below /w. A text that begins with `#!` is executable. */
export function memoryFiles(table: Readonly<Record<string, string>>): Files {
  const texts = new Map(Object.entries(table).map(([path, text]) => [posix.resolve('/w', path), text]));
  const directories = new Map<string, Set<string>>();
  for (const path of texts.keys()) {
    for (let at = path; at !== '/'; at = posix.dirname(at)) {
      const entries = directories.get(posix.dirname(at)) ?? new Set();
      directories.set(posix.dirname(at), entries.add(posix.basename(at)));
    }
  }
  return {
    read: (path) => texts.get(path),
    readBytes: (path) => {
      const text = texts.get(path);
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
    kind: (path) => (texts.has(path) ? 'file' : directories.has(path) ? 'directory' : undefined),
    isExecutable: (path) => texts.get(path)?.startsWith('#!') ?? false,
    list: (path) => {
      const entries = directories.get(path);
      return entries === undefined ? undefined : [...entries].sort();
    },
  };
}

export interface Loaded {
  inventory: Inventory;
  diagnostics: Diagnostic[];
}

export type Run = (path: string, args: string[]) => Promise<Executed>;

const runNothing: Run = async (path) => {
  throw new Error(`nothing may be run here: ${path}`);
};

/** Answers for a script that does nothing but print one here-document. */
export const runHereDocument =
  (table: Readonly<Record<string, string>>): Run =>
  async (path) => {
    const text = table[posix.relative('/w', path)] ?? '';
    return { stdout: /<<'EOF'\n(.*)EOF\n/s.exec(text)?.[1] ?? '', stderr: '', code: 0 };
  };

/** Loads an inventory from a table of files; the sources default to the first file. */
export async function load(
  table: Readonly<Record<string, string>>,
  sources: readonly string[] = Object.keys(table).slice(0, 1),
  runExecutable: Run = runNothing,
): Promise<Loaded> {
  return loadInventory(sources, { files: memoryFiles(table), runExecutable, cwd: '/w' });
}

/** `severity code file:line:column message`, one for each. */
export const brief = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(({ severity, code, position, message }) => {
    const place = position === undefined ? '-' : `${position.file}:${position.line}:${position.column}`;
    return `${severity} ${code} ${place} ${message}`;
  });
