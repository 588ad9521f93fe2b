import { choice, flag, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { interpretUnit } from './systemd-report.js';
import { systemdUnit } from './systemd-script.js';

export const systemd = defineTask({
  name: 'systemd_service',
  aliases: ['systemd'],
  summary: 'Starts, stops, enables and masks units of systemd.',
  description: 'Where a unit does not start, its status and the last lines of its journal are part of the error.',
  parameters: {
    name: text('The unit; without a suffix: a service.', { aliases: ['service', 'unit'] }),
    state: choice('`restarted` always restarts, `reloaded` always reloads (and starts what does not run).', [
      'started',
      'stopped',
      'restarted',
      'reloaded',
    ]),
    enabled: flag('Whether it starts at boot.'),
    masked: flag('Whether it is masked, so that nothing can start it.'),
    daemon_reload: flag('Whether systemd reads its unit files again first.', {
      default: false,
      aliases: ['daemon-reload'],
    }),
    daemon_reexec: flag('Whether systemd starts itself anew first.', { default: false, aliases: ['daemon-reexec'] }),
    no_block: flag('Whether not to wait until the unit has started or stopped.', { default: false }),
    force: flag('Whether links that are in the way are overwritten.', { default: false }),
    scope: choice("Which systemd: the system's, the user's, or that of all users.", ['system', 'user', 'global'], {
      default: 'system',
    }),
  },
  atLeastOne: [['state', 'enabled', 'masked', 'daemon_reload', 'daemon_reexec']],
  returns: { status: 'the properties of the unit, as `systemctl show` prints them', state: '', enabled: '' },
  example: `- systemd:
    name: kubelet
    state: restarted
    enabled: yes
    daemon_reload: yes`,
  inCheckMode: 'predicts',
  compile: (args) => {
    if (args.name === undefined && (args.state ?? args.enabled ?? args.masked) !== undefined) {
      return { status: 'failed', result: { msg: 'name is needed for state, enabled and masked' } };
    }
    return program(
      systemdUnit({
        name: args.name,
        state: args.state,
        enabled: args.enabled,
        masked: args.masked,
        daemonReload: args.daemon_reload,
        daemonReexec: args.daemon_reexec,
        noBlock: args.no_block,
        force: args.force,
        scope: args.scope,
      }),
    );
  },
  interpret: (report, args) => interpretUnit(report, args),
});
