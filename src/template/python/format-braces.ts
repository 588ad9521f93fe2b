import { TemplateError } from '../errors.js';
import { formatSpec } from './format-spec.js';
import type { Kwargs } from './kinds.js';
import { repr, str } from './repr.js';

export interface BraceValues {
  args: readonly unknown[];
  kwargs: Kwargs;
  /** Attribute and item access, as in templates. */
  member(value: unknown, key: string | number, isAttribute: boolean): unknown;
}

const field = /^([^.[!:]*)((?:\.[^.[!:]+|\[[^\]]*\])*)(?:!([rsa]))?(?::(.*))?$/s;

/** Python's `'…'.format(…)`. */
export function formatBraces(format: string, values: BraceValues, depth = 0): string {
  let automatic = 0;
  const fieldValue = (name: string, path: string): unknown => {
    let value: unknown;
    const index = name === '' ? automatic++ : /^\d+$/.test(name) ? Number(name) : undefined;
    if (index === undefined) {
      if (!values.kwargs.has(name)) throw new TemplateError(`format: there is no argument named '${name}'`);
      value = values.kwargs.get(name);
    } else {
      if (index >= values.args.length) {
        throw new TemplateError(`Replacement index ${index} out of range for positional args tuple`);
      }
      value = values.args[index];
    }
    for (const [part] of path.matchAll(/\.[^.[]+|\[[^\]]*\]/g)) {
      const isAttribute = part.startsWith('.');
      const key = isAttribute ? part.slice(1) : part.slice(1, -1);
      value = values.member(value, !isAttribute && /^\d+$/.test(key) ? Number(key) : key, isAttribute);
    }
    return value;
  };
  let text = '';
  for (let at = 0; at < format.length; at++) {
    const character = format[at];
    if (character !== '{' && character !== '}') {
      text += character;
      continue;
    }
    if (format[at + 1] === character) {
      text += character;
      at++;
      continue;
    }
    if (character === '}') throw new TemplateError("Single '}' encountered in format string");
    const end = closing(format, at);
    const match = field.exec(format.slice(at + 1, end));
    if (match === null) throw new TemplateError(`format: cannot read the field {${format.slice(at + 1, end)}}`);
    const value = fieldValue(match[1] ?? '', match[2] ?? '');
    const converted = match[3] === undefined ? value : match[3] === 's' ? str(value) : repr(value);
    const spec = match[4] ?? '';
    // A specification may itself hold fields, one level deep.
    const inner =
      spec.includes('{') && depth === 0
        ? spec.replace(/\{([^{}]*)\}/g, (_, name: string) => str(fieldValue(name, '')))
        : spec;
    text += formatSpec(converted, inner);
    at = end;
  }
  return text;
}

function closing(format: string, start: number): number {
  let depth = 0;
  for (let at = start; at < format.length; at++) {
    if (format[at] === '{') depth++;
    if (format[at] === '}' && --depth === 0) return at;
  }
  throw new TemplateError("expected '}' before end of string");
}
