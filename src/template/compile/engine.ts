import { builtinFilters } from '../filters/index.js';
import { testsAsFilters } from '../filters/tests-as-filters.js';
import { boundLookups, placeholder } from '../lookups/bound.js';
import { pureLookups } from '../lookups/pure.js';
import type { Filter, Test } from '../runtime/callables.js';
import type { Engine } from '../runtime/contracts.js';
import { boundGlobals, globalsOf } from '../runtime/globals.js';
import type { Syntax } from '../syntax/delimiters.js';
import { builtinTestsByName } from '../tests/index.js';
import type { Lookup, TemplarOptions } from '../types.js';
import { type CompiledTemplate, compileTemplate } from './template.js';

/** So many texts are kept compiled; then the cache starts anew. */
const CACHE_SIZE = 5000;

export interface TemplateEngine extends Engine {
  readonly filters: Map<string, Filter>;
  readonly tests: Map<string, Test>;
  readonly lookups: Map<string, Lookup>;
  compile(source: string, syntax: Syntax, name?: string): CompiledTemplate;
}

export function createEngine(options: TemplarOptions): TemplateEngine {
  const added = <T>(own: Iterable<[string, T]>, more: Readonly<Record<string, T>> | undefined): Map<string, T> =>
    new Map([...own, ...Object.entries(more ?? {})]);
  const builtin = new Map(builtinFilters());
  const { onDeprecated = () => undefined } = options;
  const bound = Object.keys(boundLookups).map((name): [string, Lookup] => [name, placeholder]);
  // Syntaxes are few objects that live long, so each has its own texts.
  const caches = new WeakMap<Syntax, Map<string, CompiledTemplate>>();
  const engine: TemplateEngine = {
    filters: added([...testsAsFilters(new Set(builtin.keys()), onDeprecated), ...builtin], options.filters),
    tests: added(builtinTestsByName(), options.tests),
    lookups: added([...Object.entries(pureLookups), ...bound], options.lookups),
    globals: globalsOf(options),
    boundGlobals: new Map([...boundGlobals].filter(([name]) => !Object.hasOwn(options.globals ?? {}, name))),
    options,
    compile(source, syntax, name) {
      let cache = caches.get(syntax);
      if (cache === undefined || cache.size >= CACHE_SIZE) {
        cache = new Map();
        caches.set(syntax, cache);
      }
      const key = name === undefined ? source : `${name}\0${source}`;
      const known = cache.get(key);
      if (known !== undefined) return known;
      const compiled = compileTemplate(source, syntax, engine, name);
      cache.set(key, compiled);
      return compiled;
    },
  };
  return engine;
}
