import { BoundedRegExp } from '../../values/bounded-regexp.js';
import { parseBoolean } from '../../values/index.js';
import { TemplateError } from '../errors.js';
import { flag, text } from '../filters/arguments.js';
import { needs } from '../filters/needs.js';
import { firstMatch } from '../filters/regexes.js';
import { urlParts } from '../filters/urls.js';
import { equalityKey, isTruthy } from '../python/compare.js';
import { contains, itemsOf } from '../python/iterate.js';
import { numberOf } from '../python/kinds.js';
import { pythonRegex } from '../python/regex.js';
import { str } from '../python/repr.js';
import { compareVersions } from '../python/version.js';
import { type Test, test } from '../runtime/callables.js';

type MatchType = 'match' | 'search' | 'fullmatch';

function matches(value: unknown, pattern: unknown, options: readonly unknown[], type: string): boolean {
  const regex = pythonRegex(text(pattern, 'the regular expression', ''), {
    ignorecase: flag(options[0]),
    multiline: flag(options[1]),
  });
  const subject = str(value);
  if (type === 'search') return firstMatch(regex, subject) !== null;
  if (type !== 'match' && type !== 'fullmatch') throw new TemplateError(`regex: unknown match_type '${type}'`);
  const match = anchored(regex.regex, type).exec(subject);
  return match !== null;
}

const anchoredCache = new WeakMap<RegExp, Map<MatchType, RegExp>>();

function anchored(regex: RegExp, type: MatchType): RegExp {
  let known = anchoredCache.get(regex);
  if (known === undefined) {
    known = new Map();
    anchoredCache.set(regex, known);
  }
  let found = known.get(type);
  if (found === undefined) {
    const end = type === 'fullmatch' ? '(?![^])' : '';
    found = new BoundedRegExp(`(?<![^])(?:${regex.source})${end}`, regex.flags.replace('g', ''));
    known.set(type, found);
  }
  return found;
}

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '=': (order) => order === 0,
  eq: (order) => order === 0,
  '<': (order) => order < 0,
  lt: (order) => order < 0,
  '<=': (order) => order <= 0,
  le: (order) => order <= 0,
  '>': (order) => order > 0,
  gt: (order) => order > 0,
  '>=': (order) => order >= 0,
  ge: (order) => order >= 0,
  '!=': (order) => order !== 0,
  '<>': (order) => order !== 0,
  ne: (order) => order !== 0,
};

const version = test('version operator strict version_type', (value, [other, operator = 'eq', strict, type]) => {
  if (strict !== undefined && strict !== null && type !== undefined && type !== null) {
    throw new TemplateError("Cannot specify both 'strict' and 'version_type'");
  }
  if (!isTruthy(value)) throw new TemplateError('Input version value cannot be empty');
  if (!isTruthy(other ?? null)) throw new TemplateError('Version parameter to compare against cannot be empty');
  const holds = Object.hasOwn(operators, str(operator)) ? operators[str(operator)] : undefined;
  if (holds === undefined) {
    throw new TemplateError(`Invalid operator type (${str(operator)})`, {
      fix: `use one of ${Object.keys(operators).join(', ')}`,
    });
  }
  const scheme = flag(strict === null ? undefined : strict)
    ? 'strict'
    : type === undefined || type === null
      ? 'loose'
      : str(type);
  return holds(compareVersions(str(value), str(other), scheme));
});

const keys = (value: unknown): Set<string> => new Set(Array.from(itemsOf(value), equalityKey));

const isSubset = (a: unknown, b: unknown): boolean => {
  const all = keys(b);
  return [...keys(a)].every((key) => all.has(key));
};

const truthy = (value: unknown, convert: unknown): boolean =>
  isTruthy(flag(convert) ? (parseBoolean(value) ?? value) : value);

const fileTest = (name: string, holds: (kind: string | undefined) => boolean, followsLinks = true): Test =>
  test('', (value, _, { context }) => holds(needs(context.environment, 'fileKind', name)(str(value), followsLinks)));

/** Whatever Python's urlparse takes is a URI, a bare word included; with `schemes` only one of these. */
function isUri(value: unknown, schemes: unknown): Map<unknown, unknown> | undefined {
  if (typeof value !== 'string') return undefined;
  const parts = urlParts(value);
  const netloc = str(parts.get('netloc'));
  if (netloc.includes('[') !== netloc.includes(']')) return undefined;
  return !isTruthy(schemes ?? null) || contains(schemes, parts.get('scheme')) ? parts : undefined;
}

function isUrl(value: unknown, schemes: unknown): boolean {
  const parts = isUri(value, schemes);
  return parts !== undefined && (parts.get('netloc') !== '' || parts.get('scheme') === 'file');
}

/** The tests that Ansible adds. */
export const ansibleTests: Readonly<Record<string, Test>> = {
  match: test('pattern ignorecase multiline', (value, [pattern, ...options]) =>
    matches(value, pattern, options, 'match')),
  search: test('pattern ignorecase multiline', (value, [pattern, ...options]) =>
    matches(value, pattern, options, 'search')),
  regex: test('pattern ignorecase multiline match_type', (value, [pattern, ...options]) =>
    matches(value, pattern, options, str(options[2] ?? 'search'))),
  version,
  contains: test('value', (value, [item]) => contains(value, item)),
  subset: test('b', (value, [other]) => isSubset(value, other)),
  superset: test('b', (value, [other]) => isSubset(other, value)),
  nan: test('', (value) => Number.isNaN(numberOf(value) ?? 0)),
  truthy: test('convert_bool', (value, [convert]) => truthy(value, convert)),
  falsy: test('convert_bool', (value, [convert]) => !truthy(value, convert)),
  vault_encrypted: test('', (value, _, { context }) => context.isDecrypted(value)),
  file: fileTest('file', (kind) => kind === 'file'),
  directory: fileTest('directory', (kind) => kind === 'directory'),
  exists: fileTest('exists', (kind) => kind !== undefined),
  link: fileTest('link', (kind) => kind === 'link', false),
  link_exists: fileTest('link_exists', (kind) => kind !== undefined, false),
  same_file: test('b', (value, [other], { context }) =>
    needs(context.environment, 'isSameFile', 'same_file')(str(value), str(other))),
  mount: test('', (value, _, { context }) => needs(context.environment, 'isMount', 'mount')(str(value))),
  abs: test('', (value) => str(value).startsWith('/')),
  uri: test('schemes', (value, [schemes]) => isUri(value, schemes) !== undefined),
  url: test('schemes', (value, [schemes]) => isUrl(value, schemes)),
  urn: test('', (value) => isUri(value, ['urn']) !== undefined),
};
