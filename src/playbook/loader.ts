import { type Diagnostic, sortDiagnostics } from '../errors/index.js';
import { type Mapping, mapping } from '../values/index.js';
import { argumentChecker } from './arguments.js';
import { type Context, type LoadOptions, playSink } from './context.js';
import { fromArguments, isAllowed, rolesAround } from './import-role.js';
import type { Node, Playbook, RoleContext, Scope, Task } from './model.js';
import { loadNodes } from './nodes.js';
import { type Imported, notImported } from './play.js';
import { loadPlaybookFile } from './playbook.js';
import { loadRole } from './role.js';
import { readTaskFile } from './task-files.js';

export interface LoadedTasks {
  nodes: Node[];
  /** Handlers that came with them: of roles that an included file imports. */
  handlers: Task[];
  roles: RoleContext[];
  diagnostics: Diagnostic[];
}

export interface LoadedInclude extends LoadedTasks {
  /** The included role itself; undefined where it could not be loaded. */
  role: RoleContext | undefined;
}

/** Reads playbooks, and later the files and roles that dynamic includes name. Each file is read once. */
export interface Loader {
  loadPlaybook(paths: readonly string[]): { playbook: Playbook; diagnostics: Diagnostic[] };
  /** The tasks of an `include_tasks`; `name` is rendered, `variables` are added to the include's own (loop items). */
  loadTaskFile(name: string, include: Task, variables?: Mapping): LoadedTasks;
  /** The tasks of an `include_role` with rendered arguments. */
  loadRole(args: Mapping, include: Task, variables?: Mapping): LoadedInclude;
}

const withVariables = (scope: Scope, variables: Mapping | undefined): Scope =>
  variables === undefined
    ? scope
    : {
        ...scope,
        varsChain: [...scope.varsChain, variables],
        includeParams: [...scope.includeParams, variables],
      };

const importedWith = ({ keywordDefaults }: LoadOptions): Imported => ({
  ...notImported,
  inherited: { ...notImported.inherited, ...keywordDefaults },
});

export function createLoader(options: LoadOptions): Loader {
  const checker = argumentChecker();
  const context: Context = {
    options,
    diagnostics: [],
    documents: new Map(),
    checker,
    ids: new Map(),
    deprecations: new Set(),
    nodeCount: 0,
    play: playSink(),
    loadNodes: (list, scope) => loadNodes(context, list, scope),
  };
  /** Runs one loading and takes what it found wrong. */
  const taking = <T>(load: () => T): { result: T; diagnostics: Diagnostic[] } => {
    context.diagnostics = [];
    context.nodeCount = 0;
    context.play = playSink(context.play.vars);
    const result = load();
    return { result, diagnostics: sortDiagnostics(context.diagnostics) };
  };
  return {
    loadPlaybook(paths) {
      const { result, diagnostics } = taking(() =>
        paths.flatMap((file) => loadPlaybookFile(context, { file, imported: importedWith(options), chain: [file] })),
      );
      return { playbook: { plays: result }, diagnostics };
    },
    loadTaskFile(name, include, variables) {
      const scope = withVariables(include.scope, variables);
      const { result, diagnostics } = taking(() => {
        const file = readTaskFile(context, { name, position: include.at(['file']), scope, isStatic: false });
        return file === undefined ? [] : loadNodes(context, file.cursor, file.scope);
      });
      return { nodes: result, handlers: context.play.roleHandlers, roles: context.play.roles, diagnostics };
    },
    loadRole(args, include, variables) {
      const scope = withVariables(include.scope, variables);
      const own = include.scope.includeParams.at(-1);
      const { result, diagnostics } = taking(() =>
        loadRole(context, {
          name: String(args.name ?? args.role ?? ''),
          position: include.at(['name' in args ? 'name' : 'role']),
          own: new Map(),
          vars: mapping(own),
          params: mapping(),
          from: fromArguments(args, (text) => text),
          parents: rolesAround(scope),
          scope,
          allowDuplicates: isAllowed(args, 'allow_duplicates'),
          validates: isAllowed(args, 'rolespec_validate'),
          isStatic: false,
        }),
      );
      return {
        nodes: result?.nodes ?? [],
        handlers: [...context.play.roleHandlers, ...(result?.handlers ?? [])],
        role: result?.role,
        roles: context.play.roles,
        diagnostics,
      };
    },
  };
}

/** Playbook files → plays, and everything that is wrong with them, sorted. The loader goes on with dynamic includes. */
export function loadPlaybook(
  paths: readonly string[],
  options: LoadOptions,
): { playbook: Playbook; diagnostics: Diagnostic[]; loader: Loader } {
  const loader = createLoader(options);
  return { ...loader.loadPlaybook(paths), loader };
}
