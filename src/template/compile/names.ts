import type { Engine } from '../runtime/contracts.js';
import { unknownName } from '../runtime/unknown-name.js';
import type { Expression } from '../syntax/ast.js';

/** Prefixes of fully qualified names whose last part is a filter or test of ours. */
const collections = /^(?:ansible\.builtin|ansible\.legacy|ansible\.utils|ansible\.netcommon|community\.general)\./;

/** Checks names while a template is compiled. */
export interface Names {
  /** The filter's short name; throws where there is no such filter. */
  filter(name: string, offset: number): string;
  test(name: string, offset: number): string;
  /** Looks at a call: a lookup with a constant name must exist. */
  call(node: Extract<Expression, { kind: 'call' }>): void;
}

const shortName = (name: string): string => name.replace(collections, '');

export function namesOf(engine: Engine): Names {
  const check = (what: string, known: ReadonlyMap<string, unknown>) => (name: string, offset: number) => {
    const short = known.has(name) ? name : shortName(name);
    if (!known.has(short)) throw unknownName(what, name, known.keys(), offset);
    return short;
  };
  const lookup = check('lookup', engine.lookups);
  return {
    filter: check('filter', engine.filters),
    test: check('test', engine.tests),
    call({ target, args, offset }) {
      if (target.kind !== 'name' || !['lookup', 'query', 'q'].includes(target.name)) return;
      const [first] = args.positional;
      if (first?.kind === 'constant' && typeof first.value === 'string') lookup(first.value, first.offset ?? offset);
    },
  };
}
