import type { Mapping, Value } from '../../../values/index.js';
import { type HostFiles, parseAssignments } from './files.js';

/** What the script set, by field. */
export type Field = (name: string) => string | undefined;

const managers: readonly (readonly [path: string, name: string])[] = [
  ['/usr/bin/dnf5', 'dnf5'],
  ['/usr/bin/dnf', 'dnf'],
  ['/usr/bin/dnf-3', 'dnf'],
  ['/usr/bin/yum', 'yum'],
  ['/usr/bin/apt-get', 'apt'],
  ['/usr/bin/zypper', 'zypper'],
  ['/sbin/apk', 'apk'],
  ['/usr/bin/pacman', 'pacman'],
  ['/usr/bin/emerge', 'portage'],
];

/** The distribution's own manager where several are installed. */
function packageManager(there: ReadonlySet<string>, family: Value | undefined): string {
  const found = managers.filter(([path]) => there.has(path)).map(([, name]) => name);
  const own = family === 'Debian' ? 'apt' : undefined;
  if (own !== undefined && found.includes(own)) return own;
  return found[0] ?? 'unknown';
}

function serviceManager(files: HostFiles, there: ReadonlySet<string>): string {
  if (there.has('/run/systemd/system')) return 'systemd';
  if (there.has('/run/openrc') || there.has('/sbin/openrc')) return 'openrc';
  const first = files.text('/proc/1/comm');
  if (first === 'init' || first === undefined) return there.has('/etc/init.d') ? 'sysvinit' : 'service';
  return first;
}

const virtNames: Readonly<Record<string, string>> = {
  oracle: 'virtualbox',
  microsoft: 'VirtualPC',
  'systemd-nspawn': 'container',
  'lxc-libvirt': 'lxc',
  bochs: 'kvm',
  qemu: 'kvm',
  amazon: 'kvm',
  google: 'kvm',
};

function virtualization(files: HostFiles, there: ReadonlySet<string>, field: Field): Mapping {
  const role = (type: string) => ({ virtualization_type: type, virtualization_role: 'guest' });
  if (there.has('/.dockerenv')) return role('docker');
  if (there.has('/run/.containerenv')) return role('podman');
  const container = field('init_env')?.replace(/^container=/, '');
  if (container) return role(virtNames[container] ?? container);
  const detected = field('virt')?.trim();
  if (detected && detected !== 'none') return role(virtNames[detected] ?? detected);
  const product = `${files.text('/sys/class/dmi/id/sys_vendor') ?? ''} ${files.text('/sys/class/dmi/id/product_name') ?? ''}`;
  if (/QEMU|KVM|Amazon EC2|Google Compute|OpenStack|DigitalOcean|Hetzner/.test(product)) return role('kvm');
  if (/VMware/.test(product)) return role('VMware');
  if (/VirtualBox|innotek/.test(product)) return role('virtualbox');
  if (/Microsoft.*Virtual/.test(product)) return role('VirtualPC');
  if (files.lines('/proc/cpuinfo').some((line) => /^flags\b.*\bhypervisor\b/.test(line))) return role('kvm');
  if (there.has('/dev/kvm')) return { virtualization_type: 'kvm', virtualization_role: 'host' };
  return { virtualization_type: 'NA', virtualization_role: 'NA' };
}

function dateFacts(date: string): Mapping {
  const [year = '', month = '', day = '', hour = '', minute = '', second = '', epoch = '', tz = '', offset = ''] =
    date.split('|');
  const [weekday = '', weekdayNumber = '', week = '', nanoseconds = ''] = date.split('|').slice(9);
  const micro = /^\d{9}$/.test(nanoseconds) ? nanoseconds.slice(0, 6) : '000000';
  const utc = Number.isNaN(Number(epoch)) ? '' : new Date(Number(epoch) * 1000).toISOString().slice(0, 19);
  return {
    date_time: {
      year,
      month,
      day,
      hour,
      minute,
      second,
      epoch,
      epoch_int: epoch,
      date: `${year}-${month}-${day}`,
      time: `${hour}:${minute}:${second}`,
      iso8601: `${utc}Z`,
      iso8601_micro: `${utc}.${micro}Z`,
      iso8601_basic: `${year}${month}${day}T${hour}${minute}${second}${micro}`,
      iso8601_basic_short: `${year}${month}${day}T${hour}${minute}${second}`,
      tz,
      tz_dst: tz,
      tz_offset: offset,
      weekday,
      weekday_number: weekdayNumber,
      weeknumber: week,
    },
  };
}

/** Variables of the environment; the shell's own LC_ALL is taken back by the script. */
const environment = (text: string): Mapping =>
  Object.fromEntries(
    text
      .split('\0')
      .filter((entry) => entry.indexOf('=') > 0)
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );

