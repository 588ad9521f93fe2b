import { TemplateError, UndefinedError } from '../errors.js';
import { dictEntries } from './dict.js';
import { formatBraces } from './format-braces.js';
import { isDict, isInteger, type Kwargs, Tuple, typeName, Undefined } from './kinds.js';
import {
  capitalize,
  joinTexts,
  justify,
  replace,
  SPACE,
  split,
  splitFromRight,
  splitLines,
  strip,
  swapCase,
  titleCase,
} from './text.js';

export type Method<Self> = (self: Self, args: readonly unknown[], kwargs: Kwargs) => unknown;
export type MemberOf = (value: unknown, key: string | number, isAttribute: boolean) => unknown;

function textArgument(value: unknown, method: string): string {
  if (typeof value === 'string') return value;
  if (value instanceof Undefined) return value.fail();
  throw new TemplateError(`${method}() argument must be str, not ${typeName(value)}`);
}

export function integerArgument(value: unknown, method: string): number {
  if (typeof value === 'boolean') return Number(value);
  if (isInteger(value)) return value;
  if (value instanceof Undefined) return value.fail();
  throw new TemplateError(`${method}(): '${typeName(value)}' object cannot be interpreted as an integer`);
}

const optionalText = (value: unknown, method: string): string | undefined =>
  value === undefined || value === null ? undefined : textArgument(value, method);

type Text = Method<string>;

const predicate =
  (pattern: RegExp): Text =>
  (self) =>
    pattern.test(self);

/** `startswith` and `endswith`: one text or a tuple of them, with a start and an end. */
const affix =
  (method: string, matches: (text: string, part: string) => boolean): Text =>
  (self, [parts, start, end]) => {
    const text = slicePart(self, start, end);
    const list = parts instanceof Tuple ? parts : [parts];
    return list.some((part) => matches(text, textArgument(part, method)));
  };

function slicePart(text: string, start: unknown, end: unknown): string {
  const from = start === undefined || start === null ? undefined : integerArgument(start, 'slice');
  const to = end === undefined || end === null ? undefined : integerArgument(end, 'slice');
  return from === undefined && to === undefined ? text : [...text].slice(from, to).join('');
}

const find =
  (method: string, fromRight: boolean, strict: boolean): Text =>
  (self, [part, start, end]) => {
    const text = slicePart(self, start, end);
    const wanted = textArgument(part, method);
    const at = fromRight ? text.lastIndexOf(wanted) : text.indexOf(wanted);
    if (at < 0) {
      if (strict) throw new TemplateError('substring not found');
      return -1;
    }
    const offset = isInteger(start) ? (start < 0 ? Math.max(0, [...self].length + start) : start) : 0;
    return [...text.slice(0, at)].length + offset;
  };

const stripper =
  (method: string, sides: 'both' | 'left' | 'right'): Text =>
  (self, [chars]) =>
    strip(self, optionalText(chars, method), sides);

const splitter =
  (method: string, run: typeof split): Text =>
  (self, [separator, limit], kwargs) => {
    const by = optionalText(separator ?? kwargs.get('sep'), method);
    const most = limit ?? kwargs.get('maxsplit') ?? -1;
    return run(self, by, integerArgument(most, method));
  };

const justifier =
  (method: string, side: 'left' | 'right' | 'center'): Text =>
  (self, [width, fill]) =>
    justify(self, integerArgument(width, method), fill === undefined ? ' ' : textArgument(fill, method), side);

const partition =
  (method: string, fromRight: boolean): Text =>
  (self, [separator]) => {
    const by = textArgument(separator, method);
    const at = fromRight ? self.lastIndexOf(by) : self.indexOf(by);
    if (at < 0) return Tuple.make(fromRight ? ['', '', self] : [self, '', '']);
    return Tuple.make([self.slice(0, at), by, self.slice(at + by.length)]);
  };

