import { Float, isMapping, type Mapping, mapping, type Value } from '../values/index.js';
import { builtin } from './action-names.js';
import type { TaskDescription } from './catalogue.js';
import { type Context, type Cursor, child, positionOf, report, warn } from './context.js';
import { controlActions } from './control-actions.js';
import { parseKeyValues, UnbalancedError } from './key-value.js';
import { describe, isTemplate } from './words.js';

/** Arguments on their way together: later ones win. */
export interface Draft {
  args: Mapping;
  places: Map<string, Cursor>;
  variableArgs?: string;
  /** Written as `key=value` words. */
  isText?: true;
  raw?: { text: string; cursor: Cursor };
  /** Something was reported that may have hidden arguments. */
  isBroken?: true;
}

export const put = (draft: Draft, name: string, value: Value, place: Cursor): void => {
  draft.args[name] = value;
  draft.places.set(name, place);
};

/** Arguments written as `key=value` words; with `isCommand` the rest is the command. */
export function putText(
  context: Context,
  draft: Draft,
  source: { text: string; cursor: Cursor; isCommand: boolean },
): void {
  try {
    const { values, raw } = parseKeyValues(source.text, source.isCommand);
    if (values.size > 0) draft.isText = true;
    for (const [key, value] of values) put(draft, key, value, source.cursor);
    if (raw !== undefined && raw.trim() !== '') draft.raw = { text: raw, cursor: source.cursor };
  } catch (error) {
    if (!(error instanceof UnbalancedError)) throw error;
    draft.isBroken = true;
    report(context, positionOf(source.cursor), {
      code: 'unbalanced-arguments',
      message: `${error.message} in the arguments`,
      why: 'quotes and template blocks of `key=value` text must be closed',
      fix: source.isCommand
        ? 'write the command under `cmd:`, or close it'
        : 'write the arguments as a mapping, or close it',
    });
  }
}

/** Arguments written as a mapping. */
export function putMapping(draft: Draft, cursor: Cursor): void {
  for (const [key, value] of Object.entries(cursor.value as Mapping)) put(draft, key, value, child(cursor, key));
}

/** Arguments as they stand behind the name of a task: a mapping or a text. Anything else is reported. */
export function putValue(
  context: Context,
  draft: Draft,
  source: { cursor: Cursor; description: TaskDescription },
): void {
  const { cursor, description } = source;
  const { value } = cursor;
  if (value === null) return;
  if (isMapping(value)) putMapping(draft, cursor);
  else if (typeof value === 'string' || typeof value === 'number' || value instanceof Float) {
    const isCommand = description.freeForm !== undefined && !controlActions.has(description.name);
    putText(context, draft, { text: String(value), cursor, isCommand });
  } else {
    draft.isBroken = true;
    report(context, positionOf(cursor), {
      code: 'wrong-type',
      message: `the arguments of \`${description.name}\` are ${describe(value)}`,
      why: 'expected a mapping, or `key=value` text',
    });
  }
}

/** `args:` beside the action: defaults that the action's own arguments override. */
export function putArgs(context: Context, draft: Draft, cursor: Cursor): void {
  const { value } = cursor;
  if (isMapping(value)) putMapping(draft, cursor);
  else if (typeof value === 'string' && isTemplate(value)) draft.variableArgs = value;
  else if (value !== null) {
    report(context, positionOf(cursor), {
      code: 'wrong-type',
      message: `\`args\` is ${describe(value)}`,
      why: 'expected a mapping, or a template of one',
    });
  }
}

/** `_raw_params`, under which Ansible keeps the text of a command. */
function takeRawParameters(draft: Draft, freeForm: string | undefined): void {
  const text = draft.args._raw_params;
  const cursor = draft.places.get('_raw_params');
  if (freeForm === undefined || typeof text !== 'string' || cursor === undefined) return;
  delete draft.args._raw_params;
  draft.places.delete('_raw_params');
  draft.raw ??= { text, cursor };
}

/** The free text goes under its parameter's name; text that no parameter takes is a template of arguments, or wrong. */
export function settleFreeText(
  context: Context,
  draft: Draft,
  found: { description: TaskDescription; spelling: string; mayFail: boolean },
): Mapping | undefined {
  const { description, spelling, mayFail } = found;
  const { freeForm } = description;
  takeRawParameters(draft, freeForm);
  const { raw } = draft;
  if (raw === undefined) return undefined;
  if (spelling.replace(builtin, '') === 'include') return settleInclude(draft, raw);
  if (freeForm !== undefined) {
    if (freeForm in draft.args && !isMapping(raw.cursor.value)) {
      report(context, positionOf(raw.cursor), {
        code: 'two-commands',
        message: `\`${description.name}\` gets its ${freeForm} twice`,
        why: `once as text, once as \`${freeForm}\``,
        fix: 'keep one of them',
      });
    }
    put(draft, freeForm, raw.text, raw.cursor);
  } else if (isTemplate(raw.text) && Object.keys(draft.args).length === 0) draft.variableArgs = raw.text;
  else {
    draft.isBroken = true;
    // Where its failure is provided for, the task fails for it when its turn comes.
    if (mayFail) put(draft, '_raw_params', raw.text, raw.cursor);
    const word = raw.text.trim().split(/\s+/)[0] ?? '';
    (mayFail ? warn : report)(context, positionOf(raw.cursor), {
      code: 'unexpected-text',
      message: `\`${description.name}\` does not take the text \`${raw.text.trim().slice(0, 60)}\``,
      why: 'it takes `key=value` arguments, or a mapping',
      fix: word.includes(':')
        ? `write \`${word.replace(':', '=')}\`, or put the arguments below as a mapping`
        : `see kprov doc ${description.name}`,
    });
  }
  return undefined;
}

function settleInclude(draft: Draft, raw: { text: string; cursor: Cursor }): Mapping {
  const vars = mapping();
  for (const [key, value] of Object.entries(draft.args)) {
    if (key === 'file' || key === 'apply') continue;
    vars[key] = value;
    delete draft.args[key];
  }
  put(draft, 'file', raw.text.trim(), raw.cursor);
  return vars;
}
