import type { Mapping } from '../values/index.js';
import type { Condition, Inherited, Scope } from './model.js';
import { isTemplate } from './words.js';

/** A level's own keywords, converted, by their names. */
export type Own = ReadonlyMap<string, unknown>;

/** The keywords of which the inner one replaces the outer one. */
const replaced: Readonly<Record<string, keyof Inherited>> = {
  become: 'become',
  become_user: 'becomeUser',
  become_method: 'becomeMethod',
  become_flags: 'becomeFlags',
  become_exe: 'becomeExe',
  remote_user: 'remoteUser',
  connection: 'connection',
  port: 'port',
  no_log: 'noLog',
  ignore_errors: 'ignoreErrors',
  ignore_unreachable: 'ignoreUnreachable',
  any_errors_fatal: 'anyErrorsFatal',
  check_mode: 'checkMode',
  diff: 'diff',
  run_once: 'runOnce',
  delegate_to: 'delegateTo',
  delegate_facts: 'delegateFacts',
  notify: 'notify',
  timeout: 'timeout',
  throttle: 'throttle',
  debugger: 'debugger',
};

export const nothingInherited: Inherited = { when: [], tags: [], environment: [], moduleDefaults: [] };

const listOf = <T>(own: Own, name: string): readonly T[] => (own.get(name) as readonly T[] | undefined) ?? [];

/** Appends without copying where there is nothing to append. */
const extended = <T>(outer: readonly T[], inner: readonly T[]): readonly T[] =>
  inner.length === 0 ? outer : outer.length === 0 ? inner : [...outer, ...inner];

/** The outer level's keywords with a level's own put on top, as Ansible inherits them. */
export function inherit(outer: Inherited, own: Own): Inherited {
  const merged: Record<string, unknown> = {
    ...outer,
    when: extended(outer.when, listOf<Condition>(own, 'when')),
    tags: [...new Set(extended(outer.tags, listOf<string>(own, 'tags')))],
    environment: extended(outer.environment, listOf(own, 'environment')),
    moduleDefaults: extended(outer.moduleDefaults, listOf(own, 'module_defaults')),
  };
  for (const [keyword, field] of Object.entries(replaced)) {
    const value = own.get(keyword);
    if (value === undefined) continue;
    if (typeof value === 'string' && isTemplate(value) && outer[field] !== undefined) {
      merged.outer = { ...(merged.outer as object), [field]: [outer[field], ...(outer.outer?.[field] ?? [])] };
    }
    merged[field] = value;
  }
  return merged as unknown as Inherited;
}

/** The scope inside a level that has these keywords. */
export function scopeInside(scope: Scope, own: Own): Scope {
  const vars = own.get('vars') as Mapping | undefined;
  return {
    ...scope,
    inherited: inherit(scope.inherited, own),
    varsChain: vars === undefined || Object.keys(vars).length === 0 ? scope.varsChain : [...scope.varsChain, vars],
  };
}
