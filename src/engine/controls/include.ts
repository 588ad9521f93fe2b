import { InputError } from '../../errors/index.js';
import type { LoadedTasks, RoleContext } from '../../playbook/index.js';
import type { Control } from './index.js';
import { result } from './result.js';

/** Of these the result says enough. */
const absent: ReadonlySet<string> = new Set(['missing-file', 'missing-role']);

/** Errors in the included file are the task's failure; they are told with their places, like those found at load. */
function accept(loaded: LoadedTasks, request: Parameters<Control>[0]): void {
  const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error');
  for (const { message, position, code } of errors) {
    if (!absent.has(code)) request.host.play.tellOnce({ level: 'error', message, ...(position && { position }) });
  }
  if (errors.length > 0) throw new InputError(errors);
  request.host.play.handlers.include(loaded.handlers);
}

/** Runs the tasks of a file in place of this one. */
export const includeTasks: Control = async (request) => {
  const { host, task, args, local } = request;
  const loaded = host.play.run.loader.loadTaskFile(String(args.file), task, local);
  accept(loaded, request);
  return { ...result('ok', { include: String(args.file) }), nodes: loaded.nodes };
};

/** Runs a role in place of this task. */
export const includeRole: Control = async (request) => {
  const { host, task, written, args, local } = request;
  const loaded = host.play.run.loader.loadRole(written, task, local);
  accept(loaded, request);
  if (args.public === true && loaded.role) (host.play.scope.play.roles as RoleContext[]).push(loaded.role);
  return { ...result('ok', { include: String(args.name) }), nodes: loaded.nodes };
};
