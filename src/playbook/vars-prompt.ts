import type { Position } from '../errors/index.js';
import { isMapping, type Value } from '../values/index.js';
import { type Context, type Cursor, child, keyPositionOf, positionOf, report } from './context.js';
import { toText } from './convert.js';
import { checkTemplates } from './templates.js';
import { checkVariableName } from './variables.js';
import { describe, suggestion } from './words.js';

/** A variable that somebody is asked for. All but the name may hold templates. */
export interface VarsPrompt {
  name: string;
  prompt?: Value;
  default?: Value;
  /** Default yes. */
  private?: Value;
  confirm?: Value;
  /** A scheme of password_hash. */
  encrypt?: Value;
  salt_size?: Value;
  salt?: Value;
  /** Templates in what is typed are not expanded. */
  unsafe?: Value;
  position: Position;
}

const known = ['name', 'prompt', 'default', 'private', 'confirm', 'encrypt', 'salt_size', 'salt', 'unsafe'];

function readOne(context: Context, cursor: Cursor): VarsPrompt | undefined {
  const { value } = cursor;
  if (!isMapping(value)) {
    report(context, positionOf(cursor), {
      code: 'wrong-type',
      message: `an entry of \`vars_prompt\` that is ${describe(value)}`,
      why: 'expected a mapping with the name of a variable',
      fix: 'write `- name: …` and `prompt: …` below it',
    });
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    report(context, keyPositionOf(child(cursor, key)), {
      code: 'unknown-keyword',
      message: `unknown key \`${key.slice(0, 80)}\` of \`vars_prompt\``,
      fix: suggestion(key, known),
    });
  }
  if (!('name' in value)) {
    report(context, positionOf(cursor), {
      code: 'missing-name',
      message: 'an entry of `vars_prompt` without `name`',
      why: 'the name is that of the variable',
    });
    return undefined;
  }
  const name = toText(context, child(cursor, 'name'), 'name');
  if (name === undefined) return undefined;
  checkVariableName(context, positionOf(child(cursor, 'name')), name);
  checkTemplates(context, cursor);
  return { ...value, name, position: positionOf(cursor) };
}

/** The entries of `vars_prompt`; a single one may stand without a list. */
export function readVarsPrompt(context: Context, cursor: Cursor): VarsPrompt[] {
  const list = Array.isArray(cursor.value) ? cursor.value.map((_, index) => child(cursor, index)) : [cursor];
  return cursor.value === null ? [] : list.flatMap((item) => readOne(context, item) ?? []);
}
