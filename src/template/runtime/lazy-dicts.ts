import { LazyDict, MISSING } from '../python/kinds.js';
import type { LazyMapping, Variable, Variables } from '../types.js';

/** Renders what is inside a mapping when it is touched. */
export interface Expander {
  /** Renders the templates in a value. `path` names the place, for messages about cycles. */
  expand(value: unknown, path: string): unknown;
  valueOf(variable: Variable, path: string): unknown;
  /** What the mapping has under the key; asked once. */
  memberOf(mapping: LazyMapping, key: string): Variable | undefined;
  /** The same, seen with other variables. */
  within(variables: Variables | undefined): Expander;
}

abstract class MemoDict extends LazyDict {
  readonly #values = new Map<string, unknown>();

  constructor(
    readonly rendering: Expander,
    readonly path: string,
  ) {
    super();
  }

  protected abstract make(key: string): unknown;

  get(key: string): unknown {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = this.make(key);
    if (value !== MISSING) this.#values.set(key, value);
    return value;
  }
}

/** A mapping in a playbook's text, whose values may be templates. */
export class TemplateDict extends MemoDict {
  constructor(
    rendering: Expander,
    readonly source: Readonly<Record<string, unknown>>,
    path: string,
  ) {
    super(rendering, path);
  }

  protected override make(key: string): unknown {
    return this.has(key) ? this.rendering.expand(this.source[key], `${this.path}.${key}`) : MISSING;
  }

  override keys(): string[] {
    return Object.keys(this.source);
  }

  override has(key: string): boolean {
    return Object.hasOwn(this.source, key);
  }
}

export class ExternalDict extends MemoDict {
  constructor(
    rendering: Expander,
    readonly source: LazyMapping,
    path: string,
  ) {
    super(rendering, path);
  }

  protected override make(key: string): unknown {
    const variable = this.rendering.memberOf(this.source, key);
    if (variable === undefined) return MISSING;
    return this.rendering.within(this.source.lazyVariables).valueOf(variable, `${this.path}.${key}`);
  }

  override keys(): string[] {
    return [...this.source.lazyKeys()];
  }

  override has(key: string): boolean {
    return this.source.lazyGet(key) !== undefined;
  }
}
