import { KprovError } from '../errors/index.js';

export interface Cidr {
  readonly family: 4 | 6;
  /** The network's first address as a number. */
  readonly base: bigint;
  readonly prefix: number;
}

const bits = (family: 4 | 6): number => (family === 4 ? 32 : 128);

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parseV6(text: string): bigint | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail !== null) {
    const v4 = parseV4(tail[2] ?? '');
    if (v4 === undefined) return undefined;
    return parseV6(`${tail[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`);
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined): string[] => (half === undefined || half === '' ? [] : half.split(':'));
  const head = groups(halves[0]);
  const rest = groups(halves[1]);
  const missing = 8 - head.length - rest.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  let value = 0n;
  for (const group of [...head, ...Array<string>(missing).fill('0'), ...rest]) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    value = (value << 16n) | BigInt(`0x${group}`);
  }
  return value;
}

/** The address as a number with its family, or undefined for what is not an IP address. */
export function parseAddress(text: string): { family: 4 | 6; value: bigint } | undefined {
  const v4 = parseV4(text);
  if (v4 !== undefined) return { family: 4, value: v4 };
  const v6 = text.includes(':') ? parseV6(text) : undefined;
  return v6 === undefined ? undefined : { family: 6, value: v6 };
}

/** Reads `10.244.0.0/16` or `fd00:10::/56`; host bits are dropped. Undefined for anything else. */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text.trim());
  const address = match === null ? undefined : parseAddress(match[1] ?? '');
  if (match === null || address === undefined) return undefined;
  const prefix = Number(match[2]);
  const width = bits(address.family);
  if (prefix > width) return undefined;
  const shift = BigInt(width - prefix);
  return { family: address.family, base: (address.value >> shift) << shift, prefix };
}

/** A comma-separated list as Kubernetes writes dual-stack subnets. @throws KprovError `bad-subnet` */
export function parseSubnets(text: string, what: string): Cidr[] {
  return text.split(',').map((part) => {
    const cidr = parseCidr(part);
    if (cidr !== undefined) return cidr;
    throw new KprovError('bad-subnet', `${what} "${part.trim()}" is not a subnet`, {
      why: 'Expected an address and a prefix length.',
      fix: 'Write it like 10.244.0.0/16.',
    });
  });
}

export const containsAddress = (cidr: Cidr, address: string): boolean => {
  const parsed = parseAddress(address);
  if (parsed === undefined || parsed.family !== cidr.family) return false;
  const shift = BigInt(bits(cidr.family) - cidr.prefix);
  return parsed.value >> shift === cidr.base >> shift;
};

/** Have the two an address in common? */
export function overlaps(a: Cidr, b: Cidr): boolean {
  if (a.family !== b.family) return false;
  const shift = BigInt(bits(a.family) - Math.min(a.prefix, b.prefix));
  return a.base >> shift === b.base >> shift;
}

export const sameSubnet = (a: Cidr, b: Cidr): boolean =>
  a.family === b.family && a.base === b.base && a.prefix === b.prefix;
