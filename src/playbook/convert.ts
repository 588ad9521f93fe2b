import type { Position } from '../errors/index.js';
import { isMapping, type Mapping, mapping, parseBoolean, type Value } from '../values/index.js';
import { type Context, type Cursor, child, positionOf, report, warn } from './context.js';
import type { Keyword } from './keywords.js';
import type { Condition, Count, Flag } from './model.js';
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

export function toFlag(context: Context, cursor: Cursor, name: string): Flag | undefined {
  const { value } = cursor;
  if (value === null) return undefined;
  if (typeof value === 'string' && isTemplate(value)) return value;
  return parseBoolean(value) ?? wrongType(context, cursor, name, 'yes or no, or a template');
}

export function toText(context: Context, cursor: Cursor, name: string): string | undefined {
  const { value } = cursor;
  if (value === null) return undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : wrongType(context, cursor, name, 'text');
}

export function toCount(context: Context, cursor: Cursor, name: string): Count | undefined {
  const { value } = cursor;
  if (value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value >= -1) return value;
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

export function toConditions(context: Context, cursor: Cursor, name: string): Condition[] {
  const conditions: Condition[] = [];
  for (const item of items(cursor)) {
    const { value } = item;
    if (typeof value === 'boolean' || typeof value === 'number') conditions.push(value);
    else if (typeof value !== 'string') wrongType(context, item, name, 'a condition, or a list of conditions');
    else if (value.trim() !== '') {
      checkCondition(context, item, value);
      conditions.push(value);
    }
  }
  return conditions;
}

function checkCondition(context: Context, cursor: Cursor, text: string): void {
  if (!isTemplate(text)) {
    checkTemplate(context, cursor, `{{ ${text} }}`, 3);
    return;
  }
  const whole = /^\s*\{\{(.*)\}\}\s*$/s.exec(text)?.[1];
  if (whole !== undefined && !isTemplate(whole)) {
    warn(context, positionOf(cursor), {
      code: 'templated-condition',
      message: 'a condition needs no `{{ }}`',
      why: 'conditions are expressions already',
      fix: `write ${whole.trim()}`,
    });
  }
  checkTemplate(context, cursor, text, 0);
}

export function toNames(context: Context, cursor: Cursor, name: string): string[] {
  const names: string[] = [];
  for (const item of items(cursor)) {
    if (typeof item.value === 'string') names.push(item.value);
    else wrongType(context, item, name, 'a name, or a list of names');
  }
  return names;
}

export function toTags(context: Context, cursor: Cursor): string[] {
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
    if (typeof item.value === 'string' || typeof item.value === 'number') tags.push(String(item.value));
    else wrongType(context, item, 'tags', 'a word, or a list of words');
  }
  return tags;
}

const pythonKeywords = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

/** Ansible takes what Python takes for a name, ASCII only. */
export const isVariableName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name) && !pythonKeywords.has(name);

export function checkVariableName(context: Context, position: Position, name: string): void {
  if (isVariableName(name)) return;
  const better = name.replace(/\W/g, '_').replace(/^(?=\d)/, '_');
  report(context, position, {
    code: 'bad-variable-name',
    message: `\`${name}\` cannot be a variable's name`,
    why: 'names have letters, digits and underscores, begin with no digit, and are no word of Python',
    fix: isVariableName(better) ? `rename it, for example to \`${better}\`` : 'rename it',
  });
}

export function checkVariableNames(context: Context, cursor: Cursor): void {
  if (!isMapping(cursor.value)) return;
  for (const name of Object.keys(cursor.value)) {
    checkVariableName(context, cursor.document.keyAt([...cursor.path, name]), name);
  }
}

/** `kubernetes_version: 1.30` is the number 1.3 by the time it is used. */
export function checkVersionNumber(context: Context, cursor: Cursor, name: string): void {
  if (typeof cursor.value !== 'number' || !/version|release/i.test(name)) return;
  const source = cursor.document.sourceAt(cursor.path);
  if (source === undefined || !/^\d+\.\d+$/.test(source) || String(cursor.value) === source) return;
  warn(context, positionOf(cursor), {
    code: 'version-as-number',
    message: `\`${name}\` is the number ${cursor.value}, not \`${source}\``,
    why: 'YAML reads it as a number, and a number has no zeros at its end',
    fix: `quote it: "${source}"`,
  });
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
export function toMappings(context: Context, cursor: Cursor, name: string): Value[] {
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
    case 'moduleDefaults':
      return toMappings(context, cursor, name);
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

/** Checks the text of a template with the caller's checker; `shift` characters of it are not in the file. */
function checkTemplate(context: Context, cursor: Cursor, text: string, shift: number): void {
  const problem = context.options.templateCheck?.(text);
  if (problem === undefined) return;
  const position = positionOf(cursor);
  const offset = Math.max(0, (problem.offset ?? 0) - shift);
  // Only a plain scalar on one line has its characters where the text has them.
  const isPlain = position.length === text.length - shift * 2;
  report(context, isPlain && offset > 0 ? { ...position, column: position.column + offset, length: 1 } : position, {
    code: 'template-syntax',
    message: problem.message,
  });
}

/** Checks all template text inside a value. */
export function checkTemplates(context: Context, cursor: Cursor): void {
  if (context.options.templateCheck === undefined) return;
  const { value } = cursor;
  if (typeof value === 'string') {
    if (isTemplate(value)) checkTemplate(context, cursor, value, 0);
  } else if (Array.isArray(value)) {
    for (const index of value.keys()) checkTemplates(context, child(cursor, index));
  } else if (isMapping(value)) {
    for (const key of Object.keys(value)) checkTemplates(context, child(cursor, key));
  }
}
