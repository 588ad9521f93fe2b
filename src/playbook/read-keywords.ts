import { isMapping } from '../values/index.js';
import { type Context, type Cursor, child, deprecate, keyPositionOf, positionOf, report } from './context.js';
import { convert, toFlag, toText } from './convert.js';
import type { Own } from './inherit.js';
import { type Keyword, keywordsOf, type Level } from './keywords.js';

/** Spellings of Ansible 1: what they are now. */
const oldBecome: ReadonlyMap<string, string> = new Map([
  ['sudo', 'become'],
  ['sudo_user', 'become_user'],
  ['su', 'become'],
  ['su_user', 'become_user'],
]);

export interface ReadKeywords {
  own: Map<string, unknown>;
  /** Keys that are no keywords. */
  others: string[];
}

function readOldSpelling(context: Context, cursor: Cursor, key: string, own: Map<string, unknown>): boolean {
  const value = child(cursor, key);
  const place = keyPositionOf(value);
  const become = oldBecome.get(key);
  if (become !== undefined) {
    deprecate(context, place, key, become);
    const converted = become === 'become' ? toFlag(context, value, key) : toText(context, value, key);
    if (converted !== undefined && !own.has(become)) own.set(become, converted);
    // As Ansible 2 read them: naming the user alone means to become him.
    const method = key.startsWith('sudo') ? 'sudo' : 'su';
    if (become === 'become_user' && !own.has('become') && !(isMapping(cursor.value) && method in cursor.value)) {
      own.set('become', true);
    }
    if (!own.has('become_method') && !(isMapping(cursor.value) && 'become_method' in cursor.value)) {
      own.set('become_method', method);
    }
    return true;
  }
  if (key === 'always_run') {
    deprecate(context, place, key, 'check_mode: no');
    if (toFlag(context, value, key) === true) own.set('check_mode', false);
    return true;
  }
  return false;
}

const refusalOf = (context: Context, { name, refused }: Keyword): string | undefined =>
  context.options.refusedKeywords?.[name] ?? refused;

/** Converts the keywords of a play, block, task or role entry; says what is refused. */
export function readKeywords(context: Context, cursor: Cursor, level: Level): ReadKeywords {
  const own = new Map<string, unknown>();
  const others: string[] = [];
  const known = keywordsOf(level);
  if (!isMapping(cursor.value)) return { own, others };
  for (const key of Object.keys(cursor.value)) {
    const keyword = known.get(key);
    if (keyword === undefined) {
      if (!readOldSpelling(context, cursor, key, own)) others.push(key);
      continue;
    }
    const value = child(cursor, key);
    const refused = refusalOf(context, keyword);
    if (refused !== undefined) {
      if (value.value === null || value.value === keyword.off) continue;
      report(context, keyPositionOf(value), {
        code: 'unsupported-keyword',
        message: `\`${key}\` is not supported`,
        why: refused,
      });
      continue;
    }
    const converted = convert(context, value, keyword);
    if (converted !== undefined && converted !== null) own.set(key, converted);
  }
  return { own, others };
}

/** A task's `register`, `loop_var` and the like: one plain variable name. */
export function variableName(context: Context, cursor: Cursor, keyword: string): string | undefined {
  const name = toText(context, cursor, keyword);
  if (name === undefined || /^[A-Za-z_]\w*$/.test(name)) return name;
  report(context, positionOf(cursor), {
    code: 'bad-variable-name',
    message: `Invalid variable name in '${keyword}': ${name}`,
    why: 'names have letters, digits and underscores, and begin with no digit',
  });
  return undefined;
}

export const ownText = (own: Own, name: string): string | undefined => own.get(name) as string | undefined;
