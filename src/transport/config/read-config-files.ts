import { readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Diagnostic } from '../../errors/index.js';
import { matchWildcard } from './match-pattern.js';
import { type Directive, parseSshConfig } from './parse-ssh-config.js';

/** OpenSSH's limit for files that include each other. */
const DEEPEST_INCLUDE = 16;

export interface ConfigFiles {
  /** In order of precedence, one list a file. */
  lists: readonly (readonly Directive[])[];
  diagnostics: readonly Diagnostic[];
}

/**
 * Reads `~/.ssh/config` and `/etc/ssh/ssh_config`, or only `file` where one is given (`none`: nothing at all), with
 * what they include. The two files may be absent, a given one may not.
 */
export function readConfigFiles(homeDir: string, file?: string): ConfigFiles {
  const diagnostics: Diagnostic[] = [];
  if (file === 'none') return { lists: [], diagnostics };
  const userDir = join(homeDir, '.ssh');
  const sources =
    file === undefined
      ? [
          { path: join(userDir, 'config'), includeDir: userDir },
          { path: '/etc/ssh/ssh_config', includeDir: '/etc/ssh' },
        ]
      : [{ path: expandHome(file, homeDir), includeDir: userDir }];
  const lists = sources.map(({ path, includeDir }) => {
    const text = readText(path, file !== undefined, diagnostics);
    return text === undefined ? [] : readList(text, path, { includeDir, homeDir, diagnostics, depth: 0 });
  });
  return { lists, diagnostics };
}

interface Reading {
  includeDir: string;
  homeDir: string;
  diagnostics: Diagnostic[];
  depth: number;
}

function readList(text: string, path: string, reading: Reading): Directive[] {
  const parsed = parseSshConfig(text, path);
  reading.diagnostics.push(...parsed.diagnostics);
  return parsed.directives.map((directive) =>
    directive.keyword === 'include' ? { ...directive, included: readIncluded(directive, reading) } : directive,
  );
}

function readIncluded(directive: Directive, reading: Reading): Directive[][] {
  if (reading.depth >= DEEPEST_INCLUDE) {
    const message = `files include each other more than ${DEEPEST_INCLUDE} deep`;
    reading.diagnostics.push({ severity: 'error', code: 'include-too-deep', message, position: directive.position });
    return [];
  }
  return directive.arguments.flatMap((argument) => {
    const expanded = expandHome(argument, reading.homeDir);
    const pattern = isAbsolute(expanded) ? expanded : join(reading.includeDir, expanded);
    return expandGlob(pattern).flatMap((path) => {
      const text = readText(path, false, reading.diagnostics);
      return text === undefined ? [] : [readList(text, path, { ...reading, depth: reading.depth + 1 })];
    });
  });
}

function readText(path: string, mustExist: boolean, diagnostics: Diagnostic[]): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
    if (!isAbsent || mustExist) {
      const message = `cannot read the ssh configuration ${path}: ${code}`;
      diagnostics.push({ severity: mustExist ? 'error' : 'warning', code: 'unreadable-ssh-config', message });
    }
    return undefined;
  }
}

/** The existing paths that an absolute pattern with `*` and `?` names, sorted. */
function expandGlob(pattern: string): string[] {
  if (!/[*?]/.test(pattern)) return [pattern];
  const parts = pattern.split('/').slice(1);
  let paths = ['/'];
  for (const part of parts) {
    if (!/[*?]/.test(part)) paths = paths.map((path) => join(path, part));
    else paths = paths.flatMap((path) => namesIn(path, part).map((name) => join(path, name)));
  }
  return paths;
}

function namesIn(dir: string, pattern: string): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => (pattern.startsWith('.') || !name.startsWith('.')) && matchWildcard(name, pattern))
      .sort();
  } catch {
    return [];
  }
}

const expandHome = (path: string, homeDir: string): string =>
  path === '~' || path.startsWith('~/') ? homeDir + path.slice(1) : path;
