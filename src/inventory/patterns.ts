import { type Diagnostic, KprovError, nearest } from '../errors/index.js';
import { BoundedRegExp } from '../values/bounded-regexp.js';
import { type Files, globMatcher } from '../values/index.js';
import { parseAddress } from './address.js';
import type { Inventory } from './model.js';
import { localhostNames, showName } from './names.js';
import { placeOf } from './place.js';

export interface MatchedHosts {
  /** Each once, in the order in which the patterns name them. */
  hosts: string[];
  diagnostics: Diagnostic[];
}

/** Splits `a:b`, `a,b` and lists into single patterns; a colon inside brackets or an address splits nothing. */
export function splitPatterns(pattern: string | readonly string[]): string[] {
  if (typeof pattern !== 'string') return pattern.flatMap((part) => splitPatterns(part));
  let parts: string[];
  if (pattern.includes(',')) parts = pattern.split(',');
  else if (parseAddress(pattern) !== undefined) parts = [pattern];
  else parts = pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** Reads the files behind `@file` in a limit: one pattern on each line. Relative files start at `cwd`. */
export function expandLimit(
  limit: string | readonly string[],
  io: { files: Files; cwd: string },
): { patterns: string[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const patterns = splitPatterns(limit).flatMap((pattern) => {
    if (!pattern.startsWith('@')) return [pattern];
    const { path, shown } = placeOf(pattern.slice(1), io.cwd);
    let text: string | undefined;
    let why = 'after the "@" comes a file with one host or pattern on each line';
    try {
      text = io.files.read(path);
    } catch (error) {
      if (!(error instanceof KprovError)) throw error;
      why = error.message;
    }
    if (text !== undefined)
      return text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
    diagnostics.push({
      severity: 'error',
      code: 'limit-file',
      message: `cannot read the limit file ${showName(shown)}`,
      why,
    });
    return [];
  });
  return { patterns, diagnostics };
}

/**
 * The hosts of a pattern in Ansible's grammar: names, groups, globs, `~regex`, `group[0]`, `group[1:3]`, joined by `:` or
 * `,`; `:&` keeps only what also matches, `:!` takes away. A limit is a second pattern that hosts must match too.
 */
export function matchHosts(
  inventory: Inventory,
  pattern: string | readonly string[],
  limit?: string | readonly string[],
): MatchedHosts {
  const diagnostics: Diagnostic[] = [];
  const matcher = new Matcher(inventory, (diagnostic) => diagnostics.push(diagnostic));
  let hosts = matcher.evaluate(splitPatterns(pattern));
  const limits = limit === undefined ? [] : splitPatterns(limit);
  if (limits.length > 0) {
    const allowed = new Set(matcher.evaluate(limits));
    hosts = hosts.filter((host) => allowed.has(host));
  }
  return { hosts: [...new Set(hosts)], diagnostics };
}

const subscripted = /^(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]$/s;

class Matcher {
  constructor(
    private readonly inventory: Inventory,
    private readonly report: (diagnostic: Diagnostic) => void,
  ) {}

  /** Unions first, then intersections, then exclusions, wherever they stand. */
  evaluate(patterns: readonly string[]): string[] {
    const [plain, intersections, exclusions] = [/^[^&!]/s, /^&/, /^!/].map((form) =>
      patterns.filter((p) => form.test(p)),
    );
    const unions = plain === undefined || plain.length === 0 ? ['all'] : plain;
    const hosts = new Set(unions.flatMap((one) => (this.inventory.hosts.has(one) ? [one] : this.#match(one))));
    for (const one of intersections ?? []) {
      const kept = new Set(this.#match(one.slice(1)));
      for (const host of hosts) if (!kept.has(host)) hosts.delete(host);
    }
    for (const one of exclusions ?? []) for (const host of this.#match(one.slice(1))) hosts.delete(host);
    return [...hosts];
  }

  #error(code: string, message: string, why: string): string[] {
    this.report({ severity: 'error', code, message, why });
    return [];
  }

  #match(pattern: string): string[] {
    if (pattern === '') return this.#error('bad-pattern', 'an empty host pattern', 'after "&" and "!" comes a pattern');
    const subscript = pattern.startsWith('~') ? null : subscripted.exec(pattern);
    if (subscript === null) return this.#enumerate(pattern);
    const [, expression = '', index, start, end] = subscript;
    const hosts = this.#enumerate(expression);
    if (hosts.length === 0) return [];
    // Ansible takes [3:0] for [3].
    const single = index ?? (Number(end) === 0 && end !== '' ? start : undefined);
    if (single === undefined) return hosts.slice(Number(start), end === '' ? undefined : Number(end) + 1);
    const host = hosts.at(Number(single));
    if (host !== undefined) return [host];
    const why = `${showName(expression)} has ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}, counted from 0`;
    return this.#error('no-such-host', `no host matches ${showName(pattern)}`, why);
  }

  #enumerate(expression: string): string[] {
    const matches = this.#matcher(expression);
    if (matches === undefined) return [];
    const groups = [...this.inventory.groups.values()].filter((group) => matches(group.name));
    const hosts = groups.flatMap((group) => [...group.hosts]);
    if (groups.length === 0 || /^~|[.?*[]/.test(expression)) {
      for (const name of this.inventory.hosts.keys()) if (matches(name)) hosts.push(name);
    }
    if (hosts.length > 0) return hosts;
    if (localhostNames.includes(expression)) return [this.#localhost(expression)];
    if (groups.length === 0) this.#reportUnmatched(expression);
    return [];
  }

  /** A localhost of the inventory stands for all three names. */
  #localhost(name: string): string {
    for (const host of this.inventory.hosts.keys()) if (localhostNames.includes(host)) return host;
    return name;
  }

  #matcher(expression: string): ((name: string) => boolean) | undefined {
    if (!expression.startsWith('~')) {
      return /[*?[]/.test(expression) ? globMatcher(expression) : (name) => name === expression;
    }
    try {
      const pattern = compileRegex(expression.slice(1));
      return (name) => pattern.test(name);
    } catch {
      this.#error(
        'bad-pattern',
        `bad regular expression ${showName(expression)}`,
        'after "~" comes a regular expression',
      );
      return undefined;
    }
  }

  #reportUnmatched(expression: string): void {
    const better = nearest(expression, [...this.inventory.groups.keys(), ...this.inventory.hosts.keys()]);
    this.report({
      severity: 'warning',
      code: 'unmatched-pattern',
      message: `no host and no group matches ${showName(expression)}`,
      ...(better === undefined ? {} : { fix: `did you mean ${showName(better)}?` }),
    });
  }
}

/** A Python regular expression that must match from the beginning. */
function compileRegex(source: string): RegExp {
  const flags = /^\(\?([aimsux]+)\)/.exec(source);
  const body = source
    .slice(flags?.[0].length ?? 0)
    .replaceAll('(?P<', '(?<')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replaceAll('\\A', '^')
    .replaceAll('\\Z', '$');
  const wanted = [...'ims'].filter((flag) => flags?.[1]?.includes(flag)).join('');
  return new BoundedRegExp(`^(?:${body})`, wanted);
}
