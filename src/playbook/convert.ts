import { Float, isMapping, type Mapping, mapping, parseBoolean, unboxed, type Value } from '../values/index.js';
import { actionNames, findAction } from './action-names.js';
import { type Context, type Cursor, child, keyPositionOf, positionOf, report, warn } from './context.js';
import type { Keyword } from './keywords.js';
import type { Condition, Count, Flag } from './model.js';
import { checkCondition, checkTemplates } from './templates.js';
import { checkVariableNames, checkVersionNumber } from './variables.js';
import { describe, isTemplate, suggestion } from './words.js';

function wrongType(context: Context, cursor: Cursor, name: string, expected: string, fix?: string): undefined {
  const { value } = cursor;
  const isUnquoted = isMapping(value) && Object.keys(value).length === 1;
  report(context, positionOf(cursor), {
    code: 'wrong-type',
    message: `\`${name}\` is ${describe(value)}`,
    why: `expected ${expected}`,
    fix:
      fix ??
      (isUnquoted && expected.includes('template') ? 'quote the value if it is a template: "{{ … }}"' : undefined),
  });
  return undefined;
}

/** Yes, no, or a template; undefined for null, and for anything else, which is reported. */
export function toFlag(context: Context, cursor: Cursor, name: string): Flag | undefined {
  const { value } = cursor;
  if (value === null) return undefined;
  if (typeof value === 'string' && isTemplate(value)) return value;
  return parseBoolean(value) ?? wrongType(context, cursor, name, 'yes or no, or a template');
}

/** A text, or a number as one; undefined for null, and for anything else, which is reported. */
export function toText(context: Context, cursor: Cursor, name: string): string | undefined {
  const { value } = cursor;
  if (value === null) return undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || value instanceof Float ? String(value) : wrongType(context, cursor, name, 'text');
}

/** A number from -1 on, or a template; undefined for null, and for anything else, which is reported. */
export function toCount(context: Context, cursor: Cursor, name: string): Count | undefined {
  const { value } = cursor;
  if (value === null) return undefined;
  const number = unboxed(value);
  if (typeof number === 'number' && Number.isFinite(number) && number >= -1) return number;
  if (typeof value === 'string') {
    if (isTemplate(value)) return value;
    if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value);
  }
  return wrongType(context, cursor, name, 'a number, or a template');
}

/** `30`, `"30%"` or a template. */
export function toPercent(context: Context, cursor: Cursor, name: string): Count | undefined {
  const { value } = cursor;
  if (typeof value === 'string' && /^\s*\d+(\.\d+)?\s*%\s*$/.test(value)) return value.trim();
  return toCount(context, cursor, name);
}

const items = (cursor: Cursor): Cursor[] =>
  Array.isArray(cursor.value)
    ? cursor.value.map((_, index) => child(cursor, index))
    : cursor.value === null
      ? []
      : [cursor];

/** Conditions, one or a list of them; what is none is reported and left out. */
export function toConditions(context: Context, cursor: Cursor, name: string): Condition[] {
  const conditions: Condition[] = [];
  for (const item of items(cursor)) {
    const { value } = item;
    if (typeof value === 'boolean' || typeof value === 'number') conditions.push(value);
    else if (value instanceof Float) conditions.push(value.value);
    else if (typeof value !== 'string') wrongType(context, item, name, 'a condition, or a list of conditions');
    else if (value.trim() !== '') {
      checkCondition(context, item, value);
      conditions.push(value);
    }
  }
  return conditions;
}

function toNames(context: Context, cursor: Cursor, name: string): string[] {
  const names: string[] = [];
  for (const item of items(cursor)) {
    if (typeof item.value === 'string') names.push(item.value);
    else wrongType(context, item, name, 'a name, or a list of names');
  }
  return names;
}

function toTags(context: Context, cursor: Cursor): string[] {
  if (typeof cursor.value === 'string')
    return cursor.value
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '');
  if (cursor.value !== null && !Array.isArray(cursor.value)) {
    wrongType(context, cursor, 'tags', 'a word, or a list of words', 'write tags: [one, two]');
    return [];
  }
  const tags: string[] = [];
  for (const item of items(cursor)) {
    if (typeof item.value === 'string' || typeof item.value === 'number' || item.value instanceof Float)
      tags.push(String(item.value));
    else wrongType(context, item, 'tags', 'a word, or a list of words');
  }
  return tags;
}

