import { joinScripts, sh } from '../../shell/index.js';
import { type ArgumentsOf, choice, dictionary, flag, list, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { withFailure } from './reported.js';

const levels = [
  '0',
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  'emerg',
  'alert',
  'crit',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
] as const;

const parameters = {
  chain: text('The chain.'),
  table: choice('Its table.', ['filter', 'nat', 'mangle', 'raw', 'security'], { default: 'filter' }),
  state: choice('Whether the rule is there.', ['present', 'absent'], { default: 'present' }),
  action: choice('Whether a new rule comes last or first.', ['append', 'insert'], { default: 'append' }),
  rule_num: text('Place that a rule is inserted at.'),
  ip_version: choice('Which packets.', ['ipv4', 'ipv6'], { default: 'ipv4' }),
  protocol: text('Protocol; like all that follow, with ! in front: any other.'),
  source: text('Address that a packet is from.'),
  destination: text('Address that it goes to.'),
  match: list('Extensions.', { default: [] }),
  tcp_flags: dictionary('flags and flags_set: the TCP flags that are looked at, and those that must be set.'),
  jump: text('Target.'),
  gateway: text('Where TEE copies the packet to.'),
  log_prefix: text('What LOG writes first; the target is LOG then.'),
  log_level: choice('Level that LOG writes at.', levels),
  goto: text('User-defined chain to go on with.'),
  in_interface: text('Interface that a packet came in by.'),
  out_interface: text('Interface that it leaves by.'),
  fragment: text('Fragments.'),
  set_counters: text('Counters that the rule begins with.'),
  source_port: text('Port or range that a packet is from.'),
  destination_port: text('Port or range that it goes to.'),
  destination_ports: list('Ports or ranges that it goes to.', { default: [] }),
  to_ports: text('Port that it is sent to instead.'),
  to_destination: text('Address that it is sent to instead (DNAT).'),
  to_source: text('Address that it seems to be from (SNAT).'),
  syn: choice('Whether a packet begins a connection.', ['ignore', 'match', 'negate'], { default: 'ignore' }),
  set_dscp_mark: text('DSCP that is set.'),
  set_dscp_mark_class: text('DSCP class that is set.'),
  comment: text('Comment of the rule.'),
  ctstate: list('States of the connection.', { default: [] }),
  src_range: text('Range of addresses that a packet is from.'),
  dst_range: text('Range of addresses that it goes to.'),
  match_set: text('ipset.'),
  match_set_flags: choice('What of the packet is looked up in it.', [
    'src',
    'dst',
    'src,src',
    'src,dst',
    'dst,src',
    'dst,dst',
  ]),
  limit: text('How often the rule matches.'),
  limit_burst: text('How often before the limit counts.'),
  uid_owner: text('User whose packet it is.'),
  gid_owner: text('Group whose packet it is.'),
  reject_with: text('What is answered; the target is REJECT then.'),
  icmp_type: text('Type of ICMP.'),
  numeric: flag('Accepted: no rules are listed, so no names are asked for.', { default: false }),
  flush: flag('Whether all rules of the chain, or of the table, are removed.', { default: false }),
  policy: choice('What becomes of packets that no rule of the chain is for.', ['ACCEPT', 'DROP', 'QUEUE', 'RETURN']),
  wait: text('Seconds to wait for the lock.'),
  chain_management: flag('Whether the chain is made and removed, too.', { default: false }),
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

/** The words of a rule, in Ansible's order. */
export function ruleOf(args: Arguments): string[] {
  const rule: string[] = [];
  const add = (option: string, value: string | undefined): void => {
    if (value === undefined || value === '') return;
    if (value.startsWith('!')) rule.push('!', option, value.slice(1));
    else rule.push(option, value);
  };
  const csv = (option: string, values: readonly string[]): void => {
    if (values.length > 0) rule.push(option, values.join(','));
  };
  const extension = (name: string, isUsed: boolean): void => {
    if (isUsed) rule.push('-m', name);
  };
  const flags = args.tcp_flags;
  const words = (value: unknown) => (Array.isArray(value) ? value.map(String) : String(value ?? '').split(','));
  if (args.wait !== undefined) rule.push('-w', args.wait);
  add('-p', args.protocol);
  add('-s', args.source);
  add('-d', args.destination);
  for (const name of args.match) add('-m', name);
  if (flags?.flags !== undefined && flags.flags_set !== undefined) {
    rule.push('--tcp-flags', words(flags.flags).join(','), words(flags.flags_set).join(','));
  }
  const isLog = args.jump === undefined && (args.log_prefix !== undefined || args.log_level !== undefined);
  add('-j', isLog ? 'LOG' : args.jump);
  if (args.jump?.toLowerCase() === 'tee') add('--gateway', args.gateway);
  add('--log-prefix', args.log_prefix);
  add('--log-level', args.log_level);
  add('--to-destination', args.to_destination);
  extension('multiport', args.destination_ports.length > 0);
  csv('--dports', args.destination_ports);
  add('--to-source', args.to_source);
  add('-g', args.goto);
  add('-i', args.in_interface);
  add('-o', args.out_interface);
  add('-f', args.fragment);
  add('-c', args.set_counters);
  add('--source-port', args.source_port);
  add('--destination-port', args.destination_port);
  add('--to-ports', args.to_ports);
  add('--set-dscp', args.set_dscp_mark);
  add('--set-dscp-class', args.set_dscp_mark_class);
  if (args.syn !== 'ignore') rule.push(...(args.syn === 'negate' ? ['!', '--syn'] : ['--syn']));
  const hasState = args.match.includes('state') && !args.match.includes('conntrack');
  extension('conntrack', args.ctstate.length > 0 && !hasState && !args.match.includes('conntrack'));
  csv(hasState ? '--state' : '--ctstate', args.ctstate);
  extension('iprange', (args.src_range ?? args.dst_range) !== undefined && !args.match.includes('iprange'));
  add('--src-range', args.src_range);
  add('--dst-range', args.dst_range);
  extension('set', args.match_set !== undefined && !args.match.includes('set'));
  if (args.match_set !== undefined) {
    const isNot = args.match_set.startsWith('!');
    rule.push(...(isNot ? ['!'] : []), '--match-set', isNot ? args.match_set.slice(1) : args.match_set);
    if (args.match_set_flags !== undefined) rule.push(args.match_set_flags);
  }
  extension('limit', (args.limit ?? args.limit_burst) !== undefined);
  add('--limit', args.limit);
  add('--limit-burst', args.limit_burst);
  extension('owner', args.uid_owner !== undefined);
  add('--uid-owner', args.uid_owner);
  extension('owner', args.gid_owner !== undefined && args.uid_owner === undefined);
  add('--gid-owner', args.gid_owner);
  if (args.jump === undefined && !isLog) add('-j', args.reject_with === undefined ? undefined : 'REJECT');
  add('--reject-with', args.reject_with);
  add(args.ip_version === 'ipv6' ? '--icmpv6-type' : '--icmp-type', args.icmp_type);
  extension('comment', args.comment !== undefined);
  // A comment that begins with ! is no negation.
  if (args.comment !== undefined) rule.push('--comment', args.comment);
  return rule;
}

export const iptables = defineTask({
  name: 'iptables',
  summary: 'Adds and removes rules of the packet filter, now; they do not outlast a reboot.',
  parameters,
  atMostOne: [
    ['set_dscp_mark', 'set_dscp_mark_class'],
    ['flush', 'policy'],
  ],
  returns: {
    rule: 'the rule as it was given to iptables',
    chain: 'the chain',
    table: 'the table',
    ip_version: 'as asked for',
    state: 'as asked for',
    flush: 'as asked for',
    chain_management: 'as asked for',
  },
  example: `- iptables:
    chain: INPUT
    protocol: tcp
    destination_port: "6443"
    ctstate: [NEW]
    jump: ACCEPT
    comment: Kubernetes API`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const wrong = (msg: string) => ({ status: 'failed' as const, result: { msg } });
    if (!args.flush && args.chain === undefined) return wrong('Either chain or flush parameter must be specified.');
    if ((args.log_prefix ?? args.log_level) !== undefined && args.jump !== undefined && args.jump !== 'LOG') {
      return wrong('Logging options can only be used with the LOG jump target.');
    }
    if (args.jump?.toLowerCase() === 'tee' && args.gateway === undefined)
      return wrong('jump is TEE but gateway is missing');
    if (args.chain?.startsWith('-')) return wrong(`a chain does not begin with a dash: ${args.chain}`);
    const unknown = Object.keys(args.tcp_flags ?? {}).find((name) => !['flags', 'flags_set'].includes(name));
    if (unknown !== undefined) return wrong(`tcp_flags has no ${unknown}: it has flags and flags_set`);
    const rule = ruleOf(args);
    const tool = args.ip_version === 'ipv6' ? 'ip6tables' : 'iptables';
    const begin = sh`
kp_ipt() { ${tool} -t ${args.table} "$@"; }
command -v ${tool} >/dev/null 2>&1 || {
  if [ -n "$kp_check" ] && { kp_predicted command ${tool} || kp_predicted package iptables; }; then
    kp_unknown ${`${tool} is not installed yet`}; return 0
  fi
  kp_fail ${`Failed to find required executable ${tool}`}
  return 1
}`;
    const chain = args.chain ?? '';
    const key = `${args.ip_version} ${args.table} ${chain} ${rule.join(' ')}`;
    if (args.flush) {
      return program(
        joinScripts([begin, sh`if kp_apply; then kp_try kp_ipt -F ${chain === '' ? [] : [chain]} || return 1; fi`]),
      );
    }
    if (args.policy !== undefined) {
      return program(
        joinScripts([
          begin,
          sh`kp_out=$(kp_ipt -S ${chain} 2>&1) || { kp_fail "$kp_out"; return 1; }
kp_line=$\{kp_out%%"$kp_nl"*}
case $kp_line in -P*) ;; *) kp_fail "Can't detect current policy"; return 1 ;; esac
[ "$\{kp_line##* }" = ${args.policy} ] && return 0
if kp_apply; then kp_try kp_ipt -P ${chain} ${args.policy} || return 1; fi`,
        ]),
      );
    }
    if (args.state === 'absent' && rule.length === 0) {
      return program(
        joinScripts([
          begin,
          sh`kp_ipt -S ${chain} >/dev/null 2>&1 || return 0
if kp_apply; then ${args.chain_management ? sh`kp_try kp_ipt -X ${chain} || return 1` : sh`:`}; fi`,
        ]),
      );
    }
    const place =
      args.action === 'insert' ? ['-I', chain, ...(args.rule_num === undefined ? [] : [args.rule_num])] : ['-A', chain];
    return program(
      joinScripts([
        begin,
        sh`kp_there=
! kp_ipt -C ${chain} ${rule} >/dev/null 2>&1 || kp_there=1
if [ -n "$kp_check" ] && kp_predicted iptables ${key}; then case $kp_value in present) kp_there=1 ;; *) kp_there= ;; esac; fi`,
        args.state === 'absent'
          ? sh`[ -n "$kp_there" ] || return 0
if kp_apply; then kp_try kp_ipt -D ${chain} ${rule} || return 1; else kp_predict iptables ${key} absent; fi`
          : sh`[ -z "$kp_there" ] || return 0
if kp_apply; then
  ${args.chain_management ? sh`kp_ipt -S ${chain} >/dev/null 2>&1 || kp_try kp_ipt -N ${chain} || return 1` : sh``}
  kp_try kp_ipt ${place} ${rule} || return 1
else kp_predict iptables ${key} present
fi`,
      ]),
    );
  },
  interpret: (report, args) => ({
    result: withFailure(report, {
      ip_version: args.ip_version,
      table: args.table,
      chain: args.chain ?? null,
      flush: args.flush,
      rule: ruleOf(args).join(' '),
      state: args.state,
      chain_management: args.chain_management,
    }),
  }),
});
