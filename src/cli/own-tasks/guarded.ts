import { KprovError } from '../../errors/index.js';
import type { Outcome, Program, Report, Task } from '../../tasks/index.js';
import { Pending, Unknowable } from '../../values/index.js';

/** What kprov throws to speak to itself, or has said in words of its own. */
const isOurs = (error: unknown): boolean =>
  error instanceof KprovError || error instanceof Pending || error instanceof Unknowable;

/**
 * A task of the user's that throws has failed, like a module in Python with a traceback: the run and the other hosts go
 * on. The result has the stack in `exception`.
 */
export function guarded(task: Task, file: string): Task {
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (isOurs(error)) throw error;
      throw new KprovError('own-task-failed', `${file} threw ${String(error)}`, { cause: error });
    }
  };
  const following = (made: Program | Outcome): Program | Outcome => {
    if (made.kind !== 'program' || made.next === undefined) return made;
    return {
      ...made,
      next: (report: Report) =>
        guard(() => {
          const more = made.next?.(report);
          return more === undefined ? undefined : following(more);
        }),
    };
  };
  const { compile, interpret } = task;
  return {
    ...task,
    compile: (args, context) => guard(() => following(compile.call(task, args, context))),
    ...(interpret && {
      interpret: (report, args, context) => guard(() => interpret.call(task, report, args, context)),
    }),
  };
}
