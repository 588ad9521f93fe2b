import { posix } from 'node:path';
import { isMapping } from '../values/index.js';
import { type Context, type Cursor, child, positionOf, readDocument, report } from './context.js';
import { toFlag } from './convert.js';
import { handlersOf } from './handlers.js';
import { scopeInside } from './inherit.js';
import type { Block, Node, RoleContext, Scope, Task } from './model.js';
import { findRole, roleFile, roleVariables } from './role-files.js';
import { argumentSpecification, validationTask } from './role-specification.js';
import { type RoleUse, roleUses } from './role-use.js';
import { describe } from './words.js';

const DEEPEST_CHAIN = 50;

export interface LoadedRole {
  role: RoleContext;
  /** Its dependencies' tasks, then its own, each as one block. */
  nodes: Node[];
  handlers: Task[];
}

function isCycle(context: Context, use: RoleUse, path: string): boolean {
  const chain = [...use.parents.map((role) => role.name), use.name];
  const repeats = use.isStatic && use.parents.some((role) => role.path === path && role.tasksFrom === use.from.tasks);
  if (!repeats && chain.length <= DEEPEST_CHAIN) return false;
  report(context, use.position, {
    code: 'role-cycle',
    message: 'roles that lead back to themselves',
    why: chain.slice(-10).join(' → '),
    fix: 'break the circle, in meta/main.yml of one of them or where it is imported',
  });
  return true;
}

interface Metadata {
  dependencies: Cursor | undefined;
  allowDuplicates: boolean;
  specifications: Cursor | undefined;
}

function readMetadata(context: Context, path: string): Metadata {
  const none: Metadata = { dependencies: undefined, allowDuplicates: false, specifications: undefined };
  const file = roleFile(context, posix.join(path, 'meta'));
  const document = file === undefined ? undefined : readDocument(context, file);
  if (document === undefined || document.value === null) return none;
  const cursor: Cursor = { value: document.value, document, path: [] };
  if (!isMapping(document.value)) {
    report(context, positionOf(cursor), {
      code: 'wrong-type',
      message: `a role's meta file that holds ${describe(document.value)}`,
      why: 'expected a mapping with `dependencies` and the like',
    });
    return none;
  }
  const specifications = child(cursor, 'argument_specs');
  return {
    dependencies: child(cursor, 'dependencies'),
    allowDuplicates: toFlag(context, child(cursor, 'allow_duplicates'), 'allow_duplicates') === true,
    specifications: specifications.value === null ? undefined : specifications,
  };
}

const addTo = (context: Context, role: RoleContext): void => {
  if (!context.play.roles.some((known) => known.id === role.id && known.parents.length === role.parents.length)) {
    context.play.roles.push(role);
  }
};

/** Loads a role with its dependencies. Handlers of a use that was seen before are not given again. */
export function loadRole(context: Context, use: RoleUse): LoadedRole | undefined {
  const { scope, position } = use;
  const beside = use.parents.at(-1)?.path;
  const path = findRole(context, {
    name: use.name,
    directory: scope.directory,
    beside: beside === undefined ? undefined : posix.dirname(beside),
    position,
  });
  if (path === undefined || isCycle(context, use, path)) return undefined;
  context.diagnostics.push(...(context.options.onFolder?.(path) ?? []));
  const metadata = readMetadata(context, path);
  const role: RoleContext & { dependencies: RoleContext[] } = {
    id: JSON.stringify([path, use.params, use.vars, use.from, use.own.get('tags') ?? [], use.own.get('when') ?? []]),
    name: posix.isAbsolute(use.name) || use.name.includes('/') ? posix.basename(path) : use.name,
    path,
    tasksFrom: use.from.tasks,
    defaults: roleVariables(context, posix.join(path, 'defaults'), use.from.defaults),
    vars: roleVariables(context, posix.join(path, 'vars'), use.from.vars),
    keywordVars: use.vars,
    params: use.params,
    allowDuplicates: use.allowDuplicates ?? metadata.allowDuplicates,
    parents: use.parents,
    dependencies: [],
    position,
  };
  const inside: Scope = { ...scopeInside(scope, use.own), role };
  const nodes: Node[] = [];
  const handlers: Task[] = [];
  for (const dependency of roleUses(context, metadata.dependencies, {
    scope: inside,
    parents: [...use.parents, role],
  })) {
    const loaded = loadRole(context, dependency);
    if (loaded === undefined) continue;
    role.dependencies.push(loaded.role);
    nodes.push(...loaded.nodes);
    handlers.push(...loaded.handlers);
  }
  // Roles that its tasks import come behind it.
  addTo(context, role);
  nodes.push(roleBlock(context, { role, use, scope: inside, specifications: metadata.specifications }));
  if (!context.play.roleIds.has(role.id)) {
    context.play.roleIds.add(role.id);
    handlers.push(...roleHandlers(context, use, inside));
  }
  return { role, nodes, handlers };
}

function roleHandlers(context: Context, use: RoleUse, scope: Scope): Task[] {
  const list = rolePart(context, use, { folder: 'handlers', role: scope.role });
  return list === undefined ? [] : handlersOf(context, list.cursor, { ...scope, fileChain: [list.file] });
}

/** The list of tasks or handlers of a role; a `…_from` that names nothing is reported. */
function rolePart(
  context: Context,
  use: RoleUse,
  part: { folder: 'tasks' | 'handlers'; role: RoleContext | undefined },
): { cursor: Cursor; file: string } | undefined {
  const from = use.from[part.folder];
  const folder = posix.join(part.role?.path ?? '', part.folder);
  const file = roleFile(context, folder, from);
  if (file === undefined) {
    if (from !== undefined) {
      report(context, use.position, {
        code: 'missing-file',
        message: `role \`${use.name}\` has no ${part.folder}/${from}`,
        why: `looked for ${posix.join(folder, from)} and with .yml, .yaml and .json`,
      });
    }
    return undefined;
  }
  const document = readDocument(context, file);
  if (document === undefined || document.value === null) return undefined;
  return { cursor: { value: document.value, document, path: [] }, file };
}

function roleBlock(
  context: Context,
  found: { role: RoleContext; use: RoleUse; scope: Scope; specifications: Cursor | undefined },
): Block {
  const { role, use, scope } = found;
  const list = rolePart(context, use, { folder: 'tasks', role });
  const tasks = list === undefined ? [] : context.loadNodes(list.cursor, { ...scope, fileChain: [list.file] });
  const entryPoint = use.from.tasks?.replace(/\.(?:ya?ml|json)$/, '') ?? 'main';
  const specification = use.validates
    ? argumentSpecification(context, role, { entryPoint, inMeta: found.specifications })
    : undefined;
  const first = specification === undefined ? [] : [validationTask({ role, entryPoint, specification, scope })];
  const count = (context.ids.get(`role ${role.path}`) ?? 0) + 1;
  context.ids.set(`role ${role.path}`, count);
  return {
    kind: 'block',
    id: `role ${role.path}#${count}`,
    name: role.name,
    position: use.position,
    tasks: [...first, ...tasks],
    rescue: [],
    always: [],
    keywords: scope.inherited,
    role,
    isRole: true,
  };
}
