import type { Block } from '../../playbook/index.js';
import type { Order } from '../events.js';
import { serialized } from '../variables/serialized-task.js';
import type { HostRun } from './host-run.js';

/** A block: its tasks, `rescue` where one of them has failed, `always`. Throws Stop where the host is not to go on. */
export async function runBlock(host: HostRun, block: Block, order: Order): Promise<void> {
  const { role } = block;
  if (block.isRole && role) host.endedRoles.delete(role.id);
  if (block.isRole && role && !role.allowDuplicates) {
    if (host.doneRoles.has(role.id)) return;
    host.doneRoles.add(role.id);
  }
  if (block.rescue.length === 0 && block.always.length === 0) return host.runNodes(block.tasks, [...order, 0]);
  // A failure inside must be told from one before or behind the block.
  await host.drain();
  await host.run(block.tasks, [...order, 0]);
  await rescue(host, block, order);
  await always(host, block, order);
  host.checkpoint();
}

async function rescue(host: HostRun, block: Block, order: Order): Promise<void> {
  const { failure } = host;
  if (!failure || block.rescue.length === 0 || host.unreachable) return;
  if (!failure.isOthers) host.play.run.stats.rescue(host.host);
  host.resume();
  host.state.live.set('ansible_failed_task', { state: 'known', value: serialized(failure.task) });
  host.state.live.set('ansible_failed_result', { state: 'known', value: failure.result.value });
  await host.run(block.rescue, [...order, 1]);
}

async function always(host: HostRun, block: Block, order: Order): Promise<void> {
  if (block.always.length === 0 || host.unreachable || host.play.run.signal.aborted) return;
  const { failure, ended, pardons } = host;
  host.ended = false;
  host.resume();
  await host.run(block.always, [...order, 2]);
  if (host.pardons === pardons) host.failure ??= failure;
  host.ended ||= ended;
}
