import { globMatcher, type Mapping } from '../../values/index.js';
import { flag, integer, list, path } from '../parameters.js';
import { defineTask, program, type Report } from '../task.js';
import { distributionFacts } from './facts/distribution.js';
import { HostFiles } from './facts/files.js';
import { hardwareFacts } from './facts/hardware.js';
import { localFacts } from './facts/local.js';
import { dnsFacts, networkFacts } from './facts/network.js';
import { platformFacts } from './facts/platform.js';
import { gatherScript } from './facts/script.js';
import { withFailure } from './reported.js';

const hardwareSubsets = ['hardware', 'devices', 'dmi', 'mounts', 'processor', 'memory'];
const networkSubsets = [
  'network',
  'interfaces',
  'default_ipv4',
  'default_ipv6',
  'all_ipv4_addresses',
  'all_ipv6_addresses',
];

/** Which kinds of facts are asked for; `!name` takes one away, a list of those alone starts from all. */
export function wantedSubsets(subsets: readonly string[]): { hardware: boolean; network: boolean; local: boolean } {
  const added = subsets.filter((name) => !name.startsWith('!'));
  const removed = new Set(subsets.filter((name) => name.startsWith('!')).map((name) => name.slice(1)));
  const startsFromAll = added.includes('all') || (added.length === 0 && !removed.has('all'));
  const wants = (names: readonly string[]) =>
    names.some((name) => added.includes(name)) ||
    (startsFromAll && !names.slice(0, 1).some((name) => removed.has(name)));
  return { hardware: wants(hardwareSubsets), network: wants(networkSubsets), local: wants(['local']) };
}

/** Facts that `min` brings, by the subset that brings them alone: patterns of their names. */
const minimal: Readonly<Record<string, RegExp>> = {
  apparmor: /^apparmor$/,
  caps: /^system_capabilities/,
  chroot: /^is_chroot$/,
  cmdline: /^(?:proc_)?cmdline$/,
  date_time: /^date_time$/,
  distribution: /^(?:distribution|os_family$)/,
  dns: /^dns$/,
  env: /^env$/,
  fips: /^fips$/,
  lsb: /^lsb$/,
  pkg_mgr: /^pkg_mgr$/,
  platform:
    /^(?:system|kernel|kernel_version|machine|machine_id|architecture|nodename|hostname|fqdn|domain|userspace_\w+)$/,
  python: /^python/,
  selinux: /^selinux/,
  service_mgr: /^service_mgr$/,
  ssh_pub_keys: /^ssh_host_key_/,
  user: /^(?:user_|real_|effective_)/,
  virtual: /^virtualization_/,
};

/** What is left of the minimum where `!min` takes it away: the subsets that are named. */
function minimumOf(facts: Mapping, subsets: readonly string[]): Mapping {
  const takesAway = subsets.includes('!min') && subsets.includes('!all');
  if (!takesAway || subsets.includes('all') || subsets.includes('min')) return facts;
  const kept = subsets.flatMap((name) => minimal[name] ?? []);
  return Object.fromEntries(Object.entries(facts).filter(([name]) => kept.some((pattern) => pattern.test(name))));
}

function keep(facts: Mapping, filters: readonly string[]): Mapping {
  const patterns = filters.filter((pattern) => pattern !== '' && pattern !== '*').map(globMatcher);
  if (patterns.length === 0) return facts;
  const matches = (name: string) => patterns.some((like) => like(name) || like(name.replace(/^ansible_/, '')));
  return Object.fromEntries(Object.entries(facts).filter(([name]) => matches(name)));
}

/** Everything that the host's raw text says, as Ansible's facts. */
export function factsOf(report: Pick<Report, 'text'>, subsets: readonly string[]): Mapping {
  const wanted = wantedSubsets(subsets);
  const field = (name: string) => report.text(name)?.replace(/\n$/, '');
  const files = new HostFiles(report.text('files') ?? '');
  const distribution = distributionFacts(files);
  const facts: Mapping = {
    ...minimumOf(
      {
        ...distribution,
        ...platformFacts(files, field, distribution.os_family),
        ...dnsFacts(files.lines('/etc/resolv.conf')),
      },
      subsets,
    ),
    ...(wanted.network &&
      networkFacts(files, {
        addresses: field('addresses'),
        ifconfig: field('ifconfig'),
        routes: field('routes'),
        routes6: field('routes6'),
        procRoutes: field('proc_routes'),
      })),
    ...(wanted.hardware &&
      hardwareFacts(files, { nproc: field('nproc'), statfs: field('statfs'), statfsOf: field('statfs_of') })),
    ...(wanted.local && localFacts((name) => report.text(name))),
  };
  const prefixed = Object.fromEntries(Object.entries(facts).map(([name, value]) => [`ansible_${name}`, value]));
  return { ...prefixed, gather_subset: [...subsets], module_setup: true };
}

export const setup = defineTask({
  name: 'setup',
  aliases: ['gather_facts'],
  summary: 'Gathers facts of the host as variables `ansible_...`.',
  description: 'Facts about Python are left out: none is needed on a host.',
  parameters: {
    gather_subset: list('all, min, hardware, network, virtual, local; `!` before one leaves it out.', {
      default: ['all'],
    }),
    gather_timeout: integer('Seconds that a custom fact, or a file system that does not answer, may take.', {
      default: 10,
    }),
    filter: list('Patterns of the facts that are returned.', { default: [] }),
    fact_path: path('Directory of custom facts (*.fact): JSON, INI, or executables that print either.', {
      default: '/etc/ansible/facts.d',
    }),
    parallel: flag('Accepted: facts are gathered by one program.'),
  },
  returns: { ansible_facts: 'the facts' },
  example: `- setup:
    gather_subset: [network]
  register: facts

- debug: {msg: "{{ ansible_default_ipv4.address }}"}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const wanted = wantedSubsets(args.gather_subset);
    return program(
      gatherScript({ ...wanted, local: wanted.local ? args.fact_path : undefined, timeout: args.gather_timeout }),
    );
  },
  interpret: (report, args) => {
    if (report.status === 'failed') return { result: withFailure(report) };
    return { result: { ansible_facts: keep(factsOf(report, args.gather_subset), args.filter) } };
  },
});
