import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { readBed } from '../lab/bed.js';
import { onHost } from '../lab/client.js';
import { runPlaybookFiles } from '../support/run-playbook.js';

jest.setTimeout(300_000);

const bed = readBed();
const hosts = readFileSync(bed.inventoryFile, 'utf8');

/** A container keeps the machine's boot id; its first process is another one after a reboot. */
const started = 'cut -d" " -f22 /proc/1/stat';

const run = (pattern: string, tasks: readonly object[]) =>
  runPlaybookFiles({
    files: { 'hosts.ini': hosts, 'playbook.yml': JSON.stringify([{ hosts: pattern, gather_facts: false, tasks }]) },
  });

const before = { name: 'before', shell: started, register: 'before' };
const isAnother = [
  { name: 'after', shell: started, register: 'after' },
  { name: 'it is another boot', assert: { that: 'before.stdout != after.stdout' } },
];

const statuses = (records: readonly { task: string; status: string }[] | undefined) =>
  records?.map(({ task, status }) => `${task}: ${status}`);

test('reboot: hosts with systemd, sysvinit and OpenRC go down, come back, and the tasks behind it run on the new boot', async () => {
  const { hosts: told, recap } = await run('others', [
    before,
    { name: 'what was written stays', copy: { content: 'kept', dest: '/root/kept' } },
    { name: 'reboot', reboot: { boot_time_command: started, reboot_timeout: 200 } },
    ...isAnother,
    { name: 'it is there', command: 'cat /root/kept', register: 'kept', failed_when: 'kept.stdout != "kept"' },
    { name: 'away', file: { path: '/root/kept', state: 'absent' } },
  ]);
  for (const host of ['rpm', 'sysv', 'openrc']) {
    expect([host, statuses(told[host])]).toEqual([
      host,
      [
        'before: changed',
        'what was written stays: changed',
        'reboot: changed',
        'after: changed',
        'it is another boot: ok',
        'it is there: changed',
        'away: changed',
      ],
    ]);
    expect(recap[host]).toMatchObject({ failed: 0, unreachable: 0 });
    expect(told[host]?.[2]?.result).toMatchObject({ rebooted: true, elapsed: expect.any(Number) });
  }
});

test('wait_for_connection: a host that somebody else reboots is waited for', async () => {
  const { hosts: told } = await run('rpm', [
    before,
    {
      name: 'soon',
      command: 'systemd-run --quiet --on-active=1 --timer-property=AccuracySec=100ms systemctl reboot --force --force',
    },
    { name: 'wait', wait_for_connection: { delay: 15, timeout: 200 } },
    ...isAnother,
  ]);
  expect(statuses(told.rpm)?.slice(2)).toEqual(['wait: ok', 'after: changed', 'it is another boot: ok']);
});

test('a host that does not come back fails by the name of the task, after the timeout, with the reason', async () => {
  const unit =
    '[Service]\nExecStart=/bin/sh -c "sleep 45; systemctl enable --now ssh"\n[Install]\nWantedBy=multi-user.target\n';
  const began = Date.now();
  const { hosts: told } = await run('rpm', [
    { name: 'unit', copy: { content: unit, dest: '/etc/systemd/system/kp-back.service' } },
    { name: 'its sshd stays away for a while', command: 'systemctl --quiet enable kp-back' },
    { name: 'disable', command: 'systemctl --quiet disable ssh' },
    { name: 'gone', reboot: { boot_time_command: started, reboot_timeout: 15, connect_timeout: 5 } },
    { name: 'never', command: 'true' },
  ]);
  expect(Date.now() - began).toBeLessThan(60_000);
  expect(told.rpm?.map(({ task }) => task)).not.toContain('never');
  expect(told.rpm?.at(-1)).toMatchObject({
    task: 'gone',
    status: 'failed',
    result: { msg: expect.stringMatching(/did not come back within 15 seconds: .*(refused|answer|reset|timed out)/i) },
  });
  // As somebody who comes to its console.
  for (let left = 120; left > 0; left--) {
    const back = await onHost(
      bed,
      'rpm',
      'systemctl disable --now kp-back; rm /etc/systemd/system/kp-back.service',
    ).catch(() => undefined);
    if (back !== undefined) return;
    await sleep(1000);
  }
  throw new Error('the host did not come back');
});

test('a command that cannot reboot fails at once', async () => {
  const began = Date.now();
  const { hosts: told } = await run('sysv', [
    { name: 'no', reboot: { reboot_command: 'exit 3', boot_time_command: started } },
  ]);
  expect(told.sysv?.[0]).toMatchObject({
    status: 'failed',
    result: { msg: expect.stringContaining('failed with exit code 3') },
  });
  expect(Date.now() - began).toBeLessThan(30_000);
});
