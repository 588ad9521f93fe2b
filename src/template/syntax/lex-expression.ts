import { unescapePython } from '../../values/index.js';
import { TemplateError } from '../errors.js';
import type { Token } from './token.js';

const blank = /\s+/y;
const floatText = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?[eE][-+]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/y;
const integerText = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y;
const nameText = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const stringText = /'([^'\\]*(?:\\[\s\S][^'\\]*)*)'|"([^"\\]*(?:\\[\s\S][^"\\]*)*)"/y;
const operatorText = /\*\*|\/\/|==|!=|>=|<=|[-+/*%~[\](){}<>=.:|,;]/y;

const closing: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

export interface ExpressionLexing {
  source: string;
  start: number;
  /** Matched where no bracket is open; undefined reads to the end of the source. */
  end: RegExp | undefined;
  rawStrings: boolean;
}

/** Adds the tokens of an expression or statement; the answer is the match of its end, or undefined at the source's end. */
export function lexExpression(lexing: ExpressionLexing, tokens: Token[]): RegExpExecArray | undefined {
  const { source, end, rawStrings } = lexing;
  const open: string[] = [];
  let at = lexing.start;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  for (;;) {
    if (end !== undefined && open.length === 0) {
      const stop = match(end);
      if (stop !== null) return stop;
    }
    if (at >= source.length) return undefined;
    const space = match(blank);
    if (space !== null) {
      at += space[0].length;
      continue;
    }
    const token = readToken(match, at, rawStrings, tokens);
    if (token === undefined) throw unreadable(source, at);
    if (token.type === 'operator') {
      if ('([{'.includes(token.value)) open.push(token.value);
      const opening = closing[token.value];
      if (opening !== undefined && open.pop() !== opening) {
        throw new TemplateError(`unexpected '${token.value}'`, { code: 'template-syntax', offset: at });
      }
    }
    tokens.push(token);
    at += token.length;
  }
}

type Match = (pattern: RegExp) => RegExpExecArray | null;

function readToken(
  match: Match,
  offset: number,
  raw: boolean,
  before: readonly Token[],
): (Token & { length: number }) | undefined {
  const name = match(nameText);
  if (name !== null) return { type: 'name', value: name[0], offset, length: name[0].length };
  const previous = before[before.length - 1];
  const isAfterDot = previous?.type === 'operator' && previous.value === '.';
  const real = isAfterDot ? null : match(floatText);
  if (real !== null) return { type: 'float', value: real[0], offset, length: real[0].length };
  const integer = match(integerText);
  if (integer !== null) return { type: 'integer', value: integer[0], offset, length: integer[0].length };
  const text = match(stringText);
  if (text !== null) {
    const body = text[1] ?? text[2] ?? '';
    return { type: 'string', value: raw ? body : unescapePython(body), offset, length: text[0].length };
  }
  const operator = match(operatorText);
  if (operator !== null) return { type: 'operator', value: operator[0], offset, length: operator[0].length };
  return undefined;
}

function unreadable(source: string, at: number): TemplateError {
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
  const isQuote = character === "'" || character === '"';
  return new TemplateError(
    isQuote ? `the string that begins here is not closed` : `unexpected character ${JSON.stringify(character)}`,
    { code: 'template-syntax', offset: at },
  );
}
