import { posix } from 'node:path';
import type { Position } from '../errors/index.js';
import { isMapping, type Mapping, mapping } from '../values/index.js';
import { type Context, type Cursor, positionOf, readDocument, report } from './context.js';
import { toVars } from './convert.js';
import { describe, suggestion } from './words.js';

const extensions = ['.yml', '.yaml', '.json'];

/** Where the role of a collection is, in a folder of collections as Ansible lays them out. */
function inCollections(name: string, folders: readonly string[]): string[] {
  const [namespace = '', collection = '', role = '', ...more] = name.split('.');
  if (role === '' || more.length > 0) return [];
  return folders.map((folder) => posix.join(folder, 'ansible_collections', namespace, collection, 'roles', role));
}

/** Where roles are looked for: by the playbook, on the roles path, beside the role that asks. */
export function findRole(
  context: Context,
  request: { name: string; directory: string; beside?: string | undefined; position: Position },
): string | undefined {
  const { name, directory, beside, position } = request;
  const { files, rolesPath = [], collectionsPath = [] } = context.options;
  const parents = [posix.join(directory, 'roles'), ...rolesPath, ...(beside === undefined ? [] : [beside]), directory];
  const places = [
    ...new Set([
      ...parents.map((parent) => (posix.isAbsolute(name) ? name : posix.join(parent, name))),
      name,
      ...inCollections(name, [posix.join(directory, 'collections'), ...collectionsPath]),
    ]),
  ];
  const found = places.find((place) => files.kind(place) === 'directory');
  if (found !== undefined) return found;
  const known = parents.slice(0, -1).flatMap((parent) => files.list(parent) ?? []);
  report(context, position, {
    code: 'missing-role',
    message: `no role \`${name}\``,
    why: `looked at ${places.join(', ')}`,
    fix: suggestion(name, known) ?? 'put the role into roles/ beside the playbook',
    failsTask: true,
  });
  return undefined;
}

/** The file of a role's folder: `main`, or the one that `…_from` names. */
export function roleFile(context: Context, folder: string, from?: string): string | undefined {
  const { files } = context.options;
  const endings = from === undefined ? [...extensions, ''] : ['', ...extensions];
  const base = posix.join(folder, from ?? 'main');
  return endings.map((ending) => base + ending).find((file) => files.kind(file) === 'file');
}

/** Variables of `vars/main.yml` or `defaults/main.yml`, or of all files in a folder `main`. */
export function roleVariables(context: Context, folder: string, from?: string): Mapping {
  const { files } = context.options;
  const file = roleFile(context, folder, from);
  const directory = posix.join(folder, from ?? 'main');
  const names = file !== undefined ? [file] : variableFiles(context, directory, 0);
  const vars = mapping();
  for (const name of names) {
    if (files.kind(name) !== 'file') continue;
    const document = readDocument(context, name);
    if (document === undefined || document.value === null) continue;
    const cursor: Cursor = { value: document.value, document, path: [] };
    if (isMapping(document.value)) Object.assign(vars, toVars(context, cursor));
    else {
      report(context, positionOf(cursor), {
        code: 'wrong-type',
        message: `a file of variables that holds ${describe(document.value)}`,
        why: 'expected a mapping',
      });
    }
  }
  return vars;
}

function variableFiles(context: Context, directory: string, depth: number): string[] {
  const { files } = context.options;
  return (files.list(directory) ?? []).flatMap((name) => {
    if (name.startsWith('.') || name.endsWith('~') || depth > 10) return [];
    const path = posix.join(directory, name);
    if (files.kind(path) === 'directory') return variableFiles(context, path, depth + 1);
    return [...extensions, ''].includes(posix.extname(name)) ? [path] : [];
  });
}
