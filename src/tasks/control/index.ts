import type { Task } from '../task.js';
import { asyncStatus } from './async-status.js';
import { includeVars } from './include-vars.js';
import { importPlaybook, importRole, importTasks, includeRole, includeTasks } from './includes.js';
import { addHost, groupBy } from './inventory.js';
import { meta } from './meta.js';
import { pause } from './pause.js';
import { reboot } from './reboot.js';
import { validateArgumentSpec } from './validate-argument-spec.js';
import { waitForConnection } from './wait-for-connection.js';

/** Tasks that the engine carries out itself; their declarations serve the schema and the documentation. */
export const controlTasks: readonly Task[] = [
  includeTasks,
  importTasks,
  includeRole,
  importRole,
  importPlaybook,
  includeVars,
  addHost,
  groupBy,
  meta,
  pause,
  reboot,
  waitForConnection,
  asyncStatus,
  validateArgumentSpec,
];
