import { KprovError } from '../errors/index.js';

/**
 * Shell text that is safe to run. Only this module makes it, so that data cannot get into a script but through
 * `quote`; a plain string in a `sh` template is always data.
 */
export class Script {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** @internal for the functions of this module and for constant program text. */
  static trusted(text: string): Script {
    return new Script(text);
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand in a `sh` template: data becomes one quoted word (an array: several words), a script stays a script. */
export type Interpolation = string | number | boolean | Script | readonly (string | number)[] | undefined;

const plain = /^[A-Za-z0-9_/.,:@%+-][A-Za-z0-9_/.,:=@%+-]*$/;

function quoteText(value: string | number): string {
  const text = String(value);
  if (plain.test(text)) return text;
  if (text.includes('\0')) {
    throw new KprovError('nul-in-value', 'a value holds a NUL byte, which no shell word can carry');
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A value as one shell word; inside its single quotes nothing is special. Throws on NUL, which no word can hold. */
export const quote = (value: string | number): Script => Script.trusted(quoteText(value));

function expand(value: Interpolation): string {
  if (value === undefined || value === false) return "''";
  if (value === true) return '1';
  if (value instanceof Script) return value.toString();
  if (typeof value === 'string' || typeof value === 'number') return quoteText(value);
  return value.map(quoteText).join(' ');
}

/**
 * The one place where shell text is made: a template whose constant parts are program text and whose values are
 * quoted words. `true` is 1; `false` and `undefined` are the empty word; an array is several words; a Script is
 * inserted as it is. Backslashes are the shell's own (the template is read raw), but for `$\{`, which is the shell's `${`.
 */
export function sh(template: TemplateStringsArray, ...values: Interpolation[]): Script {
  const raw = template.raw.map((part) => part.replaceAll('$\\{', '${'));
  return Script.trusted(String.raw({ raw }, ...values.map(expand)));
}

/** Scripts one after the other, a line each; false and undefined ones are left out. */
export function joinScripts(parts: readonly (Script | false | undefined)[]): Script {
  return Script.trusted(parts.filter((part) => part instanceof Script).join('\n'));
}
