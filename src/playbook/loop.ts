import { isMapping, type Value } from '../values/index.js';
import { type Context, type Cursor, child, deprecate, keyPositionOf, positionOf, report } from './context.js';
import { toConditions, toCount, toFlag } from './convert.js';
import { commonLookups } from './keywords.js';
import type { Loop, LoopControl } from './model.js';
import { variableName } from './read-keywords.js';
import { checkTemplates } from './templates.js';
import { describe, isTemplate, suggestion } from './words.js';

/** The keys of `loop_control`. */
export const loopControls = ['loop_var', 'index_var', 'label', 'pause', 'extended', 'extended_allitems', 'break_when'];

function readControl(context: Context, cursor: Cursor): LoopControl {
  const control: LoopControl = { loopVar: 'item' };
  const { value } = cursor;
  if (value === null) return control;
  if (!isMapping(value)) {
    report(context, positionOf(cursor), {
      code: 'wrong-type',
      message: `\`loop_control\` is ${describe(value)}`,
      why: `expected a mapping of ${loopControls.join(', ')}`,
    });
    return control;
  }
  for (const key of Object.keys(value)) {
    const inner = child(cursor, key);
    if (key === 'loop_var') control.loopVar = nameOrTemplate(context, inner, key) ?? 'item';
    else if (key === 'index_var') Object.assign(control, defined('indexVar', nameOrTemplate(context, inner, key)));
    else if (key === 'label') {
      checkTemplates(context, inner);
      control.label = inner.value;
    } else if (key === 'pause') Object.assign(control, defined('pause', toCount(context, inner, key)));
    else if (key === 'extended') Object.assign(control, defined('extended', toFlag(context, inner, key)));
    else if (key === 'extended_allitems')
      Object.assign(control, defined('extendedAllitems', toFlag(context, inner, key)));
    else if (key === 'break_when') control.breakWhen = toConditions(context, inner, key);
    else {
      report(context, keyPositionOf(inner), {
        code: 'unknown-keyword',
        message: `unknown key \`${key}\` in \`loop_control\``,
        fix: suggestion(key, loopControls) ?? `it may be ${loopControls.join(', ')}`,
      });
    }
  }
  return control;
}

/** The name of a variable, which may be a template. */
function nameOrTemplate(context: Context, cursor: Cursor, key: string): string | undefined {
  if (typeof cursor.value !== 'string' || !isTemplate(cursor.value)) return variableName(context, cursor, key);
  checkTemplates(context, cursor);
  return cursor.value;
}

const defined = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });

function checkItems(context: Context, cursor: Cursor, keyword: string): boolean {
  const { value } = cursor;
  const isText = typeof value === 'string' && isTemplate(value);
  const wrong = (why: string, fix?: string): false => {
    report(context, positionOf(cursor), {
      code: 'wrong-type',
      message: `\`${keyword}\` is ${describe(value)}`,
      why,
      fix,
    });
    return false;
  };
  if (value === null) return wrong('expected what to loop over');
  if (keyword === 'loop' && !Array.isArray(value) && !isText) {
    const asList = isMapping(value) ? 'write loop: "{{ the_mapping | dict2items }}"' : undefined;
    const asTemplate =
      typeof value === 'string' ? `write loop: "{{ ${value} }}" if it is a variable, or loop: [${value}]` : undefined;
    return wrong('expected a list, or a template of one', asList ?? asTemplate);
  }
  const isBare = typeof value === 'string' && bareWord.test(value);
  if (keyword === 'with_dict' && !isMapping(value) && !isText && !isBare && !Array.isArray(value)) {
    return wrong(
      'expected a mapping, or a template of one',
      typeof value === 'string' ? `write "{{ ${value} }}"` : undefined,
    );
  }
  if (keyword === 'with_items' && isMapping(value))
    return wrong('expected a list, or a template of one', 'for a mapping use with_dict');
  checkTemplates(context, cursor);
  return true;
}

/** The loops of which Ansible up to 2.8 took a bare word for a variable, where there was one of that name. */
const takesBareWords = ['items', 'dict', 'nested', 'together', 'subelements', 'indexed_items', 'flattened'];
const bareWord = /^([A-Za-z_]\w*)(?:\.\w+|\[(?:\d+|'\w+'|"\w+")\])*$/;

/** `with_items: packages`, as it was read in its day: a template that falls back on the word itself. */
function mendBareWords(value: Value, style: string): { items: Value; words: readonly string[] } {
  const words: string[] = [];
  const mend = (word: Value): Value => {
    const root = typeof word === 'string' ? bareWord.exec(word)?.[1] : undefined;
    if (root === undefined) return word;
    words.push(String(word));
    return `{{ ${String(word)} if ${root} is defined else ${JSON.stringify(word)} }}`;
  };
  if (!takesBareWords.includes(style)) return { items: value, words };
  if (typeof value === 'string') return { items: mend(value), words };
  if (!Array.isArray(value) || !['nested', 'together', 'subelements'].includes(style)) return { items: value, words };
  const count = style === 'subelements' ? 1 : value.length;
  return { items: value.map((item, index) => (index < count ? mend(item) : item)), words };
}

/** One note a loop: of its words where it has bare ones, else of the keyword. */
function noteOldLoop(context: Context, items: Cursor, keyword: string, words: readonly string[]): void {
  const [first, ...more] = words;
  if (first === undefined) deprecate(context, keyPositionOf(items), keyword, 'loop');
  else {
    const named = more.length === 0 ? `the bare word ${first}` : `the bare words ${words.join(', ')}`;
    deprecate(context, positionOf(items), named, words.map((word) => `"{{ ${word} }}"`).join(', '));
  }
}

/** A task's `loop` or `with_…` with its `loop_control`; `others` are the keys that are no keywords. */
export function readLoop(context: Context, task: Cursor, others: readonly string[]): Loop | undefined {
  const value = isMapping(task.value) ? task.value : {};
  const forms = [...(value.loop === undefined ? [] : ['loop']), ...others.filter((key) => key.startsWith('with_'))];
  const control = readControl(context, child(task, 'loop_control'));
  const [keyword, second] = forms;
  if (keyword === undefined) {
    if (value.loop_control !== undefined) {
      report(context, keyPositionOf(child(task, 'loop_control')), {
        code: 'unused-keyword',
        message: '`loop_control` without a loop',
        fix: 'add `loop`, or remove it',
      });
    }
    return undefined;
  }
  if (second !== undefined) {
    report(context, keyPositionOf(child(task, second)), {
      code: 'two-loops',
      message: `two loops in one task: \`${keyword}\` and \`${second}\``,
      fix: 'keep one of them',
    });
  }
  const style = keyword.replace(/^with_/, '');
  const items = child(task, keyword);
  if (keyword !== 'loop') {
    if (!commonLookups.includes(style) && !context.options.isLookup?.(style)) {
      report(context, keyPositionOf(items), {
        code: 'unknown-lookup',
        message: `there is no loop \`${keyword}\``,
        fix: suggestion(keyword, ['loop', ...commonLookups.map((name) => `with_${name}`)]),
      });
      return undefined;
    }
  }
  if (keyword === 'loop') {
    return checkItems(context, items, keyword) ? { items: items.value as Value, style, control } : undefined;
  }
  const mended = mendBareWords(items.value as Value, style);
  noteOldLoop(context, items, keyword, mended.words);
  return checkItems(context, items, keyword) ? { items: mended.items, style, control } : undefined;
}
