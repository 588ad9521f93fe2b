import type { Mapping } from '../../../values/index.js';
import type { HostFiles } from './files.js';

interface Address {
  device: string;
  family: 4 | 6;
  address: string;
  prefix: number;
  broadcast: string;
  scope: string;
  secondary: boolean;
}

const dotted = (bits: number): string => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
const numberOf = (address: string): number =>
  address.split('.').reduce((value, part) => value * 256 + Number(part), 0) >>> 0;
const maskOf = (prefix: number): number => (prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0);

/** `ip -o addr show`. */
function parseIpAddresses(output: string): Address[] {
  const found: Address[] = [];
  for (const line of output.split('\n')) {
    const match = /^\d+: (\S+)\s+inet(6?) (\S+?)(?:\/(\d+))?(?: peer \S+)?(?: brd (\S+))? scope (\S+)/.exec(line);
    if (!match) continue;
    const [, device = '', six, address = '', prefix, broadcast = '', scope = ''] = match;
    found.push({
      device,
      family: six === '6' ? 6 : 4,
      address: /inet6? (\S+?)(?:\/| peer)/.exec(line)?.[1] ?? address,
      prefix: Number(prefix ?? (six === '6' ? 128 : 32)),
      broadcast,
      scope,
      secondary: / secondary /.test(line),
    });
  }
  return found;
}

/** `ifconfig -a` of busybox, where there is no ip. */
export function parseIfconfig(output: string): Address[] {
  const found: Address[] = [];
  for (const block of output.split(/\n(?=\S)/)) {
    const device = /^(\S+?):?\s/.exec(block)?.[1];
    if (device === undefined) continue;
    for (const match of block.matchAll(/inet addr:(\S+)(?:\s+Bcast:(\S+))?(?:\s+P-t-P:\S+)?\s+Mask:(\S+)/g)) {
      const mask = numberOf(match[3] ?? '')
        .toString(2)
        .replaceAll('0', '').length;
      const [address = '', broadcast = ''] = [match[1], match[2]];
      found.push({ device, family: 4, address, prefix: mask, broadcast, scope: 'global', secondary: false });
    }
    for (const match of block.matchAll(/inet6 addr:\s*(\S+?)\/(\d+)\s+Scope:(\S+)/g)) {
      const [address = '', prefix, scope = ''] = [match[1], Number(match[2]), (match[3] ?? '').toLowerCase()];
      found.push({ device, family: 6, address, prefix, broadcast: '', scope, secondary: false });
    }
  }
  return found;
}

function ipv4(address: Address): Mapping {
  const mask = maskOf(address.prefix);
  return {
    address: address.address,
    broadcast: address.broadcast,
    netmask: dotted(mask),
    network: dotted((numberOf(address.address) & mask) >>> 0),
    prefix: String(address.prefix),
  };
}

const ipv6 = ({ address, prefix, scope }: Address): Mapping => ({ address, prefix: String(prefix), scope });

function interfaceFacts(files: HostFiles, device: string, addresses: readonly Address[]): Mapping {
  const read = (name: string) => files.text(`/sys/class/net/${device}/${name}`);
  const flags = Number(read('flags') ?? 0);
  const four = addresses.filter((a) => a.device === device && a.family === 4);
  const six = addresses.filter((a) => a.device === device && a.family === 6);
  const [first, ...others] = four;
  const mac = read('address');
  const speed = read('speed');
  const stp = read('bridge/stp_state');
  return {
    device,
    active: ['up', 'unknown'].includes(read('operstate') ?? '') && (flags & 1) !== 0,
    ...(read('mtu') !== undefined && { mtu: Number(read('mtu')) }),
    ...(mac !== undefined && mac !== '' && mac !== '00:00:00:00:00:00' && { macaddress: mac }),
    ...(stp !== undefined && { stp: stp !== '0' }),
    type:
      stp !== undefined ? 'bridge' : read('type') === '772' ? 'loopback' : read('type') === '1' ? 'ether' : 'unknown',
    promisc: (flags & 0x100) !== 0,
    ...(speed !== undefined && speed !== '' && { speed: Number(speed) }),
    ...(first !== undefined && { ipv4: ipv4(first) }),
    ...(others.length > 0 && { ipv4_secondaries: others.map(ipv4) }),
    ...(six.length > 0 && { ipv6: six.map(ipv6) }),
  };
}

