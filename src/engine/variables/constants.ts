import { dirname } from 'node:path';
import type { Inventory } from '../../inventory/index.js';
import { type Mapping, mapping } from '../../values/index.js';
import type { RunOptions } from '../options.js';

interface About {
  options: RunOptions;
  inventory: Inventory;
  /** `--limit`. */
  limit: readonly string[];
}

/** Variables that describe the run itself, the same for all hosts and tasks. */
export function constantsOf({ options, inventory, limit }: About): Mapping {
  return mapping({
    ansible_version: mapping({ full: '2.17.0', major: 2, minor: 17, revision: 0, string: '2.17.0' }),
    ansible_check_mode: options.checkMode,
    ansible_diff_mode: options.diffMode,
    ansible_verbosity: options.verbosity,
    ansible_forks: options.forks ?? inventory.hosts.size,
    ansible_run_tags: options.tags.only.length === 0 ? ['all'] : [...options.tags.only],
    ansible_skip_tags: [...options.tags.skip],
    ansible_managed: 'Ansible managed',
    // Inventories give it to hosts that are this machine, where tasks need no Python.
    ansible_playbook_python: '/usr/bin/python3',
    ansible_config_file: options.configFile ?? null,
    ...(limit.length > 0 && { ansible_limit: limit.join(',') }),
    ...inventoryPlace(inventory),
  });
}

function inventoryPlace(inventory: Inventory): Mapping {
  const file = inventory.sources[0]?.file;
  if (file === undefined || file.includes(',')) return {};
  return {
    inventory_file: file,
    inventory_dir: dirname(file),
    ansible_inventory_sources: inventory.sources.map((s) => s.file),
  };
}
