import { KprovError, nearest } from '../errors/index.js';
import { expandLimit, type Inventory, matchHosts } from '../inventory/index.js';
import type { Files } from '../values/index.js';
import { refuseErrors } from './refuse-errors.js';

/**
 * `--limit` with its `@file`s read, as patterns. Throws KprovError where nothing of the inventory is left, as Ansible
 * does.
 */
export function readLimit(limit: readonly string[], inventory: Inventory, files: Files): string[] {
  if (inventory.hosts.size === 0) {
    throw new KprovError('no-hosts', 'the inventory has no hosts', {
      fix: 'name hosts in it, or give a list: -i node1,node2,',
    });
  }
  if (limit.length === 0) return [];
  const { patterns, diagnostics } = expandLimit(limit, { files, cwd: process.cwd() });
  refuseErrors(diagnostics);
  requireHosts(inventory, 'all', patterns);
  return patterns;
}

/** The hosts of a pattern within the limit. Throws KprovError where there is none. */
export function requireHosts(inventory: Inventory, pattern: string, limit: readonly string[]): string[] {
  const { hosts } = matchHosts(inventory, pattern, [...limit]);
  if (hosts.length > 0) return hosts;
  const asked = limit.length > 0 ? limit : [pattern];
  const known = [...inventory.groups.keys(), ...inventory.hosts.keys()];
  const near = asked.map((name) => nearest(name, known)).find((name) => name !== undefined);
  throw new KprovError('no-hosts', 'Specified hosts and/or --limit does not match any hosts', {
    why: `nothing in the inventory matches ${[pattern, ...limit].filter((name) => name !== 'all').join(' within ')}`,
    ...(near !== undefined && { fix: `did you mean ${near}?` }),
  });
}
