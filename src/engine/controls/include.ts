import { InputError } from '../../errors/index.js';
import type { LoadedTasks, RoleContext } from '../../playbook/index.js';
import type { Control } from './index.js';
import { result } from './result.js';

/** Of these the result says enough. */
const absent: ReadonlySet<string> = new Set(['missing-file', 'missing-role']);

/**
 * As in Ansible a file that is not there, and what Ansible would find when the turn of an included task comes, is the
 * task's failure; what cannot be read as tasks ends the run.
 */
async function accept(loaded: LoadedTasks, { host }: Parameters<Control>[0]): Promise<void> {
  const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.some(({ failsTask }) => !failsTask)) {
    // Where a task before this one has failed, its turn does not come.
    await host.drain();
    host.play.refuse(new InputError(loaded.diagnostics, { isMidRun: true }));
    host.checkpoint();
  }
  for (const { message, position, code } of errors) {
    if (!absent.has(code)) host.play.tellOnce({ level: 'error', message, ...(position && { position }) });
  }
  if (errors.length > 0) throw new InputError(errors);
  host.play.handlers.include(loaded.handlers);
}

/** Runs the tasks of a file in place of this one. */
export const includeTasks: Control = async (request) => {
  const { host, task, args, local } = request;
  const loaded = host.play.run.loader.loadTaskFile(String(args.file), task, local);
  await accept(loaded, request);
  return { ...result('ok', { include: String(args.file) }), nodes: loaded.nodes };
};

/** Runs a role in place of this task. */
export const includeRole: Control = async (request) => {
  const { host, task, written, args, local } = request;
  const loaded = host.play.run.loader.loadRole(written, task, local);
  await accept(loaded, request);
  if (args.public === true && loaded.role) (host.play.scope.play.roles as RoleContext[]).push(loaded.role);
  return { ...result('ok', { include: String(args.name) }), nodes: loaded.nodes };
};
