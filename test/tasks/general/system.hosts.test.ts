import { sh } from '../../../src/shell/index.js';
import { findTask } from '../../../src/tasks/index.js';
import { defineTask, program } from '../../../src/tasks/task.js';
import type { Mapping } from '../../../src/values/index.js';
import { readBed } from '../../lab/bed.js';
import { TaskHost, type TaskRun } from '../../support/task-cases.js';

/** Everything below /etc, the accounts, the package database and the crontabs, as one checksum each. */
const traces = defineTask({
  name: 'traces',
  summary: 'what a dry run must leave alone',
  parameters: {},
  returns: {},
  example: '',
  inCheckMode: 'predicts',
  compile: () =>
    program(
      sh`kp_set output "$(find /etc /var/lib/dpkg /var/lib/apt /var/cache/apt /home /var/spool /mnt -xdev -printf '%p %y %m %u %g %s %T@ %C@\n' | sort | sha256sum)$(cat /proc/self/mounts /proc/sys/net/ipv4/tcp_keepalive_time /proc/sys/kernel/hostname | sha256sum)"`,
    ),
});

const passwordHash = '$6$saltsalt$abcdefghijklmnopqrstuvwxyz./0123456789';

/** [task, arguments, status]: in this order on one host, each of them leads to the next. */
const story: readonly (readonly [string, Mapping, string])[] = [
  ['apt', { update_cache: true, cache_valid_time: 3600 }, 'any'],
  ['apt', { name: 'tree=2.*' }, 'changed'],
  ['dpkg_selections', { name: 'tree', selection: 'hold' }, 'changed'],
  ['dpkg_selections', { name: 'tree', selection: 'install' }, 'changed'],
  ['package', { name: 'tree', state: 'absent' }, 'changed'],
  ['group', { name: 'kpgroup', gid: 4242 }, 'changed'],
  [
    'user',
    { name: 'kpuser', groups: 'kpgroup', comment: `it's "$x"; \\n *`, shell: '/bin/sh', password: passwordHash },
    'changed',
  ],
  ['authorized_key', { user: 'kpuser', key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 a b' }, 'changed'],
  [
    'user',
    {
      name: 'kpuser',
      password_expire_max: 90,
      password_expire_min: 1,
      password_expire_warn: 7,
      password_expire_account_disable: 30,
    },
    'changed',
  ],
  ['user', { name: 'kpranged', uid_min: 5000, uid_max: 5010, umask: '077', password_expire_max: 60 }, 'changed'],
  ['user', { name: 'kpranged', state: 'absent', remove: true }, 'changed'],
  ['service', { name: 'ssh', use: 'systemd', state: 'started', pattern: 'sshd', sleep: 1 }, 'ok'],
  [
    'deb822_repository',
    {
      name: 'kp test',
      types: ['deb', 'deb-src'],
      uris: 'http://mirror.invalid/debian',
      suites: 'bookworm',
      components: ['main', 'contrib'],
      enabled: false,
      signed_by: '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n-----END PGP PUBLIC KEY BLOCK-----',
    },
    'changed',
  ],
  ['deb822_repository', { name: 'kp test', state: 'absent' }, 'changed'],
  [
    'user',
    { name: 'kpuser', groups: 'sudo', append: true, generate_ssh_key: true, ssh_key_type: 'ed25519' },
    'changed',
  ],
  [
    'sysctl',
    { name: 'net.ipv4.tcp_keepalive_time', value: 7100, sysctl_set: true, sysctl_file: '/etc/sysctl.d/kp.conf' },
    'changed',
  ],
  ['sysctl', { name: 'net.ipv4.tcp_keepalive_time', state: 'absent', sysctl_file: '/etc/sysctl.d/kp.conf' }, 'changed'],
  ['cron', { name: `it's`, job: `echo "%" 'x'`, cron_file: 'kptest', user: 'kpuser' }, 'changed'],
  ['cron', { name: `it's`, state: 'absent', cron_file: 'kptest' }, 'changed'],
  ['mount', { path: '/mnt/kp dir', src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m', state: 'mounted' }, 'changed'],
  ['mount', { path: '/mnt/kp dir', state: 'absent' }, 'changed'],
  ['timezone', { name: 'Asia/Tokyo' }, 'changed'],
  ['timezone', { name: 'Etc/UTC' }, 'changed'],
  ['systemd', { name: 'systemd-tmpfiles-clean.timer', state: 'stopped' }, 'changed'],
  ['systemd', { name: 'systemd-tmpfiles-clean.timer', state: 'started' }, 'changed'],
  ['service', { name: 'ssh', state: 'started', enabled: true }, 'ok'],
  ['user', { name: 'kpuser', state: 'absent', remove: true }, 'changed'],
  ['group', { name: 'kpgroup', state: 'absent' }, 'changed'],
];

const host = () => new TaskHost(['ssh', '-F', readBed().sshConfigFile, 'node3', 'exec /bin/sh -s']);

async function perform(
  target: TaskHost,
  [name, args]: readonly [string, Mapping, string],
  check = false,
): Promise<TaskRun> {
  const task = findTask(name);
  if (!task) throw new Error(`no task ${name}`);
  return target.run(task, args, { check });
}

test('on a real host each task changes once, is satisfied the second time, and cleans up after itself', async () => {
  const target = host();
  try {
    for (const step of story) {
      const first = await perform(target, step);
      if (step[2] !== 'any') expect([step[0], step[1], first.status, first.result.msg]).toEqual([...step, undefined]);
      const second = await perform(target, step);
      expect([step[0], step[1], second.status]).toEqual([step[0], step[1], 'ok']);
    }
  } finally {
    await target.close();
  }
}, 180_000);

test('a dry run of the same tasks foretells the changes, fails nowhere and leaves no trace', async () => {
  const target = host();
  try {
    const before = await target.run(traces, {});
    for (const step of story) {
      const run = await perform(target, step, true);
      expect([step[0], run.status]).not.toEqual([step[0], 'failed']);
      expect([step[0], step[1], ['changed', 'ok', 'unknown'].includes(run.status)]).toEqual([step[0], step[1], true]);
    }
    expect((await target.run(traces, {})).result).toEqual(before.result);
  } finally {
    await target.close();
  }
}, 60_000);

test('the facts of a real host', async () => {
  const target = host();
  try {
    const run = await perform(target, ['setup', {}, 'ok']);
    expect(run.result.ansible_facts).toMatchObject({
      ansible_distribution: 'Debian',
      ansible_distribution_major_version: '12',
      ansible_os_family: 'Debian',
      ansible_service_mgr: 'systemd',
      ansible_pkg_mgr: 'apt',
      ansible_user_id: 'root',
      ansible_hostname: 'node3',
      ansible_default_ipv4: { address: readBed().hosts.node3, prefix: '24' },
    });
  } finally {
    await target.close();
  }
}, 30_000);
