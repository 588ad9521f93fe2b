import { dumpYaml } from '../template/index.js';
import { isMapping, type Mapping, type Value } from '../values/index.js';
import { jsonText } from './json-text.js';
import { harmless } from './text.js';

/** Ansible's settings of the form in which results are shown. */
export interface ResultStyle {
  /** result_format. */
  format: 'json' | 'yaml';
  /** pretty_results: over several lines or not, whatever is shown; undefined: as usual with the format. */
  pretty: boolean | undefined;
}

const usual: ResultStyle = { format: 'json', pretty: undefined };

interface Shape {
  style: ResultStyle | undefined;
  verbosity: number;
  /** What people are to read is shown over several lines. */
  speaks: boolean;
}

/** A result behind the arrow, as Ansible's default callback writes it; YAML begins on a line of its own. */
export function resultText(value: Mapping, { style = usual, verbosity, speaks }: Shape): string {
  const isWide = speaks || verbosity > 2 || (style.pretty === undefined && style.format === 'yaml');
  return written(value, style, (style.pretty ?? isWide) ? 4 : 0);
}

/** What set_stats has said, on one line. */
export const statsText = (value: Mapping, style: ResultStyle = usual): string =>
  written(value, style, style.pretty === false ? 0 : 1).replaceAll('\n', '');

function written(value: Mapping, { format, pretty }: ResultStyle, indent: number): string {
  if (format === 'json') return harmless(jsonText(value, indent));
  const isExact = pretty === false;
  const text = dumpYaml(isExact ? value : legible(value), {
    flow: false,
    literal: true,
    ...(indent > 0 && { indent }),
  });
  const margin = ' '.repeat(indent || 4);
  return `\n${harmless(text)
    .replace(/\n$/, '')
    .replace(/^(?=.*\S)/gm, margin)}`;
}

/** Lines that the text beside them holds already are left out, and texts are as YAML can show them line by line. */
function legible(value: Mapping): Mapping {
  const shown: Mapping = { ...value };
  for (const name of ['stdout', 'stderr']) {
    if (name in shown && `${name}_lines` in shown) shown[`${name}_lines`] = '<omitted>';
  }
  return readable(shown) as Mapping;
}

function readable(value: Value): Value {
  if (typeof value === 'string') return /[\n\x85\u2028\u2029]/.test(value) ? byLines(value) : value;
  if (Array.isArray(value)) return value.map(readable);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readable(item)]));
}

/** Without blanks at the ends of lines and control characters, and with tabs as blanks. */
const byLines = (text: string): string =>
  expandTabs(text.trimEnd())
    .replace(/[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10fffe}]/gu, '')
    .replace(/ +([\n\x85\u2028\u2029])/g, '$1');

/** As Python's `expandtabs`: columns of eight, counted from the last line end. */
function expandTabs(text: string): string {
  let column = 0;
  return text.replace(/[\n\r]|\t|[^\n\r\t]+/g, (part) => {
    if (part === '\n' || part === '\r') column = 0;
    else if (part !== '\t') column += [...part].length;
    else {
      const blanks = 8 - (column % 8);
      column += blanks;
      return ' '.repeat(blanks);
    }
    return part;
  });
}
