import type { Task } from '../../playbook/index.js';
import type { Order } from '../events.js';
import type { HostRun } from '../host-run.js';
import { refreshInventory } from '../refresh-inventory.js';
import { variablesOf } from '../variables/variables.js';

/** `meta`: steers the run. It has no result and is not counted. */
export async function runMeta(host: HostRun, task: Task, order: Order): Promise<void> {
  const { play } = host;
  const { templar } = play.run.scope;
  const wanted = await host.evaluate(() => {
    const variables = variablesOf(host.scope(task));
    if (!task.when.every((condition) => templar.evaluateCondition(condition, variables))) return 'noop';
    return String(templar.render(task.args.free_form ?? 'noop', variables));
  });
  switch (wanted) {
    case 'flush_handlers':
      await host.drain();
      await play.flushHandlers(host, order);
      host.checkpoint();
      return;
    case 'end_host':
      await host.drain();
      host.end();
      return;
    case 'end_play':
    case 'end_batch':
      await host.drain();
      play.abort(wanted === 'end_play');
      return;
    case 'clear_facts':
      await host.drain();
      host.state.forgetFacts();
      play.run.factCache?.forget(host.host);
      return;
    case 'clear_host_errors':
      await host.drain();
      await play.clearErrors(host, order);
      return;
    case 'reset_connection':
      await host.drain();
      await host.conversation.disconnect();
      return;
    case 'refresh_inventory':
      await host.drain();
      await refreshInventory(play.run);
      return;
    default:
  }
}
