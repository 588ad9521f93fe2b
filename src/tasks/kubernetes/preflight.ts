import { DEFAULT_VERSION } from '../../kubernetes/minors.js';
import { checkFleet, checkNode, type NodeFacts, type NodeIdentity, stopping } from '../../kubernetes/node-checks.js';
import type { Finding } from '../../kubernetes/preflight.js';
import { parseVersion } from '../../kubernetes/version.js';
import { sh } from '../../shell/index.js';
import { isMapping, type Mapping, type Value } from '../../values/index.js';
import { anything, choice, flag, integer, list, text } from '../parameters.js';
import { defineTask, program, type Report } from '../task.js';

const ignoreParameter = list('Names of checks that may fail, or all.', { default: [] });

const number = (text: string | undefined): number | undefined =>
  text === undefined || !/^\d+$/.test(text.trim()) ? undefined : Number(text);

const words = (text: string | undefined): string[] => (text ?? '').split(/\s+/).filter(Boolean);

const filled = (text: string | undefined): string | undefined => (text === undefined || text === '' ? undefined : text);

function factsOf(report: Report): NodeFacts {
  const memory = number(report.text('memory'));
  const disk = number(report.text('disk'));
  const cgroup = report.text('cgroup');
  const api = report.text('api');
  return {
    uid: number(report.text('uid')),
    kernel: filled(report.text('kernel')),
    cpus: number(report.text('cpus')),
    memoryMiB: memory === undefined ? undefined : Math.floor(memory / 1024),
    diskMiB: disk === undefined ? undefined : Math.floor(disk / 1024),
    hostname: filled(report.text('hostname')),
    cgroup: cgroup === 'v1' || cgroup === 'v2' ? cgroup : undefined,
    controllers: words(report.text('controllers')),
    hasSystemd: report.text('systemd') === '1',
    packageManager: filled(report.text('package_manager')),
    missingPrograms: words(report.text('missing')),
    ports: words(report.text('ports')).map((port) => Number.parseInt(port, 16)),
    swapDevices: words(report.text('swap')),
    kubeadm: /v\d+\.\d+\.\d+/.exec(report.text('kubeadm') ?? '')?.[0],
    kubelet: /v\d+\.\d+\.\d+/.exec(report.text('kubelet') ?? '')?.[0],
    isMember: report.text('member') === '1',
    apiServer: api === 'answers' || api === 'refuses' || api === 'unreachable' ? api : undefined,
  };
}

function identityOf(report: Report, name: string): Mapping {
  const epoch = number(report.text('epoch'));
  return {
    name,
    hostname: report.text('hostname') ?? '',
    machine_id: report.text('machine_id') ?? '',
    product_uuid: report.text('product_uuid') ?? '',
    address: report.text('address') ?? '',
    // Compared with the clock here: hosts answer when they can, some after minutes in which another run had them.
    ...(epoch !== undefined && { clock_ahead: Math.round(epoch - Date.now() / 1000) }),
  };
}

const asValue = (findings: readonly Finding[]): Value[] => findings.map((finding) => ({ ...finding }));

const sentence = (findings: readonly Finding[]): string =>
  findings.map(({ name, message, hint }) => `[${name}] ${message}${hint === undefined ? '' : ` - ${hint}`}`).join('\n');

function outcome(findings: readonly Finding[], ignored: readonly string[]) {
  const bad = stopping(findings, ignored);
  return {
    result: { findings: asValue(findings), ...(bad.length > 0 && { msg: sentence(bad) }) },
    ...(bad.length > 0 && { status: 'failed' as const }),
  };
}

