import { KprovError } from '../../errors/index.js';
import { mapping } from '../../values/index.js';
import type { Control } from './index.js';
import { changeInventory } from './refresh-inventory.js';
import { result } from './result.js';

const own = new Set(['name', 'host', 'hostname', 'groups', 'group', 'groupname']);

/** A host for the plays that follow. */
export const addHost: Control = async ({ host, args, written }) => {
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(String(args.name)) ?? [];
  if (name === '' || /[\s\x00-\x1f]/.test(name))
    throw new KprovError('bad-host-name', `${JSON.stringify(args.name)} is no name of a host`);
  const variables = mapping();
  for (const [key, value] of Object.entries(written)) if (!own.has(key)) variables[key] = value;
  if (port !== undefined) variables.ansible_ssh_port = Number(port);
  const groups = [...((args.groups as readonly string[] | undefined) ?? [])];
  const changed = changeInventory(host.play.run, (inventory) => inventory.addHost(name, { groups, variables }));
  return result(changed ? 'changed' : 'ok', { add_host: mapping({ host_name: name, groups, host_vars: variables }) });
};

/** The host becomes a member of a group. */
export const groupBy: Control = async ({ host, args }) => {
  const group = String(args.key).replaceAll(' ', '-');
  const parents = ((args.parents as readonly string[] | undefined) ?? []).map((name) => name.replaceAll(' ', '-'));
  const changed = changeInventory(host.play.run, (inventory) => inventory.addToGroup(host.host, group, parents));
  return result(changed ? 'changed' : 'ok', { add_group: group, parent_groups: parents });
};
