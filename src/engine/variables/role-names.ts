import type { RoleContext } from '../../playbook/index.js';

/**
 * The roles whose `include_role` or `import_role` led to this one, nearest first; undefined where none did. A role that
 * depends on another one is no parent of it.
 */
export function includingRoles(role: RoleContext | undefined): readonly RoleContext[] | undefined {
  if (role === undefined) return undefined;
  const chain = [...role.parents, role];
  const including = role.parents.filter((parent, index) => {
    const next = chain[index + 1];
    return !parent.dependencies.some(({ id }) => id === next?.id);
  });
  return including.length === 0 ? undefined : including.reverse();
}

/** Names of a play's roles: those it uses itself, and those that only others depend on. */
export function namesOfRoles(roles: readonly RoleContext[]): { own: string[]; dependent: string[]; all: string[] } {
  const depended = new Set<RoleContext>();
  const collect = (role: RoleContext): void => {
    for (const dependency of role.dependencies) {
      depended.add(dependency);
      collect(dependency);
    }
  };
  roles.forEach(collect);
  const own = roles.filter((role) => !depended.has(role)).map(({ name }) => name);
  const dependent = [...new Set([...depended].map(({ name }) => name))];
  return { own, dependent, all: [...new Set([...own, ...dependent])] };
}
