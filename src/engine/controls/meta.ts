import { KprovError } from '../../errors/index.js';
import type { Task } from '../../playbook/index.js';
import { taskInfo } from '../attempts/names.js';
import type { Order } from '../events.js';
import type { HostRun } from '../scheduler/host-run.js';
import { variablesOf } from '../variables/variables.js';
import { refreshInventory } from './refresh-inventory.js';

const said: Readonly<Record<string, (host: string, role: string) => string>> = {
  noop: () => 'noop',
  flush_handlers: (host) => `triggered running handlers for ${host}`,
  end_host: (host) => `ending play for ${host}`,
  end_play: () => 'ending play',
  end_batch: () => 'ending batch',
  end_role: (host, role) => `ending role ${role} for ${host}`,
  clear_facts: () => 'facts cleared',
  clear_host_errors: () => 'cleared host errors',
  reset_connection: () => 'reset connection',
  refresh_inventory: () => 'inventory successfully refreshed',
};

/** `meta`: steers the run. It has no result and is not counted. */
export async function runMeta(host: HostRun, task: Task, order: Order): Promise<void> {
  const { play } = host;
  const { templar } = play.run.scope;
  const { action, skipped } = await host.evaluate(() => {
    const variables = variablesOf(host.scope(task));
    return {
      action: String(templar.render(task.args.free_form ?? 'noop', variables)),
      skipped: !task.when.every((condition) => templar.evaluateCondition(condition, variables)),
    };
  });
  await host.drain();
  play.run.emit({
    type: 'meta-done',
    host: host.host,
    task: taskInfo(host, task, order),
    message: skipped
      ? `${action} conditional evaluated to False`
      : (said[action]?.(host.host, task.role?.name ?? '') ?? action),
    skipped,
  });
  if (skipped) return;
  if (action === 'end_role') endRole(host, task);
  else await steer(host, action, order);
}

/** Only known now where the action is a template; loading refuses what is written so. */
function endRole(host: HostRun, { role, isHandler }: Task): void {
  if (isHandler) throw new KprovError('bad-meta', "Cannot execute 'end_role' from a handler");
  if (role === undefined) throw new KprovError('bad-meta', "Cannot execute 'end_role' from outside of a role");
  host.endedRoles.add(role.id);
}

async function steer(host: HostRun, action: string, order: Order): Promise<void> {
  const { play } = host;
  switch (action) {
    case 'flush_handlers':
      await play.handlers.flush(host, order);
      host.checkpoint();
      return;
    case 'end_host':
      host.end();
      return;
    case 'end_play':
    case 'end_batch':
      play.abort(action === 'end_play');
      return;
    case 'clear_facts':
      host.state.forgetFacts();
      play.run.factCache?.forget(host.host);
      return;
    case 'clear_host_errors':
      await play.clearErrors(host, order);
      return;
    case 'reset_connection':
      await host.conversation.disconnect();
      return;
    case 'refresh_inventory':
      await refreshInventory(play.run);
      return;
    default:
  }
}
