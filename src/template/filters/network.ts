import { TemplateError } from '../errors.js';
import {
  addressText,
  bitsOf,
  contains,
  type IpNetwork,
  isLinkLocal,
  isLoopback,
  isMulticast,
  isPrivate,
  isPublic,
  lastOf,
  netmaskOf,
  networkOf,
  parseNetwork,
  sizeOf,
} from '../python/ip.js';
import { isInteger, isList } from '../python/kinds.js';
import { str } from '../python/repr.js';
import { type Filter, filter } from '../runtime/callables.js';
import { optional, whole } from './arguments.js';

type Answer = (net: IpNetwork, given: unknown) => unknown;

const show = ({ version }: IpNetwork, address: bigint): string => addressText(version, address);
const withPrefix = (net: IpNetwork, address: bigint): string => `${show(net, address)}/${net.prefix}`;
const isWide = (net: IpNetwork): boolean => sizeOf(net) > 1n;
const isHost = (net: IpNetwork): boolean => !isWide(net) || net.address !== networkOf(net) || sizeOf(net) === 2n;
const usable = (net: IpNetwork): [bigint, bigint] =>
  sizeOf(net) <= 2n ? [networkOf(net), lastOf(net)] : [networkOf(net) + 1n, lastOf(net) - 1n];
const when =
  (test: (net: IpNetwork) => boolean): Answer =>
  (net, given) =>
    test(net) ? given : undefined;

const address: Answer = (net) => (isHost(net) ? show(net, net.address) : undefined);
const subnet: Answer = (net) => withPrefix(net, networkOf(net));
const hostWithPrefix: Answer = (net) => (isHost(net) && isWide(net) ? withPrefix(net, net.address) : undefined);
const wildcard: Answer = (net) => show(net, sizeOf(net) - 1n);

const answers: Readonly<Record<string, Answer>> = {
  '': (_, given) => given,
  address,
  ip: address,
  network: (net) => (isWide(net) ? show(net, networkOf(net)) : undefined),
  network_id: (net) => show(net, networkOf(net)),
  'network/prefix': subnet,
  subnet,
  cidr: (_, given) => given,
  prefix: (net) => net.prefix,
  netmask: (net) => show(net, netmaskOf(net)),
  hostmask: wildcard,
  wildcard,
  broadcast: (net) => (sizeOf(net) > 2n ? show(net, lastOf(net)) : undefined),
  size: (net) => Number(sizeOf(net)),
  size_usable: (net) => Number(usable(net)[1] - usable(net)[0] + 1n),
  first_usable: (net) => (isWide(net) ? show(net, usable(net)[0]) : undefined),
  last_usable: (net) => (isWide(net) ? show(net, usable(net)[1]) : undefined),
  next_usable: (net) => (net.address + 1n <= usable(net)[1] ? show(net, net.address + 1n) : undefined),
  previous_usable: (net) => (net.address - 1n >= usable(net)[0] ? show(net, net.address - 1n) : undefined),
  range_usable: (net) => (isWide(net) ? `${show(net, usable(net)[0])}-${show(net, usable(net)[1])}` : undefined),
  host: (net) => (isHost(net) ? withPrefix(net, net.address) : undefined),
  'host/prefix': hostWithPrefix,
  hostnet: hostWithPrefix,
  'address/prefix': hostWithPrefix,
  'ip/prefix': hostWithPrefix,
  gateway: hostWithPrefix,
  gw: hostWithPrefix,
  router: hostWithPrefix,
  net: (net) => (isWide(net) && net.address === networkOf(net) ? withPrefix(net, networkOf(net)) : undefined),
  network_netmask: (net) => `${show(net, networkOf(net))} ${show(net, netmaskOf(net))}`,
  network_wildcard: (net) => `${show(net, networkOf(net))} ${show(net, sizeOf(net) - 1n)}`,
  ip_netmask: (net) => `${show(net, net.address)} ${show(net, netmaskOf(net))}`,
  ip_wildcard: (net) => `${show(net, net.address)} ${show(net, sizeOf(net) - 1n)}`,
  version: (net) => net.version,
  type: (net) => (isHost(net) ? 'address' : 'network'),
  int: (net) => (isWide(net) ? `${net.address}/${net.prefix}` : Number(net.address)),
  bool: () => true,
  public: when(isPublic),
  private: when(isPrivate),
  lo: when(isLoopback),
  loopback: when(isLoopback),
  'link-local': when(isLinkLocal),
  multicast: when(isMulticast),
  unicast: when((net) => !isMulticast(net)),
  '4': when((net) => net.version === 4),
  ipv4: when((net) => net.version === 4),
  '6': when((net) => net.version === 6),
  ipv6: when((net) => net.version === 6),
  wrap: (net, given) => wrapped(net, str(given)),
  revdns: (net) => reverseName(net),
};

