import type { Position } from '../errors/index.js';
import { isMapping } from '../values/index.js';
import { type Context, type Cursor, child, positionOf, report, warn } from './context.js';
import { keywords } from './keywords.js';

const pythonKeywords = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

/** Ansible takes what Python takes for a name, ASCII only. */
export const isVariableName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name) && !pythonKeywords.has(name);

/** Reports a name that no variable can have. */
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

/** The same for every key of a mapping. */
export function checkVariableNames(context: Context, cursor: Cursor): void {
  if (!isMapping(cursor.value)) return;
  for (const name of Object.keys(cursor.value)) {
    checkVariableName(context, cursor.document.keyAt([...cursor.path, name]), name);
  }
}

/** What Jinja2 and Ansible have in templates under a name of their own. */
const templateGlobals = [
  'range',
  'dict',
  'lipsum',
  'cycler',
  'joiner',
  'namespace',
  'lookup',
  'query',
  'q',
  'now',
  'undef',
];
const reserved = new Set([...keywords.map(({ name }) => name), 'local_action', ...templateGlobals]);

/** A play's variable that hides a keyword, or a global of templates, is told as Ansible tells it. */
export function checkReservedNames(context: Context, vars: Cursor): void {
  const mappings = Array.isArray(vars.value) ? vars.value.map((_, index) => child(vars, index)) : [vars];
  for (const cursor of mappings) {
    for (const name of isMapping(cursor.value) ? Object.keys(cursor.value) : []) {
      if (!reserved.has(name)) continue;
      warn(context, cursor.document.keyAt([...cursor.path, name]), {
        code: 'reserved-name',
        message: `Found variable using reserved name: ${name}`,
        why: 'it stands in the way of what Ansible or Jinja2 has under that name',
        fix: 'rename it',
      });
    }
  }
}

/** `mode: 644` is a decimal number, which as a mode is 1204: nobody means that. */
export function checkModeNumber(context: Context, cursor: Cursor, name: string): void {
  if (typeof cursor.value !== 'number' || !/^(directory_)?mode$/.test(name)) return;
  const source = cursor.document.sourceAt(cursor.path);
  if (source === undefined || !/^[1-7][0-7]{2,3}$/.test(source)) return;
  report(context, positionOf(cursor), {
    code: 'mode-as-decimal',
    message: `\`${name}: ${source}\` is the mode ${cursor.value.toString(8).padStart(4, '0')}`,
    why: 'YAML reads a number without a zero in front as a decimal one',
    fix: `write it as text: "0${source}"`,
  });
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
