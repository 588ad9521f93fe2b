/** Addresses and networks of IPv4 and IPv6 as numbers. */
export interface IpNetwork {
  version: 4 | 6;
  /** The address as given, host bits included. */
  address: bigint;
  prefix: number;
  /** The text had a prefix or a netmask. */
  hasPrefix: boolean;
}

export const bitsOf = (version: 4 | 6): number => (version === 4 ? 32 : 128);
export const sizeOf = ({ version, prefix }: IpNetwork): bigint => 1n << BigInt(bitsOf(version) - prefix);
export const networkOf = (net: IpNetwork): bigint => net.address - (net.address % sizeOf(net));
export const lastOf = (net: IpNetwork): bigint => networkOf(net) + sizeOf(net) - 1n;
export const netmaskOf = (net: IpNetwork): bigint => (1n << BigInt(bitsOf(net.version))) - sizeOf(net);

function parseV4(text: string): bigint | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const parts = text.split('.').map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((all, part) => (all << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const low = parseV4(dotted[2] ?? '');
    return low === undefined
      ? undefined
      : parseV6(`${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::');
  if (!text.includes(':') || halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail = []] = groups;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...tail];
  if (all.some((group) => !/^[\da-fA-F]{1,4}$/.test(group))) return undefined;
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

export function parseAddress(text: string): { version: 4 | 6; address: bigint } | undefined {
  const v4 = parseV4(text);
  if (v4 !== undefined) return { version: 4, address: v4 };
  const v6 = parseV6(text);
  return v6 === undefined ? undefined : { version: 6, address: v6 };
}

function parsePrefix(text: string, version: 4 | 6): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= bitsOf(version) ? Number(text) : undefined;
  const mask = version === 4 ? parseV4(text) : parseV6(text);
  if (mask === undefined) return undefined;
  const binary = mask.toString(2).padStart(bitsOf(version), '0');
  const hostBits = /^1*(0*)$/.exec(binary)?.[1];
  return hostBits === undefined ? undefined : bitsOf(version) - hostBits.length;
}

export function parseNetwork(text: string): IpNetwork | undefined {
  const [addressText = '', prefixText, ...more] = text.trim().split('/');
  const parsed = parseAddress(addressText);
  if (parsed === undefined || more.length > 0) return undefined;
  const prefix = prefixText === undefined ? bitsOf(parsed.version) : parsePrefix(prefixText, parsed.version);
  return prefix === undefined ? undefined : { ...parsed, prefix, hasPrefix: prefixText !== undefined };
}

export function addressText(version: 4 | 6, address: bigint): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => ((address >> BigInt(112 - 16 * at)) & 0xffffn).toString(16));
  const zeros = [
    ...groups
      .map((group) => (group === '0' ? '0' : 'x'))
      .join('')
      .matchAll(/0{2,}/g),
  ];
  const longest = zeros.reduce<RegExpMatchArray | undefined>(
    (best, each) => (best === undefined || each[0].length > best[0].length ? each : best),
    undefined,
  );
  if (longest === undefined) return groups.join(':');
  const at = longest.index ?? 0;
  return `${groups.slice(0, at).join(':')}::${groups.slice(at + longest[0].length).join(':')}`;
}

const within = (cidr: string): ((net: IpNetwork) => boolean) => {
  const outer = parseNetwork(cidr);
  return (net) => outer !== undefined && contains(outer, net);
};

/** True where `inner` lies wholly in `outer`. */
export const contains = (outer: IpNetwork, inner: IpNetwork): boolean =>
  outer.version === inner.version && networkOf(outer) <= networkOf(inner) && lastOf(inner) <= lastOf(outer);

const anyOf = (cidrs: readonly string[]) => {
  const tests = cidrs.map(within);
  return (net: IpNetwork): boolean => tests.some((test) => test(net));
};

export const isPrivate = anyOf([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  'fc00::/7',
  'fec0::/10',
]);
export const isLoopback = anyOf(['127.0.0.0/8', '::1/128']);
export const isLinkLocal = anyOf(['169.254.0.0/16', 'fe80::/10']);
export const isMulticast = anyOf(['224.0.0.0/4', 'ff00::/8']);
const isReserved = anyOf(['0.0.0.0/8', '240.0.0.0/4', '100.64.0.0/10', '::/8']);
export const isPublic = (net: IpNetwork): boolean =>
  !isPrivate(net) && !isLoopback(net) && !isLinkLocal(net) && !isMulticast(net) && !isReserved(net);
