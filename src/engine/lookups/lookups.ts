import { execFileSync } from 'node:child_process';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { KprovError } from '../../errors/index.js';
import type { Lookup, Variables } from '../../template/index.js';
import { type Files, isMapping, type Mapping, parseBoolean, type Value } from '../../values/index.js';
import { namesLike } from './glob.js';
import { csvfile, ini, inventoryHostnames } from './tables.js';
import { urlLookup } from './url.js';

const text = (value: Value): string => (typeof value === 'string' ? value : JSON.stringify(value));

function variable(variables: Variables, name: string): string | undefined {
  const found = variables.get(name);
  return typeof found?.value === 'string' ? found.value : undefined;
}

/** The task's own places; outside of a task the playbook's. */
function placesOf(variables: Variables, kind: string): string[] {
  const searchPath = variables.get('ansible_search_path')?.value;
  const folders = Array.isArray(searchPath) ? searchPath.map(String) : [variable(variables, 'playbook_dir') ?? '.'];
  return folders.flatMap((folder) => [join(folder, kind), folder]);
}

function locate(files: Files, variables: Variables, kind: string, name: string): string | undefined {
  if (isAbsolute(name)) return files.kind(name) === undefined ? undefined : name;
  return placesOf(variables, kind)
    .map((place) => join(place, name))
    .find((path) => files.kind(path) !== undefined);
}

/** Text in one of the encodings that a browser knows. Throws KprovError for others. */
function decoded(bytes: Uint8Array, encoding: string): string {
  if (/^(?:latin-?1|iso-?8859-1)$/i.test(encoding)) return Buffer.from(bytes).toString('latin1');
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch (cause) {
    throw new KprovError('bad-argument', `lookup: unknown encoding ${encoding}`, { cause });
  }
}

function readText(files: Files, variables: Variables, name: string, encoding = 'utf-8'): string {
  const path = locate(files, variables, 'files', name);
  const isUtf8 = /^utf-?8$/i.test(encoding);
  const bytes = path === undefined || isUtf8 ? undefined : files.readBytes(path);
  const content = path !== undefined && isUtf8 ? files.read(path) : bytes && decoded(bytes, encoding);
  if (content === undefined) throw new KprovError('file-not-found', `lookup: could not locate file ${name}`);
  return content;
}

function fileglob(files: Files, variables: Variables, pattern: string): string[] {
  const folder = dirname(pattern);
  const folders = isAbsolute(folder) ? [folder] : placesOf(variables, 'files').map((place) => join(place, folder));
  for (const place of folders) {
    const names = namesLike(files, place, basename(pattern));
    const found = names.map((name) => join(place, name)).filter((path) => files.kind(path) === 'file');
    if (found.length > 0) return found;
  }
  return [];
}

const listOf = (value: Value | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value.map(text) : text(value).split(/[,;:]/);

/** Names, or mappings of `files` and `paths`; the first that is there. */
function firstFound(files: Files, variables: Variables, terms: readonly Value[], kwargs: Mapping): string[] {
  let skip = parseBoolean(kwargs.skip) ?? false;
  const candidates: string[] = [];
  for (const term of [...terms.flat(), ...(kwargs.files === undefined ? [] : [kwargs])]) {
    if (!isMapping(term)) {
      candidates.push(text(term));
      continue;
    }
    skip ||= parseBoolean(term.skip) ?? false;
    const paths = listOf(term.paths);
    for (const name of listOf(term.files)) {
      candidates.push(...(paths.length === 0 ? [name] : paths.map((path) => join(path, name))));
    }
  }
  for (const name of candidates) {
    for (const kind of ['files', 'templates', 'vars', 'tasks']) {
      const path = locate(files, variables, kind, name);
      if (path !== undefined) return [path];
    }
  }
  if (skip) return [];
  throw new KprovError('file-not-found', `lookup first_found: none of ${candidates.join(', ')} is there`);
}

function run(command: string, variables: Variables): string {
  try {
    const cwd = variable(variables, 'playbook_dir');
    return execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8', ...(cwd !== undefined && { cwd }) });
  } catch (error) {
    const status = error instanceof Error && 'status' in error ? error.status : undefined;
    throw new KprovError('pipe-failed', `lookup pipe: ${command} failed with exit code ${String(status)}`);
  }
}

/** The bounds of one place, by chance. */
function oneOf(count: number): [number, number] {
  const at = Math.floor(Math.random() * count);
  return [at, at + 1];
}

const refused = (name: string, why: string) => (): never => {
  throw new KprovError('refused-lookup', `kprov has no lookup ${name}`, { why });
};

/** Lookups that read the control machine. The pure ones come with the template engine. */
export function lookups(files: Files, env: Readonly<Record<string, string | undefined>>): Record<string, Lookup> {
  const trim = (content: string, kwargs: Mapping) => {
    const right = parseBoolean(kwargs.rstrip ?? true) ?? true;
    const left = parseBoolean(kwargs.lstrip ?? false) ?? false;
    const ended = right ? content.trimEnd() : content;
    return left ? ended.trimStart() : ended;
  };
  return {
    env: (terms, kwargs) => terms.map((name) => env[text(name)] ?? kwargs.default ?? ''),
    file: (terms, kwargs, variables) => terms.map((name) => trim(readText(files, variables, text(name)), kwargs)),
    // The files are given in clear whoever asks for them.
    unvault: (terms, _, variables) => terms.map((name) => readText(files, variables, text(name))),
    fileglob: (terms, _, variables) => terms.flatMap((pattern) => fileglob(files, variables, text(pattern))),
    first_found: (terms, kwargs, variables) => firstFound(files, variables, terms, kwargs),
    csvfile: (terms, kwargs, variables) =>
      csvfile(terms, kwargs, (name, encoding) => readText(files, variables, name, encoding)),
    ini: (terms, kwargs, variables) =>
      ini(terms, kwargs, (name, encoding) => readText(files, variables, name, encoding)),
    url: (terms, kwargs) => urlLookup(terms, kwargs),
    inventory_hostnames: (terms, _, variables) => {
      const groups = variables.get('groups')?.value;
      return inventoryHostnames(terms, groups as Value | undefined);
    },
    config: refused(
      'config',
      'the configuration of Ansible is not that of kprov; read ansible.cfg with the lookup ini',
    ),
    random_choice: (terms) => terms.slice(...oneOf(terms.length)),
    pipe: (terms, _, variables) => terms.map((command) => run(text(command), variables).replace(/\n+$/, '')),
    lines: (terms, _, variables) => terms.flatMap((command) => run(text(command), variables).trimEnd().split('\n')),
  };
}
