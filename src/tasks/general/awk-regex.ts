/**
 * Python's regular expressions in awk's dialect, for those whose *existence* of a match is the same in both: no
 * look-around, no \b, no back references. Line editing then needs no second round trip.
 *
 * The subject is one line with its newline, as Python's readlines gives it, and bytes, not characters (LC_ALL=C).
 * Character classes and repetition counts are written out, because old mawk knows neither.
 */

class Unsupported extends Error {}

interface Set {
  /** Single characters. */
  characters: string[];
  /** Ranges, each of two characters. */
  ranges: string[];
}

const space = [' ', '\t', '\n', '\r', '\f', '\v'];
const classes: Readonly<Record<string, Set>> = {
  d: { characters: [], ranges: ['09'] },
  w: { characters: ['_'], ranges: ['AZ', 'az', '09'] },
  s: { characters: space, ranges: [] },
};
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', a: '\x07' };

/** A bracket expression that no awk misreads: ] first, then the rest, [ and ^ and - where they are only themselves. */
function bracket({ characters, ranges }: Set, isNegated: boolean): string {
  const has = (c: string) => characters.includes(c);
  const rest = characters.filter((c) => !']\\[^-'.includes(c)).join('') + ranges.map((r) => `${r[0]}-${r[1]}`).join('');
  const backslash = has('\\') ? '\\\\' : '';
  const middle = `${has(']') ? ']' : ''}${rest}${backslash}`;
  const open = isNegated ? '[^' : '[';
  if (middle === '' && has('^') && !isNegated) {
    if (!has('[') && !has('-')) return '\\^';
    return `[${has('[') ? '[' : ''}${has('-') && !has('[') ? '-' : ''}^${has('-') && has('[') ? '-' : ''}]`;
  }
  return `${open}${middle}${has('[') ? '[' : ''}${has('^') ? '^' : ''}${has('-') ? '-' : ''}]`;
}

class Translator {
  #at = 0;
  #ignoreCase = false;

  constructor(readonly pattern: string) {}