function commandLine(text: string): Mapping {
  return Object.fromEntries(
    text
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => {
        const at = word.indexOf('=');
        return at < 0 ? [word, true] : [word.slice(0, at), word.slice(at + 1).replace(/^"(.*)"$/, '$1')];
      }),
  );
}

function userFacts(field: Field): Mapping {
  const [uid = '', gid = ''] = (field('id') ?? '').split(' ');
  const [, , , , gecos, home, shell] = (field('passwd') ?? '').split(':');
  const ids = { effective_user_id: Number(uid), effective_group_id: Number(gid) };
  return {
    user_id: field('user') ?? '',
    user_uid: Number(uid),
    user_gid: Number(gid),
    ...(gecos !== undefined && { user_gecos: gecos }),
    ...(home !== undefined && { user_dir: home }),
    ...(shell !== undefined && { user_shell: shell }),
    ...ids,
    real_user_id: Number(uid),
    real_group_id: Number(gid),
  };
}

function selinux(files: HostFiles, there: ReadonlySet<string>): Mapping {
  if (!there.has('/sys/fs/selinux') || files.text('/sys/fs/selinux/enforce') === undefined)
    return { status: 'disabled' };
  const config = parseAssignments(files.lines('/etc/selinux/config'));
  return {
    status: 'enabled',
    mode: files.text('/sys/fs/selinux/enforce') === '1' ? 'enforcing' : 'permissive',
    config_mode: config.SELINUX ?? 'unknown',
    type: config.SELINUXTYPE ?? 'unknown',
  };
}

function hostKeys(files: HostFiles): Mapping {
  const facts: Mapping = {};
  for (const path of files.paths('/etc/ssh/ssh_host_')) {
    const type = /ssh_host_(\w+)_key\.pub$/.exec(path)?.[1];
    const [keytype, key] = (files.text(path) ?? '').split(' ');
    if (type === undefined || keytype === undefined || key === undefined) continue;
    facts[`ssh_host_key_${type}_public`] = key;
    facts[`ssh_host_key_${type}_public_keytype`] = keytype;
  }
  return facts;
}

/** Python, where the host has one; nothing of ours needs it. */
function python(said: string | undefined): Mapping {
  const [, executable, version] = /^(\S+) Python (\d+\.\d+\.\d+)/.exec(said ?? '') ?? [];
  if (executable === undefined || version === undefined) return { python_version: null };
  const [major, minor, micro] = version.split('.').map(Number);
  return {
    python_version: version,
    python: {
      executable,
      type: 'cpython',
      version: { major, minor, micro, releaselevel: 'final', serial: 0 } as Mapping,
      version_info: [major, minor, micro, 'final', 0] as Value[],
    },
  };
}

/** The names, the user, time, environment and kind of machine: Ansible's minimal facts. */
export function platformFacts(files: HostFiles, field: Field, family: Value | undefined): Mapping {
  const there = new Set((field('there') ?? '').trim().split(' '));
  const nodename = files.text('/proc/sys/kernel/hostname') ?? '';
  const fqdn = field('fqdn')?.trim() || nodename;
  const machine = field('machine')?.trim() ?? '';
  const architecture = /^i\d86$/.test(machine) ? 'i386' : machine;
  const [own, first] = (field('root') ?? '').split('\n');
  const [one, five, fifteen] = (files.text('/proc/loadavg') ?? '').split(' ');
  const cmdline = commandLine(files.text('/proc/cmdline') ?? '');
  return {
    system: 'Linux',
    kernel: files.text('/proc/sys/kernel/osrelease') ?? '',
    kernel_version: files.text('/proc/sys/kernel/version') ?? '',
    machine,
    architecture,
    userspace_bits: /64|s390x/.test(machine) ? '64' : '32',
    userspace_architecture: architecture,
    nodename,
    hostname: nodename.split('.')[0] ?? '',
    fqdn,
    domain: fqdn.includes('.') ? fqdn.slice(fqdn.indexOf('.') + 1) : '',
    machine_id: files.text('/etc/machine-id') || files.text('/var/lib/dbus/machine-id') || null,
    pkg_mgr: packageManager(there, family),
    service_mgr: serviceManager(files, there),
    is_chroot: first !== undefined && own !== first,
    ...virtualization(files, there, field),
    apparmor: { status: there.has('/sys/kernel/security/apparmor') ? 'enabled' : 'disabled' },
    selinux: selinux(files, there),
    selinux_python_present: false,
    ...python(field('python')),
    fips: files.text('/proc/sys/crypto/fips_enabled') === '1',
    loadavg: { '1m': Number(one), '5m': Number(five), '15m': Number(fifteen) },
    cmdline,
    proc_cmdline: cmdline,
    ...userFacts(field),
    ...dateFacts(field('date') ?? ''),
    env: environment(field('env') ?? ''),
    ...hostKeys(files),
  };
}
