import { MISSING } from '../python/kinds.js';
import type { Evaluation } from './contracts.js';
import type { Output } from './output.js';

/** Runs a block of a template into the frame's output. */
export type BlockBody = (frame: Frame) => unknown;

/** What one template and those it extends share while they are rendered. */
export class Run {
  /** Per block the bodies from the most derived template to the base. */
  readonly blocks = new Map<string, BlockBody[]>();
  /** The template that this one extends; set when `extends` is reached. */
  parentName: string | undefined;
}

/** One scope of names. */
export class Frame {
  #names: Map<string, unknown> | undefined;

  constructor(
    readonly rendering: Evaluation,
    readonly run: Run,
    public output: Output,
    readonly parent: Frame | undefined = undefined,
  ) {}

  child(output: Output = this.output): Frame {
    return new Frame(this.rendering, this.run, output, this);
  }

  set(name: string, value: unknown): void {
    this.#names ??= new Map();
    this.#names.set(name, value);
  }

  local(name: string): unknown {
    for (let frame: Frame | undefined = this; frame !== undefined; frame = frame.parent) {
      const value = frame.#names?.get(name);
      if (value !== undefined) return value;
    }
    return MISSING;
  }

  resolve(name: string): unknown {
    const local = this.local(name);
    if (local !== MISSING) return local;
    const value = this.rendering.variable(name);
    if (value !== MISSING) return value;
    const global = this.rendering.global(name);
    return global === undefined ? this.rendering.undefinedName(name) : global;
  }

  /** The names set in this very scope. */
  exported(): ReadonlyMap<string, unknown> {
    return this.#names ?? new Map();
  }

  /** Puts all names of this scope and the ones around it into one, for an included template. */
  flattened(): Map<string, unknown> {
    const names = this.parent?.flattened() ?? new Map<string, unknown>();
    for (const [name, value] of this.exported()) names.set(name, value);
    return names;
  }
}
