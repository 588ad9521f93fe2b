import { minorFacts } from './minors.js';
import { type Finding, preflightHint } from './preflight.js';
import { checkSkew } from './skew.js';
import { type KubernetesVersion, parseVersion } from './version.js';

/** What a host says of itself. Undefined: it could not tell. */
export interface NodeFacts {
  readonly uid: number | undefined;
  /** `uname -r` */
  readonly kernel: string | undefined;
  readonly cpus: number | undefined;
  readonly memoryMiB: number | undefined;
  /** Free space where images and pods live. */
  readonly diskMiB: number | undefined;
  readonly hostname: string | undefined;
  readonly cgroup: 'v1' | 'v2' | undefined;
  readonly controllers: readonly string[];
  readonly hasSystemd: boolean;
  readonly packageManager: string | undefined;
  /** Of the programs that the tasks need: those that are not there. */
  readonly missingPrograms: readonly string[];
  /** TCP ports that something listens on. */
  readonly ports: readonly number[];
  readonly swapDevices: readonly string[];
  readonly kubeadm: string | undefined;
  readonly kubelet: string | undefined;
  /** A node of a cluster already, whose own ports are in use. */
  readonly isMember: boolean;
  /** Whether the API server's address could be reached, where one was asked for. */
  readonly apiServer: 'answers' | 'refuses' | 'unreachable' | undefined;
}

export interface NodeRequirements {
  readonly role: 'control_plane' | 'worker';
  readonly version: KubernetesVersion;
  readonly minimumDiskMiB: number;
  /** The kubelet is told to accept cgroup v1. */
  readonly acceptsCgroupV1: boolean;
  readonly apiServer?: string;
}

/** What tells a host from the others. */
export interface NodeIdentity {
  readonly name: string;
  readonly hostname?: string;
  readonly machineId?: string;
  readonly productUuid?: string;
  readonly address?: string;
  /** By how many seconds its clock was ahead of the one here when it answered. */
  readonly clockAhead?: number;
}

const controlPlanePorts = [6443, 10259, 10257, 10250, 2379, 2380];
const workerPorts = [10250];

/** Differences below it may be the time that answers were under way. */
const MAX_CLOCK_SKEW_SECONDS = 60;

const RFC_1123 = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

const ownHints: Readonly<Record<string, string>> = {
  KernelVersion: 'Upgrade the kernel.',
  Cgroups: 'Boot with the cgroup controllers on.',
  CgroupV1: 'Boot with cgroup v2, or set kubelet_configuration: {failCgroupV1: false}.',
  Disk: 'Make room in /var/lib.',
  Hostname: 'Give it a name of small letters, digits and dashes (set_hostname: true).',
  Systemd: 'kubeadm runs the kubelet as a systemd service.',
  PackageManager: 'Use a distribution with apt or dnf, or install the packages yourself.',
  APIServer: 'Check the address, the firewall and that the first control plane is up.',
  VersionSkew: 'Set allow_downgrade, or choose the version that is there.',
};

const finding = (severity: Finding['severity'], name: string, message: string): Finding => {
  const hint = Object.hasOwn(ownHints, name) ? ownHints[name] : preflightHint(name);
  return { severity, name, message, ...(hint !== undefined && { hint }) };
};

function* resources(facts: NodeFacts, needs: NodeRequirements): Generator<Finding> {
  const isControlPlane = needs.role === 'control_plane';
  if (facts.cpus !== undefined && isControlPlane && facts.cpus < 2) {
    yield finding('error', 'NumCPU', `${facts.cpus} CPU; a control plane needs 2`);
  }
  if (facts.memoryMiB !== undefined && isControlPlane && facts.memoryMiB < 1700) {
    yield finding('error', 'Mem', `${facts.memoryMiB} MiB of memory; a control plane needs 1700`);
  }
  if (facts.diskMiB !== undefined && facts.diskMiB < needs.minimumDiskMiB) {
    yield finding('error', 'Disk', `${facts.diskMiB} MiB free below /var/lib; ${needs.minimumDiskMiB} are wanted`);
  }
}

