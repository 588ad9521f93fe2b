import type { Position } from '../errors/index.js';
import { isMapping, type Mapping, mapping, type Value } from '../values/index.js';
import { type Context, type Cursor, child, positionOf, report } from './context.js';
import type { Own } from './inherit.js';
import type { RoleContext, Scope } from './model.js';
import { readKeywords } from './read-keywords.js';
import { staticText } from './static-text.js';
import { describe } from './words.js';

/** One use of a role, as written. */
export interface RoleUse {
  name: string;
  position: Position;
  /** Keywords at the use, without `vars`. */
  own: Own;
  vars: Mapping;
  params: Mapping;
  /** What stands in `tasks_from` and its like. */
  from: Readonly<Partial<Record<'tasks' | 'vars' | 'defaults' | 'handlers', string>>>;
  parents: readonly RoleContext[];
  /** What is around the use. */
  scope: Scope;
  /** include_role and import_role run a role again each time; `roles` and dependencies once. */
  allowDuplicates?: boolean;
  validates: boolean;
  /** A dynamic include may lead back to its own role. */
  isStatic: boolean;
}

/** Entries of `roles` or of a role's dependencies. */
export function roleUses(
  context: Context,
  list: Cursor | undefined,
  around: { scope: Scope; parents: readonly RoleContext[] },
): RoleUse[] {
  if (list === undefined || list.value === null) return [];
  if (!Array.isArray(list.value)) {
    report(context, positionOf(list), {
      code: 'wrong-type',
      message: `\`${list.path.at(-1)}\` is ${describe(list.value)}`,
      why: 'expected a list of roles',
    });
    return [];
  }
  return list.value.flatMap((_, index) => {
    const use = roleUse(context, child(list, index), around);
    return use === undefined ? [] : [use];
  });
}

function roleUse(
  context: Context,
  cursor: Cursor,
  around: { scope: Scope; parents: readonly RoleContext[] },
): RoleUse | undefined {
  const { value } = cursor;
  const entry: Mapping = isMapping(value) ? value : {};
  const nameKey = 'role' in entry ? 'role' : 'name' in entry ? 'name' : 'src';
  const named = isMapping(value) ? entry[nameKey] : value;
  const position = isMapping(value) && nameKey in entry ? positionOf(child(cursor, nameKey)) : positionOf(cursor);
  if ((typeof named !== 'string' && typeof named !== 'number') || named === '') {
    report(context, position, {
      code: 'wrong-type',
      message:
        isMapping(value) && named === undefined ? 'a role without a name' : `a role that is ${describe(named ?? null)}`,
      why: 'expected the name of a role, or a mapping with `role: name`',
    });
    return undefined;
  }
  const name = staticText(
    context,
    { text: String(named), position, keyword: 'roles', instead: 'include_role' },
    around.scope,
  );
  if (name === undefined) return undefined;
  const { own, others } = readKeywords(context, cursor, 'role');
  const params = mapping();
  for (const key of others) if (key !== nameKey) params[key] = entry[key] as Value;
  own.delete('name');
  own.delete('role');
  const vars = (own.get('vars') as Mapping | undefined) ?? mapping();
  own.delete('vars');
  return { name, position, own, vars, params, from: {}, ...around, validates: true, isStatic: true };
}
