import { distributionFacts } from '../../../src/tasks/general/facts/distribution.js';
import { HostFiles } from '../../../src/tasks/general/facts/files.js';
import { mountFacts, processorFacts } from '../../../src/tasks/general/facts/hardware.js';
import { dnsFacts, networkFacts, parseIfconfig } from '../../../src/tasks/general/facts/network.js';
import { factsOf, wantedSubsets } from '../../../src/tasks/general/setup.js';

const filesOf = (files: Record<string, string>) =>
  new HostFiles(
    Object.entries(files)
      .flatMap(([path, text]) => text.split('\n').map((line) => `${path}:${line}`))
      .join('\n'),
  );

test.each([
  [
    'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm',
    { '/etc/debian_version': '12.11' },
    ['Debian', '12.11', '12', 'bookworm', 'Debian'],
  ],
  [
    'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nVERSION_CODENAME=noble',
    {},
    ['Ubuntu', '24.04', '24', 'noble', 'Debian'],
  ],
  [
    'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\nPRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"',
    {},
    ['Rocky', '9.4', '9', 'Blue Onyx', 'RedHat'],
  ],
  [
    'ID="rhel"\nVERSION_ID="8.9"\nPRETTY_NAME="Red Hat Enterprise Linux 8.9 (Ootpa)"',
    {},
    ['RedHat', '8.9', '8', 'Ootpa', 'RedHat'],
  ],
  ['ID=alpine\nVERSION_ID=3.20.0', { '/etc/alpine-release': '3.20.0' }, ['Alpine', '3.20.0', '3', 'NA', 'Alpine']],
  ['NAME="Some Derivative"\nID=some\nID_LIKE=debian\nVERSION_ID=1', {}, ['Some', '1', '1', 'NA', 'Debian']],
] as const)('os-release %j is named as Ansible names it', (osRelease, others, expected) => {
  const facts = distributionFacts(filesOf({ '/etc/os-release': osRelease, ...others }));
  expect([
    facts.distribution,
    facts.distribution_version,
    facts.distribution_major_version,
    facts.distribution_release,
    facts.os_family,
  ]).toEqual(expected);
});

const sys = (name: string, values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([file, value]) => [`/sys/class/net/${name}/${file}`, value]));

const ip = `1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
4: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\\       valid_lft forever
4: eth0    inet 192.0.2.9/32 scope global secondary eth0\\       valid_lft forever
4: eth0    inet6 fd00::2/64 scope global nodad \\       valid_lft forever
5: wg-0    inet 10.0.0.1 peer 10.0.0.2/32 scope global wg-0\\       valid_lft forever`;

test('interfaces, addresses and the default route are what Ansible makes of them', () => {
  const files = filesOf({
    ...sys('eth0', {
      address: '02:fc:00:00:00:01',
      mtu: '1400',
      operstate: 'up',
      type: '1',
      flags: '0x1003',
      speed: '-1',
    }),
    ...sys('lo', { address: '00:00:00:00:00:00', mtu: '65536', operstate: 'unknown', type: '772', flags: '0x9' }),
  });
  const facts = networkFacts(files, {
    addresses: ip,
    ifconfig: undefined,
    routes: '8.8.8.8 via 192.0.2.1 dev eth0 src 192.0.2.2 uid 0 \\    cache ',
    routes6: undefined,
    procRoutes: undefined,
  });
  expect(facts.default_ipv4).toEqual({
    address: '192.0.2.2',
    alias: 'eth0',
    broadcast: '192.0.2.255',
    gateway: '192.0.2.1',
    interface: 'eth0',
    macaddress: '02:fc:00:00:00:01',
    mtu: 1400,
    netmask: '255.255.255.0',
    network: '192.0.2.0',
    prefix: '24',
    type: 'ether',
  });
  expect(facts.default_ipv6).toEqual({});
  expect(facts.all_ipv4_addresses).toEqual(['192.0.2.2', '192.0.2.9', '10.0.0.1']);
  expect(facts.all_ipv6_addresses).toEqual(['fd00::2']);
  expect(facts.interfaces).toEqual(['eth0', 'lo', 'wg-0']);
  expect(facts.lo).toMatchObject({
    active: true,
    type: 'loopback',
    ipv4: { address: '127.0.0.1', netmask: '255.0.0.0' },
  });
  expect(facts.lo).not.toHaveProperty('macaddress');
  expect(facts.wg_0).toMatchObject({ device: 'wg-0', ipv4: { address: '10.0.0.1' } });
  expect(facts.eth0).toMatchObject({ ipv4_secondaries: [{ address: '192.0.2.9', prefix: '32' }] });
});

