import { list, text } from '../parameters.js';
import { defineTask } from '../task.js';
import { byEngine } from './by-engine.js';

export const addHost = defineTask({
  name: 'add_host',
  summary: 'Adds a host, or groups and variables of a host, to the inventory of this run.',
  parameters: {
    name: text('The host; `name:port` sets its port.', { required: true, aliases: ['host', 'hostname'] }),
    groups: list('Groups it is put into.', { aliases: ['group', 'groupname'] }),
  },
  otherParameters: 'Each further argument becomes a variable of the host.',
  returns: { add_host: 'host_name, groups and host_vars' },
  example: `- add_host:
    name: "{{ new_address }}"
    groups: [workers]
    ansible_user: admin`,
  inCheckMode: 'predicts',
  compile: byEngine,
});

export const groupBy = defineTask({
  name: 'group_by',
  summary: 'Puts each host into a group whose name follows from its variables.',
  parameters: {
    key: text('Name of the group.', { required: true }),
    parents: list('Groups that become parents of it.', { default: ['all'] }),
  },
  returns: { add_group: 'the group', parent_groups: 'its parents' },
  example: `- group_by: {key: "os_{{ ansible_distribution }}"}`,
  inCheckMode: 'predicts',
  compile: byEngine,
});
