import type { Node, Task } from '../../playbook/index.js';
import type { Mapping } from '../../values/index.js';
import type { Attempt } from '../attempts/attempt.js';
import type { Conversation } from '../conversation/conversation.js';
import type { RawResult } from '../results/task-result.js';
import type { HostRun } from '../scheduler/host-run.js';
import { asyncStatus } from './async-status.js';
import { includeRole, includeTasks } from './include.js';
import { includeVars } from './include-vars.js';
import { addHost, groupBy } from './inventory.js';
import { pause } from './pause.js';
import { reboot } from './reboot.js';
import { validateArgumentSpec } from './validate-argument-spec.js';
import { waitForConnection } from './wait-for-connection.js';

/** What a task that the engine carries out itself is given. */
export interface ControlRequest {
  host: HostRun;
  task: Task;
  /** Converted arguments, defaults filled in. */
  args: Readonly<Record<string, unknown>>;
  /** The same as written, rendered. */
  written: Mapping;
  /** Variables of this turn of the loop. */
  local: Mapping | undefined;
  /** For waits: names the task. */
  what: string;
  work: Attempt;
  /** With the host that the task acts on. */
  conversation: Conversation;
}

export interface ControlResult extends RawResult {
  /** Tasks to run in place of the include. */
  nodes?: readonly Node[];
}

/** A task that steers the run instead of talking to a host. Throws KprovError where it cannot be done. */
export type Control = (request: ControlRequest) => Promise<ControlResult>;

export const controls: ReadonlyMap<string, Control> = new Map(
  Object.entries({
    include_tasks: includeTasks,
    include_role: includeRole,
    include_vars: includeVars,
    add_host: addHost,
    group_by: groupBy,
    pause,
    reboot,
    wait_for_connection: waitForConnection,
    async_status: asyncStatus,
    validate_argument_spec: validateArgumentSpec,
  }),
);

export { runMeta } from './meta.js';
