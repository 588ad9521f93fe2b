import type { Mapping, Value } from '../values/index.js';
import type { Environment } from './environment.js';
import type { Filter, Test } from './runtime/callables.js';
import type { Delimiters } from './syntax/delimiters.js';

/** Ansible's Python class of a text, as `type_debug` names it; `type` where it writes out a class. */
export type TextKind =
  | 'str'
  | 'AnsibleUnicode'
  | 'AnsibleUnsafeText'
  | 'NativeJinjaText'
  | 'NativeJinjaUnsafeText'
  | 'AnsibleVaultEncryptedUnicode'
  | 'type';

/** What a variable name stands for. */
export interface Variable {
  value: unknown;
  /**
   * True: strings inside are templates and are expanded lazily, when they are touched. False: data (from hosts,
   * registered, already rendered), never expanded.
   */
  template: boolean;
  /**
   * Of what is not expanded: `author`, it is known to come from the playbook or the inventory, not from a host;
   * `rearranged`, a lookup put it together from such text, after which nothing in it is filled in any more; `unrendered`,
   * it is such text whose templates could not be filled in yet. By default it is data.
   */
  origin?: 'author' | 'rearranged' | 'unrendered';
  /** Of what is not expanded: what kind of text it is, or has in it. By default its origin says. */
  kind?: TextKind | undefined;
}

/** A rendered value and what went into it. */
export interface Traced {
  value: Value;
  /** Nothing but the author's own text and values went into it: no data, no lookup, nothing marked unsafe. */
  isOwn: boolean;
  /** It holds text of the author's whose templates are still to be filled in. */
  isUnrendered: boolean;
  /** What kind of text it is, or has in it. */
  kind(): TextKind;
}

/**
 * The variables of one evaluation. `get` may throw `Pending`: it passes through everything. Asked once a name and
 * evaluation.
 */
export interface Variables {
  get(name: string): Variable | undefined;
  names(): Iterable<string>;
}

/** A mapping whose members are found when they are touched: hostvars, ansible_facts. */
export interface LazyMapping {
  lazyGet(key: string): Variable | undefined;
  lazyKeys(): Iterable<string>;
  /** What templates among the members see; default the variables of the evaluation. Another host's, for its hostvars. */
  readonly lazyVariables?: Variables;
}

export const isLazyMapping = (value: unknown): value is LazyMapping =>
  typeof value === 'object' && value !== null && typeof (value as { lazyGet?: unknown }).lazyGet === 'function';

/**
 * A lookup plugin, which gives a list (or, against the rules, a mapping): `terms` are the arguments after the plugin's name, one list in one argument is spread. Throws
 * TemplateError for what went wrong (`errors='ignore'` is honoured by the caller), `Pending` for what is on its way.
 */
export type Lookup = (terms: Value[], kwargs: Mapping, variables: Variables) => Value[] | Mapping;

export interface TemplarOptions {
  lookups?: Readonly<Record<string, Lookup>>;
  /** Added to, or in place of, the ones that are built in. */
  filters?: Readonly<Record<string, Filter>>;
  tests?: Readonly<Record<string, Test>>;
  /** Values, or functions of positional and named arguments. */
  globals?: Readonly<Record<string, Value | ((args: Value[], kwargs: Mapping) => Value)>>;
  environment?: Environment;
  /**
   * Ansible's jinja2_native. True: any text that reads as a literal becomes one, numbers too. False: an expression alone
   * that gives nothing is the empty text. By default neither.
   */
  native?: boolean;
  /** The text of a template for include, import, extends and `lookup('template')`. */
  loadTemplate?(name: string): string | undefined;
  onDeprecated?(message: string): void;
  /** The most steps (loop rounds, calls) of one evaluation; default 10 million. */
  maxSteps?: number;
}

export interface TextOptions {
  /** The file's name, for messages. */
  name?: string;
  /** Default true, as Ansible's template module. */
  trimBlocks?: boolean;
  lstripBlocks?: boolean;
  /** Default '\n'. */
  newlineSequence?: '\n' | '\r\n' | '\r';
  /** Default true. */
  keepTrailingNewline?: boolean;
  delimiters?: Partial<Delimiters>;
}

export interface TemplateProblem {
  code: string;
  message: string;
  offset: number;
  /** From 1. */
  line: number;
  column: number;
  fix?: string;
}

export interface CheckOptions {
  /** The text is a bare expression (a condition), not a template. */
  expression?: boolean;
}

export interface Templar {
  /** More filters, tests and lookups, in place of those of the name that are there. */
  addPlugins(plugins: Pick<TemplarOptions, 'filters' | 'tests' | 'lookups'>): void;
  /** Renders every string that holds a template, in lists and mappings too, keys included. One `{{ }}` alone keeps its type. */
  render(value: Value, variables: Variables): Value;
  /** The same, and what went into it. */
  renderTraced(value: Value, variables: Variables): Traced;
  /** Evaluates a bare expression; one wrapped in `{{ }}` is deprecated but works. */
  evaluate(expression: string, variables: Variables): Value;
  /** `when` and its kin: a boolean, an expression, or a list of which all must hold. */
  evaluateCondition(expression: Value, variables: Variables): boolean;
  /** A template file; its `#jinja2:` header line is honoured. */
  renderText(source: string, variables: Variables, options?: TextOptions): string;
  /** The first thing wrong with a text that can be told without values. */
  check(text: string, options?: CheckOptions): TemplateProblem | undefined;
  /** The variables' names a text uses; globals and names it sets itself are left out. */
  references(text: string, options?: CheckOptions): Set<string>;
}