test('without ip, busybox ifconfig and /proc/net/route say the same', () => {
  const ifconfig = `eth0      Link encap:Ethernet  HWaddr 02:42:AC:11:00:02
          inet addr:172.17.0.2  Bcast:172.17.255.255  Mask:255.255.0.0
          inet6 addr: fe80::42/64 Scope:Link
          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1

lo        Link encap:Local Loopback
          inet addr:127.0.0.1  Mask:255.0.0.0`;
  expect(parseIfconfig(ifconfig).map(({ device, address, prefix }) => [device, address, prefix])).toEqual([
    ['eth0', '172.17.0.2', 16],
    ['eth0', 'fe80::42', 64],
    ['lo', '127.0.0.1', 8],
  ]);
  const facts = networkFacts(filesOf({}), {
    addresses: undefined,
    ifconfig,
    routes: undefined,
    routes6: undefined,
    procRoutes: 'Iface\tDestination\tGateway\neth0\t00000000\t010011AC\t0003\n',
  });
  expect(facts.default_ipv4).toMatchObject({ address: '172.17.0.2', gateway: '172.17.0.1', interface: 'eth0' });
});

test('sockets, cores and threads are counted apart', () => {
  const cpu = (id: number, socket: number) => [
    `processor\t: ${id}`,
    'vendor_id\t: GenuineIntel',
    'model name\t: Xeon',
    `physical id\t: ${socket}`,
    'siblings\t: 4',
    'cpu cores\t: 2',
  ];
  const facts = processorFacts(
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((id) => cpu(id, id >> 2)),
    '6',
  );
  expect(facts).toMatchObject({
    processor_count: 2,
    processor_cores: 2,
    processor_threads_per_core: 2,
    processor_vcpus: 8,
    processor_nproc: 6,
  });
  expect((facts.processor as string[]).slice(0, 3)).toEqual(['0', 'GenuineIntel', 'Xeon']);
});

test('mounts have sizes, and only what has a device counts', () => {
  const lines = ['/dev/vda /mnt/a\\040b ext4 rw,relatime 0 0', 'proc /proc proc rw 0 0', 'nas:/x /nas nfs4 rw 0 0'];
  expect(mountFacts(lines, '65536 4096 1000 300 50 20\n\n', '/mnt/a b\n/nas')).toEqual([
    {
      mount: '/mnt/a b',
      device: '/dev/vda',
      fstype: 'ext4',
      options: 'rw,relatime',
      uuid: 'N/A',
      block_size: 65536,
      block_total: 1000,
      block_available: 300,
      block_used: 700,
      inode_total: 50,
      inode_available: 20,
      inode_used: 30,
      size_total: 4_096_000,
      size_available: 1_228_800,
    },
    expect.objectContaining({ mount: '/nas', device: 'nas:/x', fstype: 'nfs4' }),
  ]);
});

test('resolv.conf', () => {
  const lines = [
    '# x',
    'nameserver 10.0.0.53',
    'nameserver ::1',
    'search a.example b.example',
    'options ndots:5 rotate',
  ];
  expect(dnsFacts(lines)).toEqual({
    dns: {
      nameservers: ['10.0.0.53', '::1'],
      search: ['a.example', 'b.example'],
      options: { ndots: '5', rotate: true },
    },
  });
});

test.each([
  [['all'], [true, true, true]],
  [['min'], [false, false, false]],
  [['!all'], [false, false, false]],
  [
    ['!all', 'network'],
    [false, true, false],
  ],
  [['!hardware'], [false, true, true]],
  [
    ['all', '!network'],
    [true, false, true],
  ],
  [['mounts'], [true, false, false]],
])('gather_subset %j', (subsets, [hardware, network, local]) => {
  expect(wantedSubsets(subsets)).toEqual({ hardware, network, local });
});

test('custom facts may be JSON or INI, and what is neither is told', () => {
  const fields: Record<string, string> = {
    fact_name_1: 'a',
    fact_1: '{"x": [1]}',
    fact_name_2: 'b',
    fact_2: '[general]\nKey = some: value\n',
    fact_name_3: 'c',
    fact_3: 'rubbish',
    fact_name_4: 'd',
    fact_4: '\u00013',
  };
  expect(factsOf({ text: (name) => fields[name] }, ['local', '!all']).ansible_local).toEqual({
    a: { x: [1] },
    b: { general: { key: 'some: value' } },
    c: 'error loading facts as JSON or ini - please check content: c.fact',
    d: 'Failure executing fact script (d.fact), rc: 3',
  });
});

test('a host that says nothing gives facts all the same', () => {
  expect(factsOf({ text: () => undefined }, ['all'])).toMatchObject({ ansible_distribution: 'NA', module_setup: true });
});
