import { joinScripts, type Script, sh } from '../../shell/index.js';
import { isMapping, type Mapping } from '../../values/index.js';
import { anything, choice, flag, integer, text } from '../parameters.js';
import { defineTask, type Outcome, type Program, program } from '../task.js';
import { withFailure } from './reported.js';

/** What is asked for and changed, as options of firewall-cmd. */
interface Item {
  /** `--query-…`, `--add-…`, `--remove-…`, without the first word. */
  option: string;
  value?: string;
  /** Whether it is to be there: of masquerade and the like the parameter itself says so. */
  isWanted: boolean;
  what: string;
}

function forwardOf(value: unknown): string | undefined {
  const list = Array.isArray(value) ? value : [value];
  const [first] = list;
  if (list.length !== 1 || !isMapping(first)) return undefined;
  const { port, proto, toport, toaddr } = first as Mapping;
  if (port === undefined || proto === undefined || toport === undefined) return undefined;
  const address = toaddr === undefined || toaddr === null ? '' : `:toaddr=${String(toaddr)}`;
  return `port=${String(port)}:proto=${String(proto)}:toport=${String(toport)}${address}`;
}

const one = (item: Item, flags: readonly string[], timeout: number): Script => {
  const query = [...flags, `--query-${item.option}${item.value === undefined ? '' : `=${item.value}`}`];
  const verb = item.isWanted ? (item.option === 'interface' ? 'change' : 'add') : 'remove';
  const change = [...flags, `--${verb}-${item.option}${item.value === undefined ? '' : `=${item.value}`}`];
  if (timeout > 0 && item.isWanted && !flags.includes('--permanent')) change.push(`--timeout=${timeout}`);
  return sh`
kp_have=no
kp_out=$("$kp_tool" $kp_zone ${query} 2>&1) && kp_have=yes
case $kp_have/$kp_out in yes/* | no/no | no/'') ;; *) kp_fail "$kp_out"; return 1 ;; esac
if [ -n "$kp_check" ] && kp_predicted firewalld "$kp_zone "${query.join(' ')}; then kp_have=$kp_value; fi
if [ "$kp_have" != ${item.isWanted ? 'yes' : 'no'} ]; then
  if kp_apply; then kp_try "$kp_tool" $kp_zone ${change} || return 1
  else kp_predict firewalld "$kp_zone "${query.join(' ')} ${item.isWanted ? 'yes' : 'no'}
  fi
fi`;
};

