import { type Node, tasksIn } from '../../playbook/index.js';
import { parseBoolean } from '../../values/index.js';
import { asFlag, inheritedKeyword } from '../attempts/keyword.js';
import { variablesOf } from '../variables/variables.js';
import type { HostRun } from './host-run.js';

/** Does a failure of some task end the play for everybody? Its own `any_errors_fatal`, where it is no template. */
export const hasFatalTasks = (nodes: readonly Node[]): boolean =>
  [...tasksIn(nodes)].some(
    ({ anyErrorsFatal }) => anyErrorsFatal !== undefined && parseBoolean(anyErrorsFatal) !== false,
  );

/** Has the host failed at a task whose own `any_errors_fatal` ends the play for everybody? */
export function hasFailedForAll(host: HostRun): boolean {
  const task = host.failure?.task;
  if (task?.anyErrorsFatal === undefined) return false;
  const rendering = { templar: host.play.run.scope.templar, variables: variablesOf(host.scope(task)) };
  return asFlag(inheritedKeyword(task, 'anyErrorsFatal', rendering), false);
}
