import { type Mapping, mapping } from '../values/index.js';
import type { RoleContext } from './model.js';

/** A role's dependencies, theirs first, each in the order in which it runs. */
export function allDependencies(role: RoleContext): RoleContext[] {
  return role.dependencies.flatMap((dependency) => [...allDependencies(dependency), dependency]);
}

/** What the tasks of a role see of role defaults: its dependencies', its parents', its own; later ones win. */
export function roleDefaults(role: RoleContext): Mapping {
  const chain = [...allDependencies(role), ...role.parents, role];
  return Object.assign(mapping(), ...chain.map(({ defaults }) => defaults));
}

/** Variables of vars/main.yml and of `vars` at the use, of parents, dependencies and the role itself; later ones win. */
export function roleVars(role: RoleContext): Mapping {
  const inherited = role.parents.flatMap((parent) => [parent.keywordVars, parent.vars]);
  const dependencies = allDependencies(role).flatMap((dependency) => [roleVars({ ...dependency, dependencies: [] })]);
  return Object.assign(mapping(), ...inherited, ...dependencies, role.keywordVars, role.vars);
}

/** What all tasks of the play see of a role that it uses: vars/main.yml, but not the `vars` at the use. */
export function exportedVars(role: RoleContext): Mapping {
  const dependencies = allDependencies(role).map((dependency) => exportedVars({ ...dependency, dependencies: [] }));
  return Object.assign(mapping(), ...role.parents.map(({ vars }) => vars), ...dependencies, role.vars);
}

/** Role parameters of the parents and the role; they win over facts and registered variables. */
export function roleParameters(role: RoleContext): Mapping {
  return Object.assign(mapping(), ...role.parents.map(({ params }) => params), role.params);
}