  translate(): string {
    const flags = /^\(\?([ai]+)\)/.exec(this.pattern);
    if (flags) {
      this.#at = flags[0].length;
      this.#ignoreCase = flags[1]?.includes('i') ?? false;
    }
    const out = this.#alternatives();
    if (this.#at < this.pattern.length) throw new Unsupported();
    return out === '' ? '^' : out;
  }

  #peek(): string {
    return this.pattern[this.#at] ?? '';
  }

  #alternatives(): string {
    const parts = [this.#sequence()];
    while (this.#peek() === '|') {
      this.#at++;
      parts.push(this.#sequence());
    }
    if (parts.length > 1 && parts.includes('')) throw new Unsupported();
    return parts.join('|');
  }

  #sequence(): string {
    let out = '';
    for (let isFirst = true; ; isFirst = false) {
      const c = this.#peek();
      if (c === '' || c === '|' || c === ')') return out;
      if (c === '^') {
        if (!isFirst) throw new Unsupported();
        this.#at++;
        out += '^';
      } else if (c === '$') {
        this.#at++;
        if (!['', '|', ')'].includes(this.#peek())) throw new Unsupported();
        out += '\n?$';
      } else out += this.#repeated(this.#atom());
    }
  }

  #repeated(atom: string): string {
    const found = /^(?:([*+?])|\{(\d*)(,?)(\d*)\})/.exec(this.pattern.slice(this.#at));
    if (!found) return atom;
    const [all, sign, low = '', comma, high = ''] = found;
    if (sign === undefined && low === '' && high === '') throw new Unsupported();
    this.#at += all.length;
    if (this.#peek() === '?') this.#at++;
    else if (/[+*{]/.test(this.#peek())) throw new Unsupported();
    if (sign !== undefined) return `${atom}${sign}`;
    const least = Number(low);
    const most = comma === '' ? least : high === '' ? undefined : Number(high);
    if (least > 20 || (most ?? 0) > 20 || (most !== undefined && most < least) || most === 0) throw new Unsupported();
    return atom.repeat(least) + (most === undefined ? `${atom}*` : `${atom}?`.repeat(most - least));
  }

  #atom(): string {
    const c = this.#peek();
    this.#at++;
    if (c === '.') return '[^\n]';
    if (c === '[') return this.#set();
    if (c === '(') return this.#group();
    if (c === '\\') return this.#escape();
    if ('*+?'.includes(c)) throw new Unsupported();
    return this.#literal(c);
  }

  #group(): string {
    const opening = /^\?(?::|P<[A-Za-z_]\w*>)/.exec(this.pattern.slice(this.#at));
    if (opening) this.#at += opening[0].length;
    else if (this.#peek() === '?') throw new Unsupported();
    const inside = this.#alternatives();
    if (this.#peek() !== ')' || inside === '') throw new Unsupported();
    this.#at++;
    return `(${inside})`;
  }

  #escape(): string {
    const c = this.#peek();
    this.#at++;
    const set = classes[c.toLowerCase()];
    if (set) return bracket(set, c !== c.toLowerCase());
    if (c === 'A' && this.#at === 2) return '^';
    if (c === 'Z' && this.#at === this.pattern.length) return '$';
    const control = controls[c];
    if (control !== undefined) return control;
    if (/^[A-Za-z0-9]?$/.test(c)) throw new Unsupported();
    return this.#literal(c);
  }

  #literal(c: string): string {
    if (c === '\0' || c === '') throw new Unsupported();
    if (this.#ignoreCase && /[a-z]/i.test(c)) return `[${c.toLowerCase()}${c.toUpperCase()}]`;
    if (c === '\\') return '\\\\';
    if (c === '^') return '\\^';
    return /[.[\]{}()*+?|$/]/.test(c) ? `[${c}]` : c;
  }

  #set(): string {
    const isNegated = this.#peek() === '^';
    if (isNegated) this.#at++;
    const set: Set = { characters: [], ranges: [] };
    for (let isFirst = true; isFirst || this.#peek() !== ']'; isFirst = false) {
      const low = this.#member(set);
      if (low === undefined) continue;
      const next = this.pattern[this.#at + 1];
      if (this.#peek() !== '-' || next === ']' || next === undefined) {
        this.#add(set, low);
        continue;
      }
      this.#at++;
      const high = this.#member(set);
      if (high === undefined || high < low || !/^[a-z]{2}$|^[A-Z]{2}$|^[0-9]{2}$/.test(low + high))
        throw new Unsupported();
      set.ranges.push(low + high);
      if (this.#ignoreCase && /[a-z]/i.test(low)) {
        set.ranges.push(low === low.toLowerCase() ? (low + high).toUpperCase() : (low + high).toLowerCase());
      }
    }
    this.#at++;
    return bracket(set, isNegated);
  }

  #add(set: Set, c: string): void {
    set.characters.push(c);
    if (this.#ignoreCase && /[a-z]/i.test(c)) {
      set.characters.push(c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase());
    }
  }

  /** One character of a set; a class is added to it at once. */
  #member(set: Set): string | undefined {
    const c = this.#peek();
    this.#at++;
    if (c === '' || c === '\0' || c > '\x7e') throw new Unsupported();
    if (c === '[' && /[:.=]/.test(this.#peek())) throw new Unsupported();
    if (c !== '\\') return c;
    const escaped = this.#peek();
    this.#at++;
    const known = classes[escaped];
    if (known) {
      set.characters.push(...known.characters);
      set.ranges.push(...known.ranges);
      return undefined;
    }
    const control = controls[escaped];
    if (control !== undefined) return control;
    if (escaped === '' || /[A-Za-z0-9]/.test(escaped) || escaped > '\x7e') throw new Unsupported();
    return escaped;
  }
}

/** The expression for awk, or undefined where awk cannot stand in for Python. */
export function awkRegex(pattern: string): string | undefined {
  try {
    return new Translator(pattern).translate();
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}