export const preflight = defineTask({
  name: 'preflight',
  collection: 'kprov.kubernetes',
  summary: 'Checks whether the host can become a node, before anything is changed.',
  description:
    'All checks run and each has a name, most of them those of kubeadm: IsPrivilegedUser, NumCPU, Mem, Disk, Port-6443, Swap, Hostname, KernelVersion, Cgroups, CgroupV1, Systemd, PackageManager, FileExisting-NAME, VersionSkew, APIServer. What hosts must not have in common is checked by preflight_fleet.',
  parameters: {
    role: choice('What the host becomes.', ['control_plane', 'worker'], { default: 'worker' }),
    kubernetes_version: text('The version that is to be installed.', { default: DEFAULT_VERSION }),
    minimum_disk: integer('MiB that have to be free below /var/lib.', { default: 2048 }),
    cgroup_v1: flag('Whether the kubelet is told to accept cgroup v1 (failCgroupV1: false).', { default: false }),
    api_server: text('host:port of an API server that has to be reachable from here.'),
    node_ip: text("The host's address in the cluster, where it is not that of the default route."),
    ignore: ignoreParameter,
  },
  returns: {
    findings: 'what was found: name, severity, message, hint',
    identity: 'what tells the host from the others, for preflight_fleet',
  },
  example: `- name: Fit to be a control plane
  preflight: {role: control_plane, kubernetes_version: "1.35", ignore: [NumCPU]}
  register: preflight`,
  inCheckMode: 'predicts',
  compile: (args) =>
    program(sh`
kp_set uid "$(id -u)"
kp_set kernel "$(uname -r)"
kp_set hostname "$(hostname 2>/dev/null || cat /proc/sys/kernel/hostname)"
kp_set epoch "$(date +%s)"
kp_k_n=0
while read -r kp_k_key _; do [ "$kp_k_key" != processor ] || kp_k_n=$((kp_k_n + 1)); done </proc/cpuinfo
kp_k_nproc=$(nproc 2>/dev/null) && kp_k_n=$kp_k_nproc
kp_set cpus "$kp_k_n"
while read -r kp_k_key kp_k_value _; do [ "$kp_k_key" != MemTotal: ] || kp_set memory "$kp_k_value"; done </proc/meminfo
kp_k_dir=/var/lib; [ -d "$kp_k_dir" ] || kp_k_dir=/
kp_k_df=$(df -Pk "$kp_k_dir" 2>/dev/null) && { set -- $kp_k_df; shift $(($# - 6)); kp_set disk "$4"; }
kp_read /etc/machine-id; kp_set machine_id "$\{kp_text%"$kp_nl"}"
kp_k_uuid=$(cat /sys/class/dmi/id/product_uuid 2>/dev/null); kp_set product_uuid "$kp_k_uuid"
kp_k_address=${args.node_ip}
if [ -z "$kp_k_address" ] && command -v ip >/dev/null 2>&1; then
  set -- $(ip -4 -o route get 192.0.2.1 2>/dev/null || ip -6 -o route get 2001:db8::1 2>/dev/null)
  while [ $# -gt 1 ]; do if [ "$1" = src ]; then kp_k_address=$2; break; fi; shift; done
fi
kp_set address "$kp_k_address"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  kp_set cgroup v2; kp_set controllers "$(cat /sys/fs/cgroup/cgroup.controllers)"
elif [ -d /sys/fs/cgroup ]; then
  kp_k_controllers=
  while read -r kp_k_key _ _ kp_k_value; do [ "$kp_k_value" != 1 ] || kp_k_controllers="$kp_k_controllers $kp_k_key"; done </proc/cgroups
  kp_set cgroup v1; kp_set controllers "$kp_k_controllers"
fi
[ ! -d /run/systemd/system ] || kp_set systemd 1
for kp_k_program in apt-get dnf yum; do
  if command -v "$kp_k_program" >/dev/null 2>&1; then kp_set package_manager "$kp_k_program"; break; fi
done
kp_k_missing=
for kp_k_program in mount umount modprobe sed grep tar; do
  command -v "$kp_k_program" >/dev/null 2>&1 || kp_k_missing="$kp_k_missing $kp_k_program"
done
kp_set missing "$kp_k_missing"
# Listening sockets are in state 0A.
kp_k_ports=
for kp_k_file in /proc/net/tcp /proc/net/tcp6; do
  [ -r "$kp_k_file" ] || continue
  while read -r _ kp_k_local _ kp_k_state _; do
    [ "$kp_k_state" != 0A ] || kp_k_ports="$kp_k_ports $\{kp_k_local##*:}"
  done <"$kp_k_file"
done
kp_set ports "$kp_k_ports"
kp_k_swap=
while read -r kp_k_key _; do case $kp_k_key in Filename | '') ;; *) kp_k_swap="$kp_k_swap $kp_k_key" ;; esac; done </proc/swaps
kp_set swap "$kp_k_swap"
! command -v kubeadm >/dev/null 2>&1 || kp_set kubeadm "$(kubeadm version -o short 2>/dev/null)"
! command -v kubelet >/dev/null 2>&1 || kp_set kubelet "$(kubelet --version 2>/dev/null)"
[ ! -e /etc/kubernetes/kubelet.conf ] || kp_set member 1
kp_k_api=${args.api_server}
if [ -n "$kp_k_api" ]; then
  if command -v curl >/dev/null 2>&1; then
    # -v tells a refusal (the host is there, nothing listens yet) from a route that does not exist.
    kp_out=$(curl -kvs -o /dev/null --connect-timeout 5 --max-time 10 "https://$kp_k_api/healthz" 2>&1)
    case $?:$kp_out in
    7:*'onnection refused'*) kp_set api refuses ;;
    6:* | 7:* | 28:*) kp_set api unreachable ;;
    *) kp_set api answers ;;
    esac
  fi
fi
return 0`),
  interpret: (report, args, context) => {
    if (report.status === 'failed') return {};
    const findings = checkNode(factsOf(report), {
      role: args.role,
      version: parseVersion(args.kubernetes_version),
      minimumDiskMiB: args.minimum_disk,
      acceptsCgroupV1: args.cgroup_v1,
      ...(args.api_server !== undefined && { apiServer: args.api_server }),
    });
    const { result, ...rest } = outcome(findings, args.ignore);
    return { ...rest, result: { ...result, identity: identityOf(report, context.host) } };
  },
});

const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

function readIdentity(value: Value): NodeIdentity[] {
  const identity = isMapping(value) && isMapping(value.identity) ? value.identity : value;
  if (!isMapping(identity)) return [];
  const ahead = identity.clock_ahead;
  return [
    {
      name: textOf(identity.name),
      hostname: textOf(identity.hostname),
      machineId: textOf(identity.machine_id),
      productUuid: textOf(identity.product_uuid),
      address: textOf(identity.address),
      ...(typeof ahead === 'number' && { clockAhead: ahead }),
    },
  ];
}

export const preflightFleet = defineTask({
  name: 'preflight_fleet',
  collection: 'kprov.kubernetes',
  summary: 'Checks what the hosts of a cluster must not have in common, and that their clocks agree.',
  description:
    'Checks: UniqueHostname, UniqueMachineId, UniqueProductUuid, UniqueAddress, ClockSkew (more than a minute). It reads what preflight has registered, and asks no host.',
  parameters: {
    hosts: anything('The registered results of preflight, one for each host.', { required: true }),
    ignore: ignoreParameter,
  },
  returns: { findings: 'what was found: name, severity, message, hint' },
  example: `- name: No two hosts are the same
  preflight_fleet:
    hosts: "{{ groups.cluster | map('extract', hostvars, 'preflight') | select('defined') | list }}"`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const hosts = (Array.isArray(args.hosts) ? args.hosts : [args.hosts]).flatMap(readIdentity);
    const { result, status } = outcome(checkFleet(hosts), args.ignore);
    return { status: status ?? 'ok', result };
  },
});