/** `8.8.8.8 via GATEWAY dev DEVICE src ADDRESS`, of `ip route get`. */
function parseRoute(output: string): { gateway: string | undefined; device: string; source: string } | undefined {
  const device = / dev (\S+)/.exec(output)?.[1];
  const source = / src (\S+)/.exec(output)?.[1];
  if (device === undefined || source === undefined || /unreachable/.test(output)) return undefined;
  return { gateway: / via (\S+)/.exec(output)?.[1], device, source };
}

/** The default route in /proc/net/route; addresses stand there as little-endian hexadecimal numbers. */
function procRoute(output: string, addresses: readonly Address[]) {
  for (const line of output.split('\n').slice(1)) {
    const [device = '', target, gateway = ''] = line.trim().split(/\s+/);
    if (target !== '00000000') continue;
    const source = addresses.find((a) => a.device === device && a.family === 4)?.address;
    if (source === undefined) continue;
    const bytes = gateway
      .match(/../g)
      ?.reverse()
      .map((hex) => Number.parseInt(hex, 16));
    return { gateway: bytes?.join('.'), device, source };
  }
  return undefined;
}

export interface NetworkOutputs {
  addresses: string | undefined;
  ifconfig: string | undefined;
  routes: string | undefined;
  routes6: string | undefined;
  procRoutes: string | undefined;
}

export function networkFacts(files: HostFiles, outputs: NetworkOutputs): Mapping {
  const addresses =
    outputs.addresses === undefined ? parseIfconfig(outputs.ifconfig ?? '') : parseIpAddresses(outputs.addresses);
  const devices = files.paths('/sys/class/net/').map((path) => path.split('/')[4] ?? '');
  const interfaces = [...new Set([...devices, ...addresses.map(({ device }) => device)])].filter((name) => name !== '');
  const facts: Mapping = { interfaces };
  const described: Record<string, Mapping> = {};
  for (const device of interfaces) {
    described[device] = interfaceFacts(files, device, addresses);
    facts[device.replaceAll(/[^A-Za-z0-9_]/g, '_')] = described[device];
  }
  const isGlobal = (a: Address) => !a.address.startsWith('127.') && a.address !== '::1';
  facts.all_ipv4_addresses = addresses.filter((a) => a.family === 4 && isGlobal(a)).map(({ address }) => address);
  facts.all_ipv6_addresses = addresses.filter((a) => a.family === 6 && isGlobal(a)).map(({ address }) => address);
  const byDefault = (route: ReturnType<typeof parseRoute>, family: 4 | 6): Mapping => {
    if (!route) return {};
    const own = addresses.find((a) => a.family === family && a.address === route.source);
    const { macaddress, mtu, type } = described[route.device] ?? {};
    return {
      ...(own && (family === 4 ? ipv4(own) : ipv6(own))),
      address: route.source,
      interface: route.device,
      ...(family === 4 && { alias: route.device }),
      ...(route.gateway !== undefined && { gateway: route.gateway }),
      ...(macaddress !== undefined && { macaddress }),
      ...(mtu !== undefined && { mtu }),
      ...(type !== undefined && { type }),
    };
  };
  facts.default_ipv4 = byDefault(
    outputs.routes === undefined ? procRoute(outputs.procRoutes ?? '', addresses) : parseRoute(outputs.routes),
    4,
  );
  facts.default_ipv6 = byDefault(parseRoute(outputs.routes6 ?? ''), 6);
  return facts;
}

/** /etc/resolv.conf. */
export function dnsFacts(lines: readonly string[]): Mapping {
  const dns: Mapping = {};
  const nameservers: string[] = [];
  for (const line of lines) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver' && rest[0] !== undefined) nameservers.push(rest[0]);
    else if (word === 'domain' && rest[0] !== undefined) dns.domain = rest[0];
    else if (word === 'search' || word === 'sortlist') dns[word] = rest;
    else if (word === 'options') {
      dns.options = Object.fromEntries(
        rest.map((option) => [option.split(':')[0] ?? '', option.split(':')[1] ?? true]),
      );
    }
  }
  return { dns: { ...(nameservers.length > 0 && { nameservers }), ...dns } };
}