export const textMethods = (member: MemberOf): Readonly<Record<string, Text>> => ({
  upper: (self) => self.toUpperCase(),
  lower: (self) => self.toLowerCase(),
  casefold: (self) => self.toLowerCase().replaceAll('ß', 'ss'),
  capitalize: (self) => capitalize(self),
  title: (self) => titleCase(self),
  swapcase: (self) => swapCase(self),
  strip: stripper('strip', 'both'),
  lstrip: stripper('lstrip', 'left'),
  rstrip: stripper('rstrip', 'right'),
  split: splitter('split', split),
  rsplit: splitter('rsplit', splitFromRight),
  splitlines: (self, [keepsEnds]) => splitLines(self, keepsEnds === true),
  partition: partition('partition', false),
  rpartition: partition('rpartition', true),
  startswith: affix('startswith', (text, part) => text.startsWith(part)),
  endswith: affix('endswith', (text, part) => text.endsWith(part)),
  removeprefix: (self, [part]) =>
    self.startsWith(textArgument(part, 'removeprefix')) ? self.slice(String(part).length) : self,
  removesuffix: (self, [part]) => {
    const suffix = textArgument(part, 'removesuffix');
    return suffix !== '' && self.endsWith(suffix) ? self.slice(0, -suffix.length) : self;
  },
  replace: (self, [old, replacement, count]) =>
    replace(
      self,
      textArgument(old, 'replace'),
      textArgument(replacement, 'replace'),
      count === undefined ? -1 : integerArgument(count, 'replace'),
    ),
  join: (self, [members]) => joinTexts(self, members),
  format: (self, args, kwargs) => formatBraces(self, { args, kwargs, member }),
  format_map: (self, [values]) => {
    if (!isDict(values)) throw new TemplateError('format_map() argument must be a mapping');
    const kwargs = new Map(dictEntries(values).map(([key, value]) => [String(key), value]));
    return formatBraces(self, { args: [], kwargs, member });
  },
  find: find('find', false, false),
  rfind: find('rfind', true, false),
  index: find('index', false, true),
  rindex: find('rindex', true, true),
  count: (self, [part, start, end]) => {
    const wanted = textArgument(part, 'count');
    const text = slicePart(self, start, end);
    return wanted === '' ? [...text].length + 1 : text.split(wanted).length - 1;
  },
  center: justifier('center', 'center'),
  ljust: justifier('ljust', 'left'),
  rjust: justifier('rjust', 'right'),
  zfill: (self, [width]) => {
    const sign = /^[-+]/.exec(self)?.[0] ?? '';
    return sign + justify(self.slice(sign.length), integerArgument(width, 'zfill') - sign.length, '0', 'right');
  },
  expandtabs: (self, [size], kwargs) => {
    const width = integerArgument(size ?? kwargs.get('tabsize') ?? 8, 'expandtabs');
    return splitLines(self, true)
      .map((line) => {
        let out = '';
        for (const c of line)
          out += c === '\t' ? (width > 0 ? ' '.repeat(Math.min(width, 1000) - (out.length % width)) : '') : c;
        return out;
      })
      .join('');
  },
  isdigit: predicate(/^\p{Nd}+$/u),
  isdecimal: predicate(/^\p{Nd}+$/u),
  isnumeric: predicate(/^\p{N}+$/u),
  isalpha: predicate(/^\p{L}+$/u),
  isalnum: predicate(/^[\p{L}\p{N}]+$/u),
  isspace: (self) => self !== '' && [...self].every((c) => SPACE.test(c)),
  isupper: (self) => self === self.toUpperCase() && self !== self.toLowerCase(),
  islower: (self) => self === self.toLowerCase() && self !== self.toUpperCase(),
  istitle: (self) => self === titleCase(self) && /\p{L}/u.test(self),
  isidentifier: predicate(/^[\p{L}_][\p{L}\p{N}_]*$/u),
  isascii: (self) => /^[\x00-\x7f]*$/.test(self),
  translate: () => {
    throw new TemplateError('the text method translate() is not supported', { code: 'unsupported' });
  },
  encode: (self) => {
    if (self === undefined) throw new UndefinedError('');
    throw new TemplateError('the text method encode() is not supported: there are no bytes here', {
      code: 'unsupported',
    });
  },
});
