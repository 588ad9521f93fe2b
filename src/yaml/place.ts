import type { Position } from '../errors/index.js';

/** Where a value stands in its text, by offsets; a parallel tree to the value. Aliases share the places they point at. */
export interface Place {
  start: number;
  end: number;
  /** Offsets of the key, where the value belongs to one. */
  key?: readonly [number, number];
  /** The text of a plain scalar that was read as something else than a string. */
  source?: string;
  unsafe?: true;
  children?: Map<string | number, Place>;
}

export type Path = readonly (string | number)[];

/** Turns offsets into lines and columns. */
export class Lines {
  readonly #starts: number[] = [0];
  readonly #text: string;
  readonly #file: string;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** Index of the line that holds the offset, from 0. */
  indexOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The line's text without its end. */
  text(index: number): string {
    const start = this.#starts[index];
    if (start === undefined) return '';
    const next = this.#starts[index + 1];
    return this.#text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, '');
  }

  start(index: number): number {
    return this.#starts[index] ?? this.#text.length;
  }

  slice(start: number, end: number): string {
    return this.#text.slice(start, end);
  }

  /** The nearest span of `word` that ends at or before the offset; the offset itself where there is none. */
  spanBefore(offset: number, word: string): [number, number] {
    const at = this.#text.lastIndexOf(word, Math.max(0, offset - word.length));
    return at === -1 ? [offset, offset + 1] : [at, at + word.length];
  }

  position(start: number, end: number = start + 1): Position {
    const index = this.indexOf(Math.min(start, this.#text.length));
    const column = start - this.start(index);
    const visible = this.text(index)
      .slice(column, column + Math.max(1, end - start))
      .trimEnd();
    return { file: this.#file, line: index + 1, column: column + 1, length: Math.max(1, visible.length) };
  }
}

/** The place at the path, or the innermost one on the way that exists. */
export function placeAt(root: Place, path: Path): Place {
  let place = root;
  for (const step of path) {
    const child = place.children?.get(step);
    if (child === undefined) return place;
    place = child;
  }
  return place;
}
