import { integer, list, text } from '../parameters.js';
import { defineTask } from '../task.js';
import { byEngine } from './by-engine.js';

export const reboot = defineTask({
  name: 'reboot',
  summary: 'Reboots a host, and waits until it is back.',
  description: 'It is back when its boot id has changed, a login works and `test_command` succeeds.',
  parameters: {
    boot_time_command: text('Command whose output changes with every boot.', {
      default: 'cat /proc/sys/kernel/random/boot_id',
    }),
    connect_timeout: integer('Longest time for one attempt to connect, in seconds.', {
      aliases: ['connect_timeout_sec'],
    }),
    msg: text('Message to the users that are logged in.', { default: 'Reboot initiated by kprov' }),
    post_reboot_delay: integer('Seconds to wait after the reboot, before it is tested.', {
      default: 0,
      aliases: ['post_reboot_delay_sec'],
    }),
    pre_reboot_delay: integer('Seconds to wait before the reboot; rounded down to minutes.', {
      default: 0,
      aliases: ['pre_reboot_delay_sec'],
    }),
    reboot_command: text('Command to run instead of shutdown.'),
    reboot_timeout: integer('Seconds to wait for the host to come back.', {
      default: 600,
      aliases: ['reboot_timeout_sec'],
    }),
    search_paths: list('Where shutdown is looked for.', {
      default: ['/sbin', '/bin', '/usr/sbin', '/usr/bin', '/usr/local/sbin'],
    }),
    test_command: text('Command that succeeds once the host is ready for more tasks.', { default: 'whoami' }),
  },
  returns: { rebooted: 'true when the host was rebooted', elapsed: 'seconds that it took' },
  example: `- reboot:
    reboot_timeout: 900`,
  inCheckMode: 'skips',
  repeatable: false,
  compile: byEngine,
});
