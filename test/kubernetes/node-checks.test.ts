import {
  checkFleet,
  checkNode,
  type NodeFacts,
  type NodeIdentity,
  stopping,
} from '../../src/kubernetes/node-checks.js';
import { parseVersion } from '../../src/kubernetes/version.js';

const good: NodeFacts = {
  uid: 0,
  kernel: '6.1.0-18-amd64',
  cpus: 2,
  memoryMiB: 2000,
  diskMiB: 20_000,
  hostname: 'n1',
  cgroup: 'v2',
  controllers: ['cpuset', 'cpu', 'io', 'memory', 'pids'],
  hasSystemd: true,
  packageManager: 'apt-get',
  missingPrograms: [],
  ports: [22],
  swapDevices: [],
  kubeadm: undefined,
  kubelet: undefined,
  isMember: false,
  apiServer: undefined,
};
const needs = {
  role: 'control_plane',
  version: parseVersion('1.35'),
  minimumDiskMiB: 2048,
  acceptsCgroupV1: false,
  apiServer: '10.0.0.1:6443',
} as const;

test('a host that has everything has no findings', () => {
  expect(checkNode(good, needs)).toEqual([]);
});

test.each<[string, Partial<NodeFacts>, string[]]>([
  ['one CPU', { cpus: 1 }, ['NumCPU']],
  ['little memory', { memoryMiB: 1699 }, ['Mem']],
  ['a full disk', { diskMiB: 100 }, ['Disk']],
  ['an ordinary user', { uid: 1000 }, ['IsPrivilegedUser']],
  ['an old kernel', { kernel: '3.9.9' }, ['KernelVersion']],
  ['no systemd', { hasSystemd: false }, ['Systemd']],
  ['no package manager', { packageManager: undefined }, ['PackageManager']],
  ['a missing program', { missingPrograms: ['modprobe'] }, ['FileExisting-modprobe']],
  ['no cgroups', { cgroup: undefined }, ['Cgroups']],
  ['a missing controller', { controllers: ['cpuset', 'cpu', 'pids'] }, ['Cgroups']],
  ['cgroup v1', { cgroup: 'v1' }, ['CgroupV1']],
  ['an underscore in the name', { hostname: 'node_1' }, ['Hostname']],
  ['ports in use', { ports: [6443, 10250, 8080] }, ['Port-6443', 'Port-10250']],
  ['ports of its own', { ports: [6443, 10250], isMember: true }, []],
  ['an API server out of reach', { apiServer: 'unreachable' }, ['APIServer']],
  ['an API server that is not there yet', { apiServer: 'refuses' }, []],
])('%s', (_, change, expected) => {
  const findings = checkNode({ ...good, ...change }, needs);
  expect(findings.map((f) => f.name)).toEqual(expected);
  expect(findings.every((f) => f.severity === 'error' && f.hint !== undefined)).toBe(true);
});

test('swap and packages that will be replaced are warnings', () => {
  const findings = checkNode({ ...good, swapDevices: ['/dev/sda2'], kubelet: 'v1.36.0' }, needs);
  expect(findings.map((f) => [f.severity, f.name])).toEqual([
    ['warning', 'Swap'],
    ['warning', 'VersionSkew'],
  ]);
});

test('a worker needs neither two CPUs nor the ports of a control plane', () => {
  const host = { ...good, cpus: 1, memoryMiB: 900, ports: [6443] };
  expect(checkNode(host, { ...needs, role: 'worker' })).toEqual([]);
});

test('cgroup v1 is no matter for an older kubelet, nor where it is told to accept it', () => {
  expect(checkNode({ ...good, cgroup: 'v1' }, { ...needs, version: parseVersion('1.34') })).toEqual([]);
  expect(checkNode({ ...good, cgroup: 'v1' }, { ...needs, acceptsCgroupV1: true })).toEqual([]);
});

test('errors are ignored by name, or all of them; warnings never stop', () => {
  const findings = checkNode({ ...good, cpus: 1, memoryMiB: 100, swapDevices: ['/x'] }, needs);
  expect(stopping(findings, []).map((f) => f.name)).toEqual(['NumCPU', 'Mem']);
  expect(stopping(findings, ['numcpu']).map((f) => f.name)).toEqual(['Mem']);
  expect(stopping(findings, ['all'])).toEqual([]);
});

const host = (name: string, change: Partial<NodeIdentity> = {}): NodeIdentity => ({
  name,
  hostname: name,
  machineId: `id-${name}`,
  productUuid: `uuid-${name}`,
  address: `addr-${name}`,
  clockAhead: 0,
  ...change,
});

test('hosts that differ have no findings; what a host could not tell is no duplicate', () => {
  expect(checkFleet([host('a'), host('b')])).toEqual([]);
  expect(checkFleet([host('a', { productUuid: '' }), host('b', { productUuid: '' })])).toEqual([]);
});

test.each<[keyof NodeIdentity, string]>([
  ['hostname', 'UniqueHostname'],
  ['machineId', 'UniqueMachineId'],
  ['productUuid', 'UniqueProductUuid'],
  ['address', 'UniqueAddress'],
])('hosts with the same %s are found as %s, and named', (key, name) => {
  const found = checkFleet([host('a', { [key]: 'x' }), host('b'), host('c', { [key]: 'x' })]);
  expect(found).toEqual([
    expect.objectContaining({ severity: 'error', name, message: expect.stringContaining('a and c') }),
  ]);
});

test('clocks may differ by a minute', () => {
  expect(checkFleet([host('a'), host('b', { clockAhead: 60 })])).toEqual([]);
  expect(checkFleet([host('a'), host('b', { clockAhead: 61 })]).map((f) => f.name)).toEqual(['ClockSkew']);
  expect(checkFleet([host('a', { clockAhead: -31 }), host('b', { clockAhead: 30 })])).toMatchObject([
    { name: 'ClockSkew', message: 'the clocks of a and b differ by 61 s' },
  ]);
});