const wrapped = (net: IpNetwork, text: string): string => (net.version === 4 ? text : text.replace(/^[^/]+/, '[$&]'));

function reverseName(net: IpNetwork): string {
  if (net.version === 4) return `${show(net, net.address).split('.').reverse().join('.')}.in-addr.arpa.`;
  return `${[...net.address.toString(16).padStart(32, '0')].reverse().join('.')}.ip6.arpa.`;
}

function networkFrom(value: unknown): IpNetwork | undefined {
  if (isInteger(value) && value >= 0) {
    const version = value < 2 ** 32 ? 4 : 6;
    return { version, address: BigInt(value), prefix: bitsOf(version), hasPrefix: false };
  }
  return typeof value === 'string' ? parseNetwork(value) : undefined;
}

/** The nth address of the network; negative ones count from its end. */
function nth(net: IpNetwork, index: bigint): bigint | undefined {
  const at = index < 0n ? lastOf(net) + 1n + index : networkOf(net) + index;
  return at >= networkOf(net) && at <= lastOf(net) ? at : undefined;
}

function ask(value: unknown, query: string, version: 4 | 6 | undefined): unknown {
  const net = networkFrom(value);
  if (net === undefined || (version !== undefined && net.version !== version)) return undefined;
  const given = isInteger(value) ? show(net, net.address) : value;
  const answer = Object.hasOwn(answers, query) ? answers[query] : undefined;
  if (answer !== undefined) return answer(net, given);
  if (/^-?\d+$/.test(query)) {
    const found = nth(net, BigInt(query));
    return found === undefined ? undefined : withPrefix(net, found);
  }
  const outer = parseNetwork(query);
  if (outer === undefined) throw new TemplateError(`ipaddr: unknown filter type: ${query}`, { code: 'bad-arguments' });
  return contains(outer, net) ? given : undefined;
}

const ipFilter = (version: 4 | 6 | undefined): Filter =>
  filter('query version alias', (value, [query]) => {
    const wanted = optional(query) === undefined ? '' : str(query);
    if (!isList(value)) return ask(value, wanted, version) ?? false;
    return Array.from(value, (item) => ask(item, wanted, version)).filter(
      (item) => item !== undefined && item !== false,
    );
  });

function required(value: unknown, user: string): IpNetwork {
  const net = networkFrom(value);
  if (net === undefined) throw new TemplateError(`${user}: not an address or network: ${str(value)}`);
  return net;
}

function subnets(value: unknown, query: unknown, index: unknown): unknown {
  const net = networkFrom(value);
  if (net === undefined) return false;
  if (optional(query) === undefined) return withPrefix(net, networkOf(net));
  const prefix = whole(query, 'query');
  if (prefix < 0 || prefix > bitsOf(net.version))
    throw new TemplateError(`ipsubnet: no prefix ${prefix} in IPv${net.version}`);
  const size = 1n << BigInt(bitsOf(net.version) - prefix);
  if (prefix < net.prefix && optional(index) === undefined) return String(0);
  if (prefix < net.prefix) return withPrefix({ ...net, prefix }, networkOf({ ...net, prefix }));
  const count = sizeOf(net) / size;
  if (optional(index) === undefined) return String(count);
  const at = BigInt(whole(index, 'index'));
  const position = at < 0n ? count + at : at;
  if (position < 0n || position >= count) return false;
  return `${show(net, networkOf(net) + position * size)}/${prefix}`;
}

export const networkFilters: Readonly<Record<string, Filter>> = {
  ipaddr: ipFilter(undefined),
  ipv4: ipFilter(4),
  ipv6: ipFilter(6),
  ipsubnet: filter('query index', (value, [query, index]) => subnets(value, query, index)),
  nthhost: filter('query', (value, [query]) => {
    const net = networkFrom(value);
    const found = net && nth(net, BigInt(whole(query, 'query', 0)));
    return net === undefined || found === undefined ? false : show(net, found);
  }),
  ipmath: filter('amount', (value, [amount]) => {
    const net = required(value, 'ipmath');
    return show(net, net.address + BigInt(whole(amount, 'amount')));
  }),
  ipwrap: filter('', (value) => {
    const wrap = (item: unknown): unknown => {
      const net = networkFrom(item);
      return net === undefined ? item : wrapped(net, str(item));
    };
    return isList(value) ? Array.from(value, wrap) : wrap(value);
  }),
  network_in_network: filter('test', (value, [inner]) =>
    contains(required(value, 'network_in_network'), required(inner, 'network_in_network')),
  ),
};
