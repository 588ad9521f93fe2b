import { TemplateError } from '../errors.js';
import { pairsOf } from '../python/dict-methods.js';
import { Callable, type Kwargs, Thing } from '../python/kinds.js';
import { repr } from '../python/repr.js';

/** `namespace()`: what inner scopes may assign to. */
export class Namespace extends Thing {
  readonly typeName = 'Namespace';
  readonly #members = new Map<string, unknown>();

  constructor(args: readonly unknown[], kwargs: Kwargs) {
    super();
    for (const argument of args) for (const [name, value] of pairsOf(argument)) this.#members.set(String(name), value);
    for (const [name, value] of kwargs) this.#members.set(name, value);
  }

  attribute(name: string): unknown {
    return this.#members.get(name);
  }

  set(name: string, value: unknown): void {
    this.#members.set(name, value);
  }

  override repr(): string {
    return `<Namespace ${repr(this.#members)}>`;
  }
}

/** What `import` gives: the template's macros and the names it set. */
export class Module extends Thing {
  readonly typeName = 'TemplateModule';

  constructor(
    readonly name: string,
    readonly members: ReadonlyMap<string, unknown>,
    readonly text: string,
  ) {
    super();
  }

  attribute(name: string): unknown {
    return name.startsWith('_') ? undefined : this.members.get(name);
  }

  override repr(): string {
    return this.text;
  }
}

export class Cycler extends Thing {
  readonly typeName = 'Cycler';
  #at = 0;

  constructor(readonly items: readonly unknown[]) {
    super();
    if (items.length === 0) throw new TemplateError('at least one item has to be provided');
  }

  attribute(name: string): unknown {
    if (name === 'current') return this.items[this.#at];
    if (name === 'next') {
      return new Callable('next', () => {
        const item = this.items[this.#at];
        this.#at = (this.#at + 1) % this.items.length;
        return item;
      });
    }
    if (name === 'reset') {
      return new Callable('reset', () => {
        this.#at = 0;
        return null;
      });
    }
    return undefined;
  }
}
