import { type HashBehaviour, type Mapping, mapping, putOver } from '../values/index.js';
import type { RoleContext } from './model.js';

/** A role's dependencies, theirs first, each in the order in which it runs. */
function allDependencies(role: RoleContext): RoleContext[] {
  return role.dependencies.flatMap((dependency) => [...allDependencies(dependency), dependency]);
}

/** Later ones over earlier ones. */
const overEachOther = (layers: readonly Mapping[], behaviour?: HashBehaviour): Mapping =>
  layers.reduce((into, layer) => putOver(into, layer, behaviour), mapping());

/** What the tasks of a role see of role defaults: its dependencies', its parents', its own; later ones win. */
export function roleDefaults(role: RoleContext, behaviour?: HashBehaviour): Mapping {
  const chain = [...allDependencies(role), ...role.parents, role];
  return overEachOther(
    chain.map(({ defaults }) => defaults),
    behaviour,
  );
}

/** Variables of vars/main.yml and of `vars` at the use, of parents, dependencies and the role itself; later ones win. */
export function roleVars(role: RoleContext, behaviour?: HashBehaviour): Mapping {
  const inherited = role.parents.flatMap((parent) => [parent.keywordVars, parent.vars]);
  const dependencies = allDependencies(role).map((dependency) =>
    roleVars({ ...dependency, dependencies: [] }, behaviour),
  );
  return overEachOther([...inherited, ...dependencies, role.keywordVars, role.vars], behaviour);
}

/** What all tasks of the play see of a role that it uses: vars/main.yml, but not the `vars` at the use. */
export function exportedVars(role: RoleContext, behaviour?: HashBehaviour): Mapping {
  const dependencies = allDependencies(role).map((dependency) =>
    exportedVars({ ...dependency, dependencies: [] }, behaviour),
  );
  return overEachOther([...role.parents.map(({ vars }) => vars), ...dependencies, role.vars], behaviour);
}

/** Role parameters of the parents and the role; they win over facts and registered variables. */
export function roleParameters(role: RoleContext, behaviour?: HashBehaviour): Mapping {
  return overEachOther([...role.parents.map(({ params }) => params), role.params], behaviour);
}