export const firewalld = defineTask({
  name: 'firewalld',
  collection: 'ansible.posix',
  summary: 'Sets up firewalld: services, ports, sources, interfaces, rules and zones.',
  description:
    'With the firewall-cmd of the host, or its firewall-offline-cmd where firewalld is not running and offline is set.',
  parameters: {
    state: choice(
      'Whether it is there; present and absent are for zones, and for targets of zones.',
      ['enabled', 'disabled', 'present', 'absent'],
      {
        required: true,
      },
    ),
    service: text('A service.'),
    port: text('A port or range with its protocol: 6443/tcp.'),
    protocol: text('A protocol.'),
    source: text('A network.'),
    interface: text('An interface.'),
    rich_rule: text('A rule in the rich language.'),
    icmp_block: text('A type of ICMP that is blocked.'),
    icmp_block_inversion: flag('Whether what icmp_block lists is let through rather than blocked.'),
    masquerade: flag('Whether addresses are masqueraded.'),
    port_forward: anything(
      'A port that is sent elsewhere: a mapping, or a list of one, of port, proto, toport, toaddr.',
    ),
    target: choice('What becomes of packets that no rule of the zone is for.', [
      'default',
      'ACCEPT',
      'DROP',
      '%%REJECT%%',
    ]),
    zone: text('The zone. Default: the one that is the default.'),
    permanent: flag('Whether it outlasts a reboot.'),
    immediate: flag('Whether it holds at once; so it is where permanent is off.', { default: false }),
    timeout: integer('Seconds that it holds for; 0 is for good.', { default: 0 }),
    offline: flag('Whether it may be done while firewalld is not running.'),
  },
  atMostOne: [
    [
      'service',
      'port',
      'protocol',
      'source',
      'interface',
      'rich_rule',
      'icmp_block',
      'icmp_block_inversion',
      'masquerade',
      'port_forward',
      'target',
    ],
  ],
  returns: { msg: 'what was done' },
  example: `- firewalld:
    port: 6443/tcp
    state: enabled
    permanent: true
    immediate: true`,
  inCheckMode: 'predicts',
  compile: (args): Program | Outcome => {
    const wrong = (msg: string) => ({ status: 'failed' as const, result: { msg } });
    const isOn = args.state === 'enabled' || args.state === 'present';
    const forward = args.port_forward === undefined ? undefined : forwardOf(args.port_forward);
    if (args.port_forward !== undefined && forward === undefined)
      return wrong('port_forward needs one mapping with port, proto and toport');
    const simple = {
      service: args.service,
      port: args.port,
      protocol: args.protocol,
      source: args.source,
      interface: args.interface,
    } as const;
    const items: Item[] = Object.entries(simple).flatMap(([option, value]) =>
      value === undefined ? [] : [{ option, value, isWanted: isOn, what: `${option} ${value}` }],
    );
    if (args.rich_rule !== undefined)
      items.push({ option: 'rich-rule', value: args.rich_rule, isWanted: isOn, what: 'rich_rule' });
    if (args.icmp_block !== undefined)
      items.push({ option: 'icmp-block', value: args.icmp_block, isWanted: isOn, what: 'icmp-block' });
    if (forward !== undefined)
      items.push({ option: 'forward-port', value: forward, isWanted: isOn, what: 'port_forward' });
    if (args.masquerade !== undefined)
      items.push({ option: 'masquerade', isWanted: isOn === args.masquerade, what: 'masquerade' });
    if (args.icmp_block_inversion !== undefined) {
      items.push({
        option: 'icmp-block-inversion',
        isWanted: isOn === args.icmp_block_inversion,
        what: 'icmp-block-inversion',
      });
    }
    const isZone = items.length === 0;
    if (!isZone && (args.state === 'present' || args.state === 'absent')) {
      return wrong('absent and present state can only be used in zone level operations');
    }
    if (isZone && (args.state === 'enabled' || args.state === 'disabled') && args.target === undefined) {
      return wrong('firewalld needs something to enable or disable, such as service or port');
    }
    if (isZone && args.zone === undefined) return wrong('zone is a mandatory argument for zone level operations');
    if (isZone && args.permanent !== true) return wrong('permanent is a mandatory argument for zone level operations');
    if (args.port !== undefined && !/^[\d-]+\/[a-z]+$/.test(args.port))
      return wrong('improper port format (missing protocol?)');
    if (args.zone !== undefined && !/^[\w-]+$/.test(args.zone))
      return wrong(`${JSON.stringify(args.zone)} is no name of a zone`);
    if (args.timeout > 0 && args.permanent === true) return wrong('timeout and permanent exclude each other');
    const isPermanent = args.permanent === true;
    const isImmediate = args.immediate || !isPermanent;
    const zone = args.zone === undefined ? sh`kp_zone=` : sh`kp_zone=${`--zone=${args.zone}`}`;
    const begin = sh`
kp_tool=firewall-cmd kp_live=1
if ! command -v firewall-cmd >/dev/null 2>&1 && ! command -v firewall-offline-cmd >/dev/null 2>&1; then
  if [ -n "$kp_check" ] && kp_predicted package firewalld; then kp_unknown 'firewalld is not installed yet'; return 0; fi
  kp_fail 'firewalld is not installed'; return 1
fi
if ! firewall-cmd --state >/dev/null 2>&1; then
  if [ -z ${args.offline === true && isPermanent} ]; then
    if [ -n "$kp_check" ] && kp_predicted service firewalld.service; then kp_unknown 'firewalld is not running yet'; return 0; fi
    kp_fail 'firewall is not currently running, unable to perform immediate actions without a running firewall daemon'
    return 1
  fi
  kp_tool=firewall-offline-cmd kp_live=
fi
${zone}`;
    if (isZone) {
      const { target } = args;
      const name = args.zone ?? '';
      return program(
        joinScripts([
          begin,
          sh`kp_mode=--permanent; [ -n "$kp_live" ] || kp_mode=
kp_have=no
case " $("$kp_tool" $kp_mode --get-zones 2>/dev/null | tr '\n' ' ') " in *' '${name}' '*) kp_have=yes ;; esac`,
          target === undefined
            ? sh`
case ${args.state}/$kp_have in
present/no) if kp_apply; then kp_try "$kp_tool" $kp_mode ${`--new-zone=${name}`} || return 1; fi ;;
absent/yes) if kp_apply; then kp_try "$kp_tool" $kp_mode ${`--delete-zone=${name}`} || return 1; fi ;;
esac`
            : sh`
[ "$kp_have" = yes ] || { kp_fail ${`there is no zone ${name}`}; return 1; }
kp_want=${isOn ? target : 'default'}
kp_line=$("$kp_tool" $kp_mode $kp_zone --get-target 2>/dev/null)
[ "$kp_line" = "$kp_want" ] || { if kp_apply; then kp_try "$kp_tool" $kp_mode $kp_zone "--set-target=$kp_want" || return 1; fi; }`,
        ]),
      );
    }
    return program(
      joinScripts([
        begin,
        isPermanent &&
          sh`if [ -n "$kp_live" ]; then
${joinScripts(items.map((item) => one(item, ['--permanent'], 0)))}
else
${joinScripts(items.map((item) => one(item, [], 0)))}
fi`,
        isImmediate &&
          sh`if [ -n "$kp_live" ]; then
${joinScripts(items.map((item) => one(item, [], args.timeout)))}
fi`,
        sh`return 0`,
      ]),
    );
  },
  interpret: (report, args) => {
    const where = [
      args.permanent === true && 'permanent',
      (args.immediate || args.permanent !== true) && 'Non-permanent',
    ].filter(Boolean);
    const what = report.status === 'changed' ? `Changed to ${args.state}` : '';
    return {
      result: withFailure(report, {
        msg: [`${where.join(' and ')} operation`, what].filter((part) => part !== '').join(', '),
      }),
    };
  },
});