/** A mapping, or a list of mappings that are put together. */
export function toVars(context: Context, cursor: Cursor, name = 'vars'): Mapping {
  const vars = mapping();
  for (const item of items(cursor)) {
    if (!isMapping(item.value)) {
      wrongType(context, item, name, 'a mapping of variables');
      continue;
    }
    checkVariableNames(context, item);
    for (const key of Object.keys(item.value)) checkVersionNumber(context, child(item, key), key);
    checkTemplates(context, item);
    Object.assign(vars, item.value);
  }
  return vars;
}

/** Mappings and templates of mappings. */
function toMappings(context: Context, cursor: Cursor, name: string): Value[] {
  const found: Value[] = [];
  for (const item of items(cursor)) {
    if (isMapping(item.value) || (typeof item.value === 'string' && isTemplate(item.value))) {
      checkTemplates(context, item);
      found.push(item.value);
    } else wrongType(context, item, name, 'a mapping, or a template of one');
  }
  return found;
}

const knownCollections = /^(?:ansible\.(?:builtin|legacy|posix)|community\.(?:general|crypto)|kprov\.kubernetes)$/;

function checkCollections(context: Context, cursor: Cursor): void {
  for (const [index, name] of toNames(context, cursor, 'collections').entries()) {
    if (knownCollections.test(name)) continue;
    const at = Array.isArray(cursor.value) ? child(cursor, index) : cursor;
    warn(context, positionOf(at), {
      code: 'unknown-collection',
      message: `collection \`${name}\` is not searched`,
      why: 'kprov knows its own tasks only',
    });
  }
}

/** Defaults for what no task of kprov answers to have no effect, which is said. */
function toModuleDefaults(context: Context, cursor: Cursor, keyword: string): Value[] {
  for (const item of items(cursor)) {
    for (const name of isMapping(item.value) ? Object.keys(item.value) : []) {
      if (isTemplate(name) || findAction(context, name) !== undefined) continue;
      const isGroup = name.startsWith('group/');
      warn(context, keyPositionOf(child(item, name)), {
        code: 'no-effect',
        message: `defaults for ${isGroup ? 'the group ' : ''}\`${name}\` have no effect`,
        why: isGroup ? 'none of the tasks that kprov has is in a group' : 'there is no task of that name',
        fix: isGroup ? 'name the tasks themselves' : suggestion(name, actionNames(context)),
      });
    }
  }
  return toMappings(context, cursor, keyword);
}

/** The keyword's value in the shape that the model wants; undefined where there is none or it was refused. */
export function convert(context: Context, cursor: Cursor, keyword: Keyword): unknown {
  const { name, choices } = keyword;
  if (typeof cursor.value === 'string' && keyword.type !== 'conditions') checkTemplates(context, cursor);
  switch (keyword.type) {
    case 'flag':
      return toFlag(context, cursor, name);
    case 'count':
      return toCount(context, cursor, name);
    case 'percent':
      return toPercent(context, cursor, name);
    case 'conditions':
      return toConditions(context, cursor, name);
    case 'names':
      return toNames(context, cursor, name);
    case 'tags':
      return toTags(context, cursor);
    case 'vars':
      return toVars(context, cursor);
    case 'environment':
      return toMappings(context, cursor, name);
    case 'moduleDefaults':
      return toModuleDefaults(context, cursor, name);
    case 'collections':
      return checkCollections(context, cursor);
    case 'text': {
      const text = toText(context, cursor, name);
      if (text === undefined || choices === undefined || choices.includes(text) || isTemplate(text)) return text;
      report(context, positionOf(cursor), {
        code: 'unsupported-value',
        message: `\`${name}: ${text}\` is not supported`,
        why: `it may be ${choices.filter((choice) => !choice.includes('.')).join(', ')}`,
        fix: suggestion(text, choices),
      });
      return undefined;
    }
    default:
      return cursor.value;
  }
}
