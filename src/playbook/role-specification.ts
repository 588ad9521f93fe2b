import { posix } from 'node:path';
import type { Position } from '../errors/index.js';
import { isMapping, type Mapping, mapping } from '../values/index.js';
import { type Context, type Cursor, child, positionOf, readDocument, report } from './context.js';
import type { RoleContext, Scope, Task } from './model.js';
import { describe } from './words.js';

export interface Specification {
  options: Mapping;
  summary: string | undefined;
  position: Position;
}

function specifications(context: Context, role: RoleContext): Cursor | undefined {
  const { files } = context.options;
  const file = ['.yml', '.yaml', '.json']
    .map((ending) => posix.join(role.path, 'meta', `argument_specs${ending}`))
    .find((path) => files.kind(path) === 'file');
  const document = file === undefined ? undefined : readDocument(context, file);
  return document === undefined ? undefined : child({ value: document.value, document, path: [] }, 'argument_specs');
}

/** What meta/argument_specs.yml, or else meta/main.yml, says about the arguments of a role's entry point. */
export function argumentSpecification(
  context: Context,
  role: RoleContext,
  found: { entryPoint: string; inMeta: Cursor | undefined },
): Specification | undefined {
  const all = specifications(context, role) ?? found.inMeta;
  if (all === undefined || all.value === null) return undefined;
  const one = child(all, found.entryPoint);
  if (isMapping(all.value) && one.value === null) return undefined;
  if (!isMapping(one.value)) {
    report(context, positionOf(one), {
      code: 'wrong-type',
      message: `an argument specification that is ${describe(one.value)}`,
      why: 'expected entry points, each with `options`',
    });
    return undefined;
  }
  const { options, short_description: summary } = one.value;
  return {
    options: isMapping(options ?? null) ? (options as Mapping) : mapping(),
    summary: typeof summary === 'string' ? summary : undefined,
    position: positionOf(one),
  };
}

/** The task that Ansible puts before a role's own: checks the role's variables against its specification. */
export function validationTask(found: {
  role: RoleContext;
  entryPoint: string;
  specification: Specification;
  scope: Scope;
}): Task {
  const { role, entryPoint, specification, scope } = found;
  const { position, options, summary } = specification;
  const context = mapping({
    type: 'role',
    name: posix.basename(role.path),
    argument_spec_name: entryPoint,
    path: role.path,
  });
  const title = `Validating arguments against arg spec '${entryPoint}'`;
  return {
    ...scope.inherited,
    tags: [...new Set([...scope.inherited.tags, 'always'])],
    kind: 'task',
    id: `specification ${role.path} ${entryPoint} ${role.id}`,
    name: summary === undefined ? title : `${title} - ${summary}`,
    action: 'validate_argument_spec',
    args: mapping({ argument_spec: options, provided_arguments: role.params, validate_args_context: context }),
    position,
    at: () => position,
    listen: [],
    isHandler: false,
    varsChain: scope.varsChain,
    includeParams: scope.includeParams,
    role,
    scope,
  };
}
