import { BoundedRegExp } from '../../values/bounded-regexp.js';
import { TemplateError } from '../errors.js';

export interface RegexFlags {
  ignorecase?: boolean;
  multiline?: boolean;
  dotall?: boolean;
}

const WORD = '\\p{L}\\p{N}_';
const classes: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: `[${WORD}]`,
  W: `[^${WORD}]`,
  s: '[\\s\\x1c-\\x1f]',
  S: '[^\\s\\x1c-\\x1f]',
};
const controls: Readonly<Record<string, string>> = {
  n: '\\n',
  r: '\\r',
  t: '\\t',
  f: '\\f',
  v: '\\v',
  a: '\\x07',
};
const boundary = `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`;
const noBoundary = `(?:(?<=[${WORD}])(?=[${WORD}])|(?<![${WORD}])(?![${WORD}]))`;

const special = /[\\^$.*+?()[\]{}|/\-&!#%,:;<=>@`~]/;
const literal = (character: string): string =>
  special.test(character) ? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}` : character;

/** Rewrites Python's regular expression syntax into JavaScript's with the `v` flag. */
class Translator {
  at = 0;
  flags: { i: boolean; m: boolean; s: boolean; x: boolean };
  readonly groups: string[] = [];

  constructor(
    readonly pattern: string,
    flags: RegexFlags,
  ) {
    this.flags = { i: flags.ignorecase ?? false, m: flags.multiline ?? false, s: flags.dotall ?? false, x: false };
  }

  fail(why: string): never {
    throw new TemplateError(`regular expression ${JSON.stringify(this.pattern)}: ${why}`, { code: 'bad-regex' });
  }

  next(): string {
    const character = String.fromCodePoint(this.pattern.codePointAt(this.at) ?? this.fail('ends too early'));
    this.at += character.length;
    return character;
  }

  eat(text: string): boolean {
    if (!this.pattern.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  until(end: string): string {
    const stop = this.pattern.indexOf(end, this.at);
    if (stop < 0) return this.fail(`missing ${end}`);
    const text = this.pattern.slice(this.at, stop);
    this.at = stop + end.length;
    return text;
  }

  translate(): string {
    let out = '';
    while (this.at < this.pattern.length) out += this.token();
    return out;
  }

  token(): string {
    const character = this.next();
    switch (character) {
      case '\\':
        return this.escape();
      case '[':
        return this.set();
      case '(':
        return this.group();
      case '.':
        // Not [^]: with the v flag V8 of Node 20 does not repeat it.
        return this.flags.s ? '[\\s\\S]' : '[^\\n]';
      case '^':
        return this.flags.m ? '(?<![^\\n])' : '(?<![^])';
      case '$':
        return this.flags.m ? '(?![^\\n])' : '(?=\\n?(?![^]))';
      case '{':
        return this.quantifier();
      case '*':
      case '+':
      case '?':
        if (this.pattern[this.at] === '+') this.fail('possessive quantifiers are not supported');
        return character;
      case ')':
      case '|':
        return character;
    }
    if (this.flags.x && /\s/.test(character)) return '';
    if (this.flags.x && character === '#') {
      const end = this.pattern.indexOf('\n', this.at);
      this.at = end < 0 ? this.pattern.length : end + 1;
      return '';
    }
    return literal(character);
  }

  quantifier(): string {
    const match = /^(\d*)(,?)(\d*)\}/.exec(this.pattern.slice(this.at));
    if (
      match === null ||
      (match[1] === '' && match[3] === '' && match[2] === '') ||
      (match[1] === '' && match[3] === '')
    ) {
      return '\\{';
    }
    this.at += match[0].length;
    if (this.pattern[this.at] === '+') this.fail('possessive quantifiers are not supported');
    return `{${match[1] === '' ? '0' : match[1]}${match[2]}${match[3]}}`;
  }

  escape(): string {
    const character = this.next();
    const known = classes[character] ?? controls[character];
    if (known !== undefined) return known;
    if (character === 'A') return '(?<![^])';
    if (character === 'Z') return '(?![^])';
    if (character === 'b') return boundary;
    if (character === 'B') return noBoundary;
    if (/[1-9]/.test(character)) {
      const digits = character + (/^\d/.exec(this.pattern.slice(this.at))?.[0] ?? '');
      this.at += digits.length - 1;
      return `(?:\\${digits})`;
    }
    return this.characterEscape(character);
  }

  characterEscape(character: string): string {
    const hexLength = { x: 2, u: 4, U: 8 }[character];
    if (hexLength !== undefined) {
      const hex = this.pattern.slice(this.at, this.at + hexLength);
      if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length !== hexLength) this.fail(`incomplete escape \\${character}${hex}`);
      this.at += hexLength;
      return `\\u{${hex}}`;
    }
    if (character === '0') {
      const octal = /^[0-7]{0,2}/.exec(this.pattern.slice(this.at))?.[0] ?? '';
      this.at += octal.length;
      return `\\u{${Number.parseInt(`0${octal}`, 8).toString(16)}}`;
    }
    if (/[a-zA-Z]/.test(character)) this.fail(`bad escape \\${character}`);
    return literal(character);
  }

  setMember(): string {
    const character = this.next();
    if (character !== '\\') return literal(character);
    const escaped = this.next();
    if (escaped === 'b') return '\\x08';
    return classes[escaped] ?? controls[escaped] ?? this.characterEscape(escaped);
  }

  set(): string {
    const negated = this.eat('^');
    let out = '';
    let isFirst = true;
    for (;;) {
      if (this.at >= this.pattern.length) this.fail('unterminated character set');
      if (this.pattern[this.at] === ']' && !isFirst) break;
      isFirst = false;
      const member = this.setMember();
      const isRange =
        this.pattern[this.at] === '-' && this.pattern[this.at + 1] !== ']' && this.at + 1 < this.pattern.length;
      if (isRange) {
        this.at++;
        out += `${member}-${this.setMember()}`;
      } else out += member;
    }
    this.at++;
    return `[${negated ? '^' : ''}${out}]`;
  }

  group(): string {
    if (!this.eat('?')) {
      this.groups.push('');
      return '(';
    }
    if (this.eat('P<')) {
      const name = this.until('>');
      if (!/^[A-Za-z_]\w*$/.test(name)) this.fail(`bad group name '${name}'`);
      this.groups.push(name);
      return `(?<${name}>`;
    }
    if (this.eat('P=')) return `\\k<${this.until(')')}>`;
    if (this.eat('#')) {
      this.until(')');
      return '(?:)';
    }
    for (const same of [':', '=', '!', '<=', '<!']) if (this.eat(same)) return `(?${same}`;
    return this.inlineFlags();
  }

  inlineFlags(): string {
    const match = /^([aiLmsux]+)\)/.exec(this.pattern.slice(this.at));
    if (match === null) {
      return this.fail('this kind of group is not supported (atomic, conditional or with flags of its own)');
    }
    if (this.at !== 2 && this.groups.length > 0) this.fail('global flags not at the start of the expression');
    this.at += match[0].length;
    for (const flag of match[1] ?? '')
      if (flag === 'i' || flag === 'm' || flag === 's' || flag === 'x') this.flags[flag] = true;
    return '';
  }
}

export interface PythonRegex {
  /** Global, so that `lastIndex` counts. */
  regex: BoundedRegExp;
  /** One entry a group: its name, or '' */
  groups: readonly string[];
}

/** V8's reasons in the words of Python's `re`. */
const reasons: Readonly<Record<string, string>> = {
  'unterminated group': 'missing ), unterminated subpattern',
  "unmatched ')'": 'unbalanced parenthesis',
  'numbers out of order in {} quantifier': 'min repeat greater than max repeat',
  'range out of order in character class': 'bad character range',
};

function reasonOf(cause: unknown): string {
  const told = cause instanceof Error ? (cause.message.split(': ').at(-1) ?? '') : '';
  return reasons[told.toLowerCase()] ?? (told === '' ? 'it is not valid' : told.toLowerCase());
}

const cache = new Map<string, PythonRegex>();

/** Compiles Python's `re` syntax; throws TemplateError for what is wrong or has no counterpart. */
export function pythonRegex(pattern: string, flags: RegexFlags = {}): PythonRegex {
  const key = `${flags.ignorecase ? 'i' : ''}${flags.multiline ? 'm' : ''}${flags.dotall ? 's' : ''}:${pattern}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const translator = new Translator(pattern, flags);
  const source = translator.translate();
  let regex: BoundedRegExp;
  try {
    regex = new BoundedRegExp(source, translator.flags.i ? 'vgi' : 'vg');
  } catch (cause) {
    throw new TemplateError(`regular expression ${JSON.stringify(pattern)}: ${reasonOf(cause)}`, {
      code: 'bad-regex',
      cause,
    });
  }
  if (cache.size > 1000) cache.clear();
  const compiled = { regex, groups: translator.groups };
  cache.set(key, compiled);
  return compiled;
}

/** The text of a replacement with `\1`, `\g<1>`, `\g<name>` filled in. */
export function expandReplacement(template: string, match: RegExpExecArray): string {
  return template.replace(/\\(?:g<(\w+)>|(\d{1,2})|([\s\S])|$)/g, (_, name, number, other) => {
    if (name !== undefined) {
      if (/^\d+$/.test(name)) return groupText(match, Number(name));
      if (match.groups === undefined || !(name in match.groups)) {
        throw new TemplateError(`unknown group name '${name}' in the replacement`, { code: 'bad-regex' });
      }
      return match.groups[name] ?? '';
    }
    if (number !== undefined)
      return number.startsWith('0')
        ? String.fromCharCode(Number.parseInt(number, 8))
        : groupText(match, Number(number));
    const control = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', a: '\x07', b: '\b', '\\': '\\' }[other as string];
    if (control !== undefined) return control;
    if (other !== undefined && /[a-zA-Z]/.test(other)) {
      throw new TemplateError(`bad escape \\${other} in the replacement`, { code: 'bad-regex' });
    }
    return `\\${other ?? ''}`;
  });
}

function groupText(match: RegExpExecArray, index: number): string {
  if (index >= match.length) {
    throw new TemplateError(`invalid group reference ${index} in the replacement`, { code: 'bad-regex' });
  }
  return match[index] ?? '';
}

/** So many are looked for at once. */
const BATCH = 500;

/** Every match, as Python ≥ 3.7 finds them: an empty one may follow a longer one directly. */
export function* allMatches({ regex }: PythonRegex, text: string): Generator<RegExpExecArray> {
  let from = 0;
  const some = (): { matches: RegExpExecArray[]; at: number } => {
    const matches: RegExpExecArray[] = [];
    let at = from;
    while (at <= text.length && matches.length < BATCH) {
      regex.lastIndex = at;
      const match = regex.exec(text);
      if (match === null) break;
      matches.push(match);
      const end = match.index + match[0].length;
      at = match[0] === '' ? end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1) : end;
    }
    return { matches, at };
  };
  for (;;) {
    const { matches, at } = regex.within(text, some);
    yield* matches;
    if (matches.length < BATCH) return;
    from = at;
  }
}
