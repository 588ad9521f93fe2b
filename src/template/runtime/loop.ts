import { TemplateError } from '../errors.js';
import { isEqual } from '../python/compare.js';
import { Callable, Undefined } from '../python/kinds.js';

/** `loop` inside a for: also called with a list, where the loop is recursive. */
export class Loop extends Callable {
  index = 0;
  #changed: readonly unknown[] | undefined;

  constructor(
    readonly items: readonly unknown[],
    readonly depth: number,
    recurse: Callable | undefined,
  ) {
    super(
      'loop',
      (args, kwargs) => {
        if (recurse !== undefined) return recurse.call(args, kwargs);
        throw new TemplateError("the loop must have the 'recursive' marker to be called recursively");
      },
      'LoopContext',
    );
  }

  override attribute(name: string): unknown {
    const { index, items } = this;
    switch (name) {
      case 'index':
        return index + 1;
      case 'index0':
        return index;
      case 'revindex':
        return items.length - index;
      case 'revindex0':
        return items.length - index - 1;
      case 'first':
        return index === 0;
      case 'last':
        return index === items.length - 1;
      case 'length':
        return items.length;
      case 'depth':
        return this.depth + 1;
      case 'depth0':
        return this.depth;
      case 'previtem':
        return index === 0 ? new Undefined('there is no previous item') : items[index - 1];
      case 'nextitem':
        return index === items.length - 1 ? new Undefined('there is no next item') : items[index + 1];
      case 'cycle':
        return new Callable('cycle', (args) => {
          if (args.length === 0) throw new TemplateError('no items for cycling given');
          return args[index % args.length];
        });
      case 'changed':
        return new Callable('changed', (args) => {
          const before = this.#changed;
          this.#changed = args;
          return (
            before === undefined ||
            before.length !== args.length ||
            !args.every((each, at) => isEqual(each, before[at]))
          );
        });
      default:
        return undefined;
    }
  }
}
