import { matchHosts } from '../inventory/index.js';
import { readVaulted } from '../values/index.js';
import type { Setup } from './setup.js';

/**
 * Derives the keys of encrypted passwords that hosts are reached with, all at once beside the event loop: a thousand
 * hosts with a vaulted `ansible_become_password` each would otherwise be kept waiting for one another.
 */
export async function prepareVault({ vault, inventory, limit }: Setup): Promise<void> {
  if (vault.secrets.length === 0) return;
  const texts = new Set<string>();
  for (const host of matchHosts(inventory, 'all', [...limit]).hosts) {
    for (const [name, value] of Object.entries(inventory.variablesOf(host))) {
      const vaulted = name.startsWith('ansible_') ? readVaulted(value) : undefined;
      if (vaulted !== undefined) texts.add(vaulted.envelope);
    }
  }
  await vault.prepare(texts);
}