function* system(facts: NodeFacts, needs: NodeRequirements): Generator<Finding> {
  if (facts.uid !== undefined && facts.uid !== 0) yield finding('error', 'IsPrivilegedUser', 'not running as root');
  const kernel = /^(\d+)\.(\d+)/.exec(facts.kernel ?? '');
  if (kernel !== null && Number(kernel[1]) * 1000 + Number(kernel[2]) < 3010) {
    yield finding('error', 'KernelVersion', `Linux ${facts.kernel} is older than 3.10`);
  }
  if (!facts.hasSystemd) yield finding('error', 'Systemd', 'the host is not run by systemd');
  if (facts.packageManager === undefined) yield finding('error', 'PackageManager', 'there is neither apt nor dnf');
  for (const program of facts.missingPrograms)
    yield finding('error', `FileExisting-${program}`, `there is no ${program}`);
  const missing = ['cpu', 'cpuset', 'memory', 'pids'].filter((name) => !facts.controllers.includes(name));
  if (facts.cgroup === undefined) yield finding('error', 'Cgroups', 'no cgroups are mounted');
  else if (missing.length > 0)
    yield finding('error', 'Cgroups', `cgroup controllers are missing: ${missing.join(', ')}`);
  if (facts.cgroup === 'v1' && minorFacts(needs.version).refusesCgroupV1 && !needs.acceptsCgroupV1) {
    yield finding('error', 'CgroupV1', `the host has cgroup v1, which the kubelet of 1.${needs.version.minor} refuses`);
  }
  if (facts.hostname !== undefined && (!RFC_1123.test(facts.hostname.toLowerCase()) || facts.hostname.length > 253)) {
    yield finding('error', 'Hostname', `"${facts.hostname}" is not a host name by RFC 1123`);
  }
  if (facts.swapDevices.length > 0) {
    yield finding('warning', 'Swap', `swap is on: ${facts.swapDevices.join(', ')}`);
  }
}

function* cluster(facts: NodeFacts, needs: NodeRequirements): Generator<Finding> {
  const wanted = needs.role === 'control_plane' ? controlPlanePorts : workerPorts;
  if (!facts.isMember) {
    for (const port of wanted) {
      if (facts.ports.includes(port)) yield finding('error', `Port-${port}`, `port ${port} is in use`);
    }
  }
  const read = (text: string | undefined) => (text === undefined ? undefined : parseVersion(text));
  for (const problem of checkSkew({
    apiServer: needs.version,
    kubeadm: read(facts.kubeadm),
    kubelet: read(facts.kubelet),
  })) {
    // Packages that are to be replaced are no obstacle.
    yield { ...finding('warning', 'VersionSkew', problem.message) };
  }
  if (facts.apiServer === 'unreachable') {
    yield finding('error', 'APIServer', `the API server's address ${needs.apiServer ?? ''} cannot be reached`);
  } else if (facts.apiServer === 'refuses' && facts.isMember) {
    yield finding('warning', 'APIServer', `nothing answers at ${needs.apiServer ?? ''}`);
  }
}

/** Everything that is in the way of making this host a node; all checks run. */
export const checkNode = (facts: NodeFacts, needs: NodeRequirements): Finding[] => [
  ...system(facts, needs),
  ...resources(facts, needs),
  ...cluster(facts, needs),
];

const unique: readonly (readonly [
  name: string,
  key: keyof NodeIdentity & ('hostname' | 'machineId' | 'productUuid' | 'address'),
  what: string,
  hint: string,
])[] = [
  ['UniqueHostname', 'hostname', 'host name', 'Give each a name of its own (set_hostname: true).'],
  [
    'UniqueMachineId',
    'machineId',
    'machine-id',
    'Clones of one image: rm /etc/machine-id && systemd-machine-id-setup, then reboot.',
  ],
  ['UniqueProductUuid', 'productUuid', 'product_uuid', 'Give each virtual machine a UUID of its own.'],
  [
    'UniqueAddress',
    'address',
    'address of the default route',
    'Virtual machines behind one NAT: set node_ip for each host.',
  ],
];

/** What hosts must not have in common, and clocks that differ. */
export function checkFleet(hosts: readonly NodeIdentity[]): Finding[] {
  const found: Finding[] = [];
  for (const [name, key, what, hint] of unique) {
    const owners = new Map<string, string[]>();
    for (const host of hosts) {
      const value = host[key];
      if (value !== undefined && value !== '') owners.set(value, [...(owners.get(value) ?? []), host.name]);
    }
    for (const [value, names] of owners) {
      if (names.length > 1) {
        found.push({
          severity: 'error',
          name,
          message: `${names.join(' and ')} have the same ${what} (${value})`,
          hint,
        });
      }
    }
  }
  const clocks = hosts
    .flatMap(({ name, clockAhead }) => (clockAhead === undefined ? [] : [{ name, ahead: clockAhead }]))
    .sort((a, b) => a.ahead - b.ahead);
  const [first] = clocks;
  const last = clocks.at(-1);
  if (first && last && last.ahead - first.ahead > MAX_CLOCK_SKEW_SECONDS) {
    found.push({
      severity: 'error',
      name: 'ClockSkew',
      message: `the clocks of ${first.name} and ${last.name} differ by ${last.ahead - first.ahead} s`,
      hint: 'Synchronise them: timedatectl set-ntp true',
    });
  }
  return found;
}

/** Splits findings by whether they stop: errors that are not ignored by name (or by `all`). */
export function stopping(findings: readonly Finding[], ignored: readonly string[]): Finding[] {
  const names = new Set(ignored.map((name) => name.toLowerCase()));
  if (names.has('all')) return [];
  return findings.filter((one) => one.severity === 'error' && !names.has(one.name.toLowerCase()));
}
