import { type Mapping, mapping, parseBoolean } from '../values/index.js';
import type { Action } from './action.js';
import type { Context } from './context.js';
import { type Own, scopeInside } from './inherit.js';
import type { Node, Scope } from './model.js';
import { loadRole } from './role.js';
import type { RoleUse } from './role-use.js';
import { staticText } from './static-text.js';

const parts = ['tasks', 'vars', 'defaults', 'handlers'] as const;

/** The `…_from` arguments of import_role and include_role; `render` says what a name comes to. */
export function fromArguments(
  args: Mapping,
  render: (text: string, parameter: string) => string | undefined,
): RoleUse['from'] {
  const from: Partial<Record<(typeof parts)[number], string>> = {};
  for (const part of parts) {
    const value = args[`${part}_from`];
    const name = value === undefined || value === null ? undefined : render(String(value), `${part}_from`);
    if (name !== undefined) from[part] = name;
  }
  return from;
}

/** False only where the argument says so. */
export const isAllowed = (args: Mapping, name: string): boolean => parseBoolean(args[name] ?? true) !== false;

/** The roles that lead to what stands in this scope, outermost first. */
export const rolesAround = (scope: Scope): RoleUse['parents'] =>
  scope.role === undefined ? [] : [...scope.role.parents, scope.role];

/** A task `import_role`: the role's tasks stand where the task does. */
export function importRole(context: Context, read: { own: Own; action: Action; scope: Scope }): Node[] {
  const { own, action, scope } = read;
  const { args } = action;
  const inside = scopeInside(scope, own);
  const key = 'name' in args ? 'name' : 'role';
  const render = (text: string, parameter: string): string | undefined =>
    staticText(
      context,
      { text, position: action.at([parameter]), keyword: `${parameter}`, instead: 'include_role' },
      inside,
    );
  const named = args[key];
  if (typeof named !== 'string' && typeof named !== 'number') return [];
  const name = render(String(named), key);
  if (name === undefined) return [];
  const flags: Mapping = mapping();
  for (const flag of ['allow_duplicates', 'rolespec_validate']) {
    const given = args[flag];
    flags[flag] = typeof given === 'string' ? (render(given, flag) ?? true) : (given ?? true);
  }
  const loaded = loadRole(context, {
    name,
    position: action.at([key]),
    own: new Map(),
    vars: (own.get('vars') as Mapping | undefined) ?? mapping(),
    params: mapping(),
    from: fromArguments(args, render),
    parents: rolesAround(scope),
    scope: inside,
    allowDuplicates: isAllowed(flags, 'allow_duplicates'),
    validates: isAllowed(flags, 'rolespec_validate'),
    isStatic: true,
  });
  if (loaded === undefined) return [];
  context.play.roleHandlers.push(...loaded.handlers);
  return loaded.nodes;
}
