import { isMapping } from '../values/index.js';
import { type Context, type Cursor, child, positionOf, report, warn } from './context.js';
import { isTemplate } from './words.js';

/** Reports a condition that cannot be parsed, and warns of one that is written as a template. */
export function checkCondition(context: Context, cursor: Cursor, text: string): void {
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
    failsTask: true,
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
