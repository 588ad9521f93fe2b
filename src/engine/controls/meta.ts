import type { Task } from '../../playbook/index.js';
import { taskInfo } from '../attempts/names.js';
import type { Order } from '../events.js';
import type { HostRun } from '../scheduler/host-run.js';
import { variablesOf } from '../variables/variables.js';
import { refreshInventory } from './refresh-inventory.js';

const said: Readonly<Record<string, (host: string) => string>> = {
  noop: () => 'noop',
  flush_handlers: (host) => `triggered running handlers for ${host}`,
  end_host: (host) => `ending play for ${host}`,
  end_play: () => 'ending play',
  end_batch: () => 'ending batch',
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
    message: skipped ? `${action} conditional evaluated to False` : (said[action]?.(host.host) ?? action),
    skipped,
  });
  if (!skipped) await steer(host, action, order);
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
