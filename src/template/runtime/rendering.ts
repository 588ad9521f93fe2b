import { nearest } from '../../errors/index.js';
import { isLiteralText, readVaulted } from '../../values/index.js';
import type { Environment } from '../environment.js';
import { TemplateError, UndefinedError } from '../errors.js';
import { deepCopy } from '../python/copy.js';
import { Float, type Kwargs, MISSING, Undefined } from '../python/kinds.js';
import { mayBeTemplate, playbookSyntax } from '../syntax/delimiters.js';
import { isLazyMapping, type LazyMapping, type Variable, type Variables } from '../types.js';
import { apply } from './callables.js';
import type { Engine, Evaluation } from './contracts.js';
import { type Expander, ExternalDict, TemplateDict } from './lazy-dicts.js';
import { isUnsafe } from './text-kinds.js';
import { unknownName } from './unknown-name.js';

/** Shared by everything that one call from outside sets off. */
interface Budget {
  steps: number;
  depth: number;
  renderings: Map<Variables, Rendering>;
  /** What went into it. */
  trace: { isForeign: boolean; isUnrendered: boolean; isUnsafe: boolean };
  /** Texts that encrypted values turned out to be. */
  decrypted: Set<unknown>;
}

/** Variables may refer to each other this many levels deep. */
const DEEPEST = 100;
const MAX_STEPS = 10_000_000;

/** One evaluation: a call from outside and all that it touches. Variables are rendered at most once in it. */
export class Rendering implements Evaluation, Expander {
  at = 0;
  touchedData = false;
  copies = false;
  readonly #values = new Map<string, unknown>();
  readonly #unsafe = new Set<string>();
  /** Variables whose members are found when they are touched, and what was found. */
  readonly #lazy = new Map<string, Variable>();
  readonly #members = new WeakMap<LazyMapping, Map<string, Variable | undefined>>();
  #rendered: Set<string> | undefined;
  readonly #active: string[] = [];
  #bound: Map<string, unknown> | undefined;
  readonly #budget: Budget;
  readonly #maxSteps: number;

