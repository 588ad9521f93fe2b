export interface Word {
  text: string;
  /** Where the word begins in the line, counted from 0, and how long it is as written. */
  offset: number;
  length: number;
}

export interface SplitLine {
  words: Word[];
  /** What stopped the reading. */
  problem?: { message: string; offset: number };
  /** A `#` that was not at the beginning of a word and still began a comment, as Python's shlex has it. */
  gluedComment?: number;
}

const blank = /[ \t\r\n]/;

/** Splits a host line into words as Python's `shlex.split(line, comments=True)` does. */
export function splitHostLine(line: string): SplitLine {
  const words: Word[] = [];
  let word: Word | undefined;
  let quote: { mark: string; offset: number } | undefined;
  const end = (at: number): void => {
    if (word !== undefined) words.push({ ...word, length: at - word.offset });
    word = undefined;
  };
  for (let i = 0; i < line.length; i++) {
    const c = line.charAt(i);
    if (quote !== undefined) {
      if (c === quote.mark) {
        quote = undefined;
      } else if (c === '\\' && quote.mark === '"' && /["\\]/.test(line.charAt(i + 1))) {
        word = add(word, line.charAt(++i), i);
      } else {
        word = add(word, c, i);
      }
    } else if (blank.test(c)) {
      end(i);
    } else if (c === '#') {
      const isGlued = word !== undefined;
      end(i);
      return isGlued ? { words, gluedComment: i } : { words };
    } else if (c === '\\') {
      if (i + 1 === line.length) {
        end(i);
        return { words, problem: { message: 'nothing follows the "\\"', offset: i } };
      }
      word = add(word, line.charAt(i + 1), i);
      i += 1;
    } else {
      if (c === '"' || c === "'") quote = { mark: c, offset: i };
      word = add(word, quote === undefined ? c : '', i);
    }
  }
  end(line.length);
  if (quote !== undefined) return { words, problem: { message: `unclosed ${quote.mark}`, offset: quote.offset } };
  return { words };
}

function add(word: Word | undefined, text: string, offset: number): Word {
  if (word === undefined) return { text, offset, length: 0 };
  word.text += text;
  return word;
}
