import { floatText } from '../python/repr.js';

/** Texts that YAML 1.1 would read as something else than a text. */
const implicit: readonly RegExp[] = [
  /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  /^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
  /^(?:<<|=|~|null|Null|NULL|)$/,
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/,
];

export const looksTyped = (text: string): boolean => implicit.some((pattern) => pattern.test(text));

/** How PyYAML writes a float. */
export function yamlFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  const text = floatText(value);
  return !text.includes('.') && text.includes('e') ? text.replace('e', '.0e') : text;
}

export interface Analysis {
  multiline: boolean;
  flowPlain: boolean;
  blockPlain: boolean;
  singleQuoted: boolean;
  literal: boolean;
}

const isBreak = (c: string): boolean => c === '\n' || c === '\x85' || c === '\u2028' || c === '\u2029';
const isBlankOrEnd = (c: string | undefined): boolean => c === undefined || /[\0 \t\r\n\x85\u2028\u2029]/.test(c);
const printable = /^[\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/u;

/** What styles a text can be written in, as PyYAML's emitter decides. */
export function analyze(text: string): Analysis {
  if (text === '') return { multiline: false, flowPlain: false, blockPlain: true, singleQuoted: true, literal: false };
  let [blockIndicators, flowIndicators] = [false, false];
  let [breaks, special, spaceBreak, breakSpace] = [false, false, false, false];
  if (text.startsWith('---') || text.startsWith('...')) [blockIndicators, flowIndicators] = [true, true];
  const characters = [...text];
  characters.forEach((c, at) => {
    const isFollowed = isBlankOrEnd(characters[at + 1]);
    if (at === 0) {
      if ('#,[]{}&*!|>\'"%@`'.includes(c)) [blockIndicators, flowIndicators] = [true, true];
      if (c === '?' || c === ':') {
        flowIndicators = true;
        if (isFollowed) blockIndicators = true;
      }
      if (c === '-' && isFollowed) [blockIndicators, flowIndicators] = [true, true];
    } else {
      if (',?[]{}'.includes(c)) flowIndicators = true;
      if (c === ':') {
        flowIndicators = true;
        if (isFollowed) blockIndicators = true;
      }
      if (c === '#' && isBlankOrEnd(characters[at - 1])) [blockIndicators, flowIndicators] = [true, true];
    }
    if (isBreak(c)) breaks = true;
    if (!printable.test(c)) special = true;
    const before = characters[at - 1];
    if (c === ' ' && before !== undefined && isBreak(before)) breakSpace = true;
    if (isBreak(c) && before === ' ') spaceBreak = true;
  });
  const first = characters[0] ?? '';
  const last = characters.at(-1) ?? '';
  const isEdgy = first === ' ' || isBreak(first) || last === ' ' || isBreak(last);
  const noSingle = spaceBreak || special;
  const noPlain = isEdgy || breakSpace || noSingle || breaks;
  return {
    multiline: breaks,
    flowPlain: !noPlain && !flowIndicators,
    blockPlain: !noPlain && !blockIndicators,
    singleQuoted: !noSingle && !breakSpace,
    literal: !noSingle && last !== ' ',
  };
}