  constructor(
    readonly engine: Engine,
    readonly variables: Variables,
    budget?: Budget,
    readonly source: string | undefined = undefined,
  ) {
    this.#budget = budget ?? {
      steps: 0,
      depth: 0,
      renderings: new Map(),
      trace: { isForeign: false, isUnrendered: false, isUnsafe: false },
      decrypted: new Set(),
    };
    this.#budget.renderings.set(variables, this);
    this.#maxSteps = engine.options.maxSteps ?? MAX_STEPS;
  }

  get environment(): Environment {
    return this.engine.options.environment ?? {};
  }

  get trace(): Budget['trace'] {
    return this.#budget.trace;
  }

  /** What stands in a raw block, as every `!unsafe` text does, is never to be expanded again. */
  noteText(text: string): void {
    if (!text.includes('{% raw')) return;
    const { trace } = this.#budget;
    trace.isForeign = true;
    trace.isUnsafe ||= isLiteralText(text);
  }

  step(): void {
    if (++this.#budget.steps > this.#maxSteps) {
      throw new TemplateError(`the template takes more than ${this.#maxSteps} steps`, {
        code: 'template-too-big',
        fix: 'look for a loop over too long a range, or for loops within loops',
      });
    }
  }

  /** The same call from outside, seen with other variables. */
  within(variables: Variables | undefined): Rendering {
    if (variables === undefined) return this;
    return this.#budget.renderings.get(variables) ?? new Rendering(this.engine, variables, this.#budget, this.source);
  }

  variable(name: string): unknown {
    const known = this.#values.get(name);
    if (known !== undefined) {
      if (this.#unsafe.has(name)) this.#budget.trace.isUnsafe = true;
      return known;
    }
    const variable = this.variables.get(name);
    if (variable === undefined) return MISSING;
    if (isLazyMapping(variable.value)) this.#lazy.set(name, variable);
    let value = this.valueOf(variable, name);
    if (this.copies) value = deepCopy(value);
    this.#values.set(name, value);
    const { value: source, template } = variable;
    // An encrypted value is to its users like a text that was written in clear.
    if (template && typeof source === 'string' && mayBeTemplate(source) && readVaulted(source) === undefined) {
      this.#rendered ??= new Set();
      this.#rendered.add(name);
    }
    return value;
  }

  isRendered(name: string): boolean {
    return this.#rendered?.has(name) ?? false;
  }

  found(name: string): Variable | undefined {
    return this.#lazy.get(name) ?? this.variables.get(name);
  }

  memberOf(mapping: LazyMapping, key: string): Variable | undefined {
    const members = this.#members.get(mapping) ?? new Map<string, Variable | undefined>();
    this.#members.set(mapping, members);
    if (!members.has(key)) members.set(key, mapping.lazyGet(key));
    return members.get(key);
  }

  isUnsafe(path: string): boolean {
    return this.#unsafe.has(path);
  }

  isDecrypted(value: unknown): boolean {
    return this.#budget.decrypted.has(value);
  }

  global(name: string): unknown {
    const make = this.engine.boundGlobals.get(name);
    if (make === undefined) return this.engine.globals.get(name);
    let bound = this.#bound?.get(name);
    if (bound === undefined) {
      bound = make(this);
      this.#bound ??= new Map();
      this.#bound.set(name, bound);
    }
    return bound;
  }

  undefinedName(name: string): Undefined {
    return new UndefinedName(name, this);
  }

  /** `path` names the place for messages about cycles. */
  valueOf(variable: Variable, path: string): unknown {
    const { value, template, origin } = variable;
    if (template) return this.expand(value, path);
    if (origin !== 'author' && origin !== 'rearranged') this.touchedData = true;
    if (isLazyMapping(value)) return new ExternalDict(this, value, path);
    const { trace } = this.#budget;
    if (origin === undefined || origin === 'rearranged') trace.isForeign = true;
    else if (origin === 'unrendered') trace.isUnrendered = true;
    if (isUnsafe(variable)) this.#noteUnsafe(path);
    return value === undefined ? null : value;
  }

  #noteUnsafe(path: string): void {
    this.#unsafe.add(path);
    this.#budget.trace.isUnsafe = true;
  }

  /** Renders the templates in a value: strings and lists now, mappings when they are touched. */
  expand(value: unknown, path: string): unknown {
    if (typeof value === 'string') return mayBeTemplate(value) ? this.#expandText(value, path) : value;
    if (typeof value !== 'object' || value === null || value instanceof Float)
      return value === undefined ? null : value;
    if (Array.isArray(value)) {
      return this.guarded(path, () => value.map((item, index) => this.expand(item, `${path}[${index}]`)));
    }
    if (isLazyMapping(value)) return new ExternalDict(this, value, path);
    return new TemplateDict(this, value as Record<string, unknown>, path);
  }

  #expandText(text: string, path: string): unknown {
    const { at } = this;
    const { trace } = this.#budget;
    const isUnsafeAround = trace.isUnsafe;
    trace.isUnsafe = false;
    this.noteText(text);
    try {
      const value = this.guarded(path, () => this.engine.compile(text, playbookSyntax).renderNative(this));
      if (readVaulted(text) !== undefined) this.#budget.decrypted.add(value);
      const isMember = value instanceof Undefined && value.constructor === Undefined;
      return isMember ? new Undefined(`${text}: ${value.message}`, value.options) : value;
    } catch (error) {
      // A variable that cannot be had is itself undefined: an error only where it is used.
      if (!(error instanceof UndefinedError)) throw error;
      const message = error.message.includes(': ') ? error.message : `${text}: ${error.message}`;
      return new Undefined(message, { variable: error.variable, fix: error.fix });
    } finally {
      this.at = at;
      if (trace.isUnsafe) this.#unsafe.add(path);
      trace.isUnsafe ||= isUnsafeAround;
    }
  }

  /** Runs what makes the value at `path`; coming back to the same path meanwhile is a cycle. */
  guarded<T>(path: string, make: () => T): T {
    const start = this.#active.indexOf(path);
    if (start >= 0 || this.#budget.depth >= DEEPEST) {
      const chain = [...this.#active.slice(Math.max(start, 0)), path];
      throw new TemplateError(`recursive loop detected in template: ${shorten(chain).join(' -> ')}`, {
        code: 'template-recursion',
        fix: 'give one of these variables a value that does not lead back to itself',
      });
    }
    this.#active.push(path);
    this.#budget.depth++;
    try {
      return make();
    } finally {
      this.#budget.depth--;
      this.#active.pop();
    }
  }

  applyFilter(name: string, value: unknown, args: readonly unknown[], kwargs: Kwargs): unknown {
    const filter = this.engine.filters.get(name);
    if (filter === undefined) throw unknownName('filter', name, this.engine.filters.keys());
    this.step();
    return apply(filter, { what: 'filter', name, context: this }, value, args, kwargs);
  }

  applyTest(name: string, value: unknown, args: readonly unknown[], kwargs: Kwargs): boolean {
    const test = this.engine.tests.get(name);
    if (test === undefined) throw unknownName('test', name, this.engine.tests.keys());
    this.step();
    return apply(test, { what: 'test', name, context: this }, value, args, kwargs);
  }

  hasFilter(name: string): boolean {
    return this.engine.filters.has(name);
  }

  hasTest(name: string): boolean {
    return this.engine.tests.has(name);
  }
}

const shorten = (chain: string[]): string[] =>
  chain.length > 12 ? [...chain.slice(0, 6), '…', ...chain.slice(-5)] : chain;

/** The nearest name is looked for only when the error happens: there may be thousands of variables. */
class UndefinedName extends Undefined {
  constructor(
    readonly variable: string,
    readonly rendering: Rendering,
  ) {
    super(`'${variable}' is undefined`, { variable });
  }

  override fail(): never {
    const near = nearest(this.variable, this.rendering.variables.names());
    throw new UndefinedError(this.message, {
      variable: this.variable,
      ...(near === undefined ? {} : { fix: `did you mean '${near}'?` }),
    });
  }
}
