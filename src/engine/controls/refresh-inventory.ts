import type { Inventory } from '../../inventory/index.js';
import type { RunContext } from '../context.js';

type Change = (inventory: Inventory) => boolean;

/** What tasks have added to a run's inventory, in order: it outlives a refresh. */
const changesOf = new WeakMap<RunContext, Change[]>();

/** Does it to the inventory, and to every one that takes its place. True where something was changed. */
export function changeInventory(run: RunContext, change: Change): boolean {
  changesOf.set(run, [...(changesOf.get(run) ?? []), change]);
  return change(run.scope.inventory);
}

/** `meta: refresh_inventory`: reads the sources anew. Throws InputError for what is wrong with them by now. */
export async function refreshInventory(run: RunContext): Promise<void> {
  const fresh = await run.reloadInventory?.();
  if (!fresh) return;
  for (const change of changesOf.get(run) ?? []) change(fresh);
  run.scope.inventory = fresh;
}
