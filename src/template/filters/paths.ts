import { posix } from 'node:path';
import { TemplateError } from '../errors.js';
import { itemsOf } from '../python/iterate.js';
import { isList, Tuple, typeName } from '../python/kinds.js';
import { str } from '../python/repr.js';
import { type Call, type Filter, filter } from '../runtime/callables.js';
import { text } from './arguments.js';
import { needs } from './needs.js';

const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function dirname(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '');
}

/** Python's os.path.join: an absolute part throws away what was before it. */
function joinPaths(parts: readonly string[]): string {
  const [first, ...rest] = parts;
  if (first === undefined) throw new TemplateError('path_join needs at least one path');
  return rest.reduce((path, part) => {
    if (part.startsWith('/')) return part;
    return path === '' || path.endsWith('/') ? path + part : `${path}/${part}`;
  }, first);
}

function splitExtension(path: string): Tuple {
  const name = basename(path);
  const dot = name.lastIndexOf('.');
  const cut = dot > 0 && !/^\.*$/.test(name.slice(0, dot)) ? path.length - (name.length - dot) : path.length;
  return Tuple.make([path.slice(0, cut), path.slice(cut)]);
}

function commonPath(paths: readonly string[]): string {
  const [first = '', ...rest] = paths;
  if (paths.some((path) => path.startsWith('/') !== first.startsWith('/')))
    throw new TemplateError("Can't mix absolute and relative paths");
  const split = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');
  let common = split(first);
  for (const path of rest) {
    const parts = split(path);
    const differs = common.findIndex((part, at) => part !== parts[at]);
    if (differs >= 0) common = common.slice(0, differs);
  }
  return (first.startsWith('/') ? '/' : '') + common.join('/');
}

function expandUser(path: string, { context }: Call): string {
  const match = /^~([^/]*)/.exec(path);
  if (match === null) return path;
  const home = needs(context.environment, 'homeDirectory', 'expanduser')(match[1] === '' ? undefined : match[1]);
  return home === undefined ? path : home.replace(/\/+$/, '') + path.slice(match[0].length) || '/';
}

export const pathFilters: Readonly<Record<string, Filter>> = {
  basename: filter('', (value) => basename(text(value, 'the value of basename'))),
  dirname: filter('', (value) => dirname(text(value, 'the value of dirname'))),
  splitext: filter('', (value) => splitExtension(text(value, 'the value of splitext'))),
  path_join: filter('', (value) => {
    if (isList(value)) return joinPaths(value.map((part) => text(part, 'a part of path_join')));
    if (typeof value === 'string') return value;
    throw new TemplateError(`|path_join expects string or sequence, got ${typeName(value)} instead.`);
  }),
  commonpath: filter('', (value) => commonPath(itemsOf(value).map(str))),
  normpath: filter('', (value) => {
    const path = str(value);
    const normal = posix.normalize(path).replace(/(?<=.)\/$/, '');
    return path.startsWith('//') && !path.startsWith('///') ? `/${normal}` : normal;
  }),
  relpath: filter('start', (value, [start], { context }) => {
    const [path, from] = [str(value), start === undefined ? '.' : str(start)];
    const isKnown = path.startsWith('/') === from.startsWith('/');
    const base = isKnown && path.startsWith('/') ? '/' : needs(context.environment, 'workingDirectory', 'relpath')();
    return posix.relative(posix.resolve(base, from), posix.resolve(base, path)) || '.';
  }),
  realpath: filter('', (value, _, { context }) => needs(context.environment, 'realpath', 'realpath')(str(value))),
  expanduser: filter('', (value, _, call) => expandUser(str(value), call)),
  expandvars: filter('', (value, _, { context }) => {
    const variable = needs(context.environment, 'variable', 'expandvars');
    return str(value).replace(/\$(?:(\w+)|\{([^}]*)\})/g, (whole, bare, braced) => variable(bare ?? braced) ?? whole);
  }),
};
