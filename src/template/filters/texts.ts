import { TemplateError } from '../errors.js';
import { dictEntries } from '../python/dict.js';
import { formatPercent } from '../python/format-percent.js';
import { itemsOf } from '../python/iterate.js';
import { isDict, isList, Tuple, typeName } from '../python/kinds.js';
import { repeatText } from '../python/limits.js';
import { str } from '../python/repr.js';
import { capitalize, justify, replace, split, splitLines, strip } from '../python/text.js';
import { type Filter, filter } from '../runtime/callables.js';
import { flag, text, whole } from './arguments.js';
import { comment } from './comment.js';
import { wrapLine } from './wrap.js';

/** A shell word, quoted only where it must be: Python's shlex.quote. */
function shellQuote(word: string): string {
  if (word === '') return "''";
  return /[^\w@%+=:,./-]/.test(word) ? `'${word.replaceAll("'", `'"'"'`)}'` : word;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};
const escapeHtml = (value: string): string => value.replace(/[&<>"']/g, (character) => escapes[character] ?? character);

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\xa0' };

const unescapeHtml = (value: string): string =>
  value.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : undefined;
    if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    return entities[name] ?? whole;
  });

function indent(value: string, width: unknown, first: boolean, blank: boolean): string {
  const by = typeof width === 'string' ? width : repeatText(' ', whole(width, 'width', 4));
  const lines = splitLines(`${value}\n`);
  const [head = '', ...rest] = lines;
  const body = blank
    ? lines.join(`\n${by}`)
    : [head, ...rest.map((line) => (line === '' ? line : by + line))].join('\n');
  return first ? by + body : body;
}

function truncate(value: string, length: number, killWords: boolean, end: string, leeway: number): string {
  const characters = [...value];
  if (length < end.length) throw new TemplateError(`truncate: length must be at least ${end.length}, not ${length}`);
  if (characters.length <= length + leeway) return value;
  const cut = characters.slice(0, length - [...end].length).join('');
  if (killWords) return cut + end;
  const blank = cut.lastIndexOf(' ');
  return (blank < 0 ? cut : cut.slice(0, blank)) + end;
}

export const textFilters: Readonly<Record<string, Filter>> = {
  upper: filter('', (value) => str(value).toUpperCase()),
  lower: filter('', (value) => str(value).toLowerCase()),
  capitalize: filter('', (value) => capitalize(str(value))),
  title: filter('', (value) =>
    str(value)
      .split(/([-\s({[<]+)/)
      .map((word) => capitalize(word))
      .join(''),
  ),
  trim: filter('chars', (value, [chars]) =>
    strip(str(value), chars === undefined || chars === null ? undefined : text(chars, 'chars')),
  ),
  replace: filter('old new count', (value, [old, replacement, count]) => {
    if (old === undefined || replacement === undefined)
      throw new TemplateError('replace needs what to replace and with what');
    return replace(str(value), str(old), str(replacement), count === null ? -1 : whole(count, 'count', -1));
  }),
  split: filter('sep maxsplit', (value, [separator, limit]) =>
    split(
      text(value, 'the value of split'),
      separator === undefined || separator === null ? undefined : text(separator, 'sep'),
      whole(limit, 'maxsplit', -1),
    ),
  ),
  center: filter('width', (value, [width]) => justify(str(value), whole(width, 'width', 80), ' ', 'center')),
  indent: filter('width first blank', (value, [width, first, blank]) =>
    indent(text(value, 'the value of indent'), width, flag(first), flag(blank)),
  ),
  truncate: filter('length killwords end leeway', (value, [length, killWords, end, leeway]) =>
    truncate(
      text(value, 'the value of truncate'),
      whole(length, 'length', 255),
      flag(killWords),
      text(end, 'end', '...'),
      leeway === null ? 5 : whole(leeway, 'leeway', 5),
    ),
  ),
  wordwrap: filter('width break_long_words wrapstring break_on_hyphens', (value, [width, breakLong, wrap, hyphens]) => {
    const between = wrap === undefined || wrap === null ? '\n' : text(wrap, 'wrapstring');
    const how = {
      width: whole(width, 'width', 79),
      breaksLongWords: flag(breakLong, true),
      breaksOnHyphens: flag(hyphens, true),
    };
    return splitLines(text(value, 'the value of wordwrap'))
      .map((line) => wrapLine(line, how).join(between))
      .join(between);
  }),
  wordcount: filter('', (value) => str(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0),
  format: filter(
    '* **',
    (value, _, { rest, extra }) => {
      if (rest.length > 0 && extra.size > 0)
        throw new TemplateError("can't handle positional and keyword arguments at the same time");
      return formatPercent(str(value), extra.size > 0 ? new Map(extra) : Tuple.make(rest));
    },
    // %r shows what is undefined.
    { acceptsUndefined: true },
  ),
  quote: filter('', (value) => shellQuote(value === null ? '' : str(value))),
  comment: filter('style **', (value, [style], { extra }) =>
    comment(text(value, 'the value of comment'), text(style, 'style', 'plain'), extra),
  ),
  escape: filter('', (value) => escapeHtml(str(value))),
  striptags: filter('', (value) =>
    unescapeHtml(
      str(value)
        .replace(/<!--[\s\S]*?-->/g, '')
        .replace(/<[^>]*>/g, ''),
    )
      .split(/\s+/)
      .filter((word) => word !== '')
      .join(' '),
  ),
  xmlattr: filter('autospace', (value, [autospace]) => {
    if (!isDict(value)) throw new TemplateError(`xmlattr requires a dictionary, got ${typeName(value)}`);
    const attributes = dictEntries(value).flatMap(([key, item]) => {
      if (item === null) return [];
      if (/[\s/>=]/.test(str(key))) throw new TemplateError(`Invalid character in attribute name: '${str(key)}'`);
      return [`${escapeHtml(str(key))}="${escapeHtml(str(item))}"`];
    });
    return (flag(autospace, true) && attributes.length > 0 ? ' ' : '') + attributes.join(' ');
  }),
  urlencode: filter('', (value) => {
    if (typeof value === 'string' || (!isDict(value) && !isList(value))) return percentEncode(str(value), '/');
    const pairs = isDict(value)
      ? dictEntries(value)
      : itemsOf(value).map((pair) => [itemsOf(pair)[0], itemsOf(pair)[1]]);
    return pairs.map(([key, item]) => `${formEncode(str(key))}=${formEncode(str(item))}`).join('&');
  }),
};

/** Everything but letters, digits, `_.-~` and the safe characters becomes %XX. */
function percentEncode(value: string, safe: string): string {
  return [...value]
    .map((c) =>
      /[\w.~-]/.test(c) || safe.includes(c) ? c : encodeURIComponent(/^[\ud800-\udfff]$/.test(c) ? '\ufffd' : c),
    )
    .join('')
    .replace(/[!'()*]/g, (c) => (safe.includes(c) ? c : `%${c.charCodeAt(0).toString(16).toUpperCase()}`));
}

const formEncode = (value: string): string => percentEncode(value, ' ').replaceAll(' ', '+');
