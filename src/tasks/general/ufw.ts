import { joinScripts, sh } from '../../shell/index.js';
import { choice, flag, integer, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { withFailure } from './reported.js';

/** `ufw allow in on eth0 …`: the rule in ufw's long form. */
interface RuleArguments {
  rule: string | undefined;
  direction: string | undefined;
  interface: string | undefined;
  interface_in: string | undefined;
  interface_out: string | undefined;
  log: boolean;
  from_ip: string;
  from_port: string | undefined;
  to_ip: string;
  to_port: string | undefined;
  proto: string | undefined;
  name: string | undefined;
  comment: string | undefined;
}

export function ufwRule(args: RuleArguments): string[] {
  const words: string[] = [args.rule ?? ''];
  const add = (keyword: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') words.push(...keyword.split(' '), value);
  };
  if (args.direction !== undefined) words.push(args.direction);
  add('on', args.interface);
  add('in on', args.interface_in);
  add('out on', args.interface_out);
  if (args.log) words.push('log');
  add('from', args.from_ip);
  add('port', args.from_port);
  add('to', args.to_ip);
  add('port', args.to_port);
  add('proto', args.proto);
  add('app', args.name);
  add('comment', args.comment);
  return words;
}

const actions = { enabled: 'enable', disabled: 'disable', reloaded: 'reload', reset: 'reset' } as const;

export const ufw = defineTask({
  name: 'ufw',
  collection: 'community.general',
  summary: 'Sets up the firewall ufw: on or off, what is the default, rules.',
  description: 'Whether a rule is there, ufw itself says (`ufw --dry-run`). reloaded and reset are always a change.',
  parameters: {
    state: choice('Whether the firewall is on; reloaded reads its rules again, reset forgets them.', [
      'enabled',
      'disabled',
      'reloaded',
      'reset',
    ]),
    default: choice('What becomes of what no rule is for.', ['allow', 'deny', 'reject'], { aliases: ['policy'] }),
    direction: choice('Which packets: in and out for rules; incoming, outgoing and routed for the default.', [
      'in',
      'incoming',
      'out',
      'outgoing',
      'routed',
    ]),
    logging: choice('What is logged.', ['on', 'off', 'low', 'medium', 'high', 'full']),
    rule: choice('What the rule does.', ['allow', 'deny', 'limit', 'reject']),
    insert: integer('Number that the rule gets, rather than the last one.'),
    insert_relative_to: choice(
      'What the number is counted from.',
      ['first-ipv4', 'first-ipv6', 'last-ipv4', 'last-ipv6', 'zero'],
      {
        default: 'zero',
      },
    ),
    delete: flag('Whether the rule is removed.', { default: false }),
    route: flag('Whether the rule is for packets that pass through.', { default: false }),
    log: flag('Whether new connections of the rule are logged.', { default: false }),
    from_ip: text('Address that a packet is from.', { default: 'any', aliases: ['from', 'src'] }),
    from_port: text('Port that it is from.'),
    to_ip: text('Address that it goes to.', { default: 'any', aliases: ['dest', 'to'] }),
    to_port: text('Port that it goes to.', { aliases: ['port'] }),
    proto: choice('Protocol.', ['any', 'tcp', 'udp', 'ipv6', 'esp', 'ah', 'gre', 'igmp'], { aliases: ['protocol'] }),
    name: text('Profile of an application in /etc/ufw/applications.d.', { aliases: ['app'] }),
    interface: text('Interface, in the direction of the rule.', { aliases: ['if'] }),
    interface_in: text('Interface that a packet comes in by.', { aliases: ['if_in'] }),
    interface_out: text('Interface that it leaves by.', { aliases: ['if_out'] }),
    comment: text('Comment of the rule.'),
  },
  atLeastOne: [['state', 'default', 'rule', 'logging']],
  atMostOne: [
    ['name', 'proto'],
    ['interface', 'interface_in'],
    ['interface', 'interface_out'],
  ],
  returns: { commands: 'what ufw was called with', msg: 'the state afterwards' },
  example: `- ufw: {rule: allow, port: "6443", proto: tcp, comment: Kubernetes API}

- ufw: {state: enabled, default: deny}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const wrong = (msg: string) => ({ status: 'failed' as const, result: { msg } });
    const { direction } = args;
    if (args.default !== undefined && (direction === 'in' || direction === 'out')) {
      return wrong(
        'For default, direction must be one of "outgoing", "incoming" and "routed", or direction must not be specified.',
      );
    }
    if (args.rule !== undefined && direction !== undefined && direction !== 'in' && direction !== 'out') {
      return wrong('For rules, direction must be one of "in" and "out", or direction must not be specified.');
    }
    if (!args.route && args.interface_in !== undefined && args.interface_out !== undefined) {
      return wrong('Only route rules can combine interface_in and interface_out');
    }
    if (args.interface !== undefined && direction === undefined)
      return wrong("missing parameter(s) required by 'interface': direction");
    const options = [
      args.from_ip,
      args.from_port,
      args.to_ip,
      args.to_port,
      args.name,
      args.interface,
      args.interface_in,
      args.interface_out,
    ];
    const dash = options.find((value) => value?.startsWith('-'));
    if (dash !== undefined) return wrong(`${JSON.stringify(dash)} begins with a dash`);
    const rule = ufwRule(args);
    const before = [...(args.route ? ['route'] : []), ...(args.delete ? ['delete'] : [])];
    return program(
      joinScripts([
        sh`
if ! command -v ufw >/dev/null 2>&1; then
  if [ -n "$kp_check" ] && kp_predicted package ufw; then kp_unknown 'ufw is not installed yet'; return 0; fi
  kp_fail 'Failed to find required executable "ufw"'; return 1
fi
kp_commands=
kp_ufw() { kp_commands=$kp_commands"ufw $*"$kp_nl; kp_try ufw "$@"; }
kp_was=$(ufw status verbose 2>&1) || { kp_fail "$kp_was"; return 1; }
kp_on=
case $kp_was in *'Status: active'*) kp_on=1 ;; esac
if [ -n "$kp_check" ] && kp_predicted ufw state; then kp_on=$kp_value; fi`,
        args.default !== undefined &&
          sh`
# In /etc/default/ufw it stands whether ufw is on or off.
case ${direction ?? 'incoming'} in incoming) kp_i=INPUT ;; outgoing) kp_i=OUTPUT ;; *) kp_i=FORWARD ;; esac
kp_line=$(sed -n "s/^DEFAULT_$\{kp_i}_POLICY=\"*\([A-Z]*\)\"*.*/\1/p" /etc/default/ufw 2>/dev/null | tail -n 1)
case ${args.default} in allow) kp_want=ACCEPT ;; deny) kp_want=DROP ;; *) kp_want=REJECT ;; esac
if [ -n "$kp_check" ] && kp_predicted ufw "default $kp_i"; then kp_line=$kp_value; fi
if [ "$kp_line" != "$kp_want" ]; then
  if kp_apply; then kp_ufw default ${args.default} ${direction === undefined ? [] : [direction]} || return 1
  else kp_predict ufw "default $kp_i" "$kp_want"
  fi
fi`,
        args.logging !== undefined &&
          sh`
kp_line=$(sed -n 's/^LOGLEVEL=//p' /etc/ufw/ufw.conf 2>/dev/null | tail -n 1)
kp_line=$\{kp_line:-off}
kp_same=
case ${args.logging}/$kp_line in on/off) ;; on/*) kp_same=1 ;; *) [ ${args.logging} != "$kp_line" ] || kp_same=1 ;; esac
if [ -n "$kp_check" ] && kp_predicted ufw ${`logging ${args.logging}`}; then kp_same=1; fi
if [ -z "$kp_same" ]; then
  if kp_apply; then kp_ufw logging ${args.logging} || return 1; else kp_predict ufw ${`logging ${args.logging}`} 1; fi
fi`,
        args.rule !== undefined &&
          sh`
set -- ${before}
kp_place=
if [ -n ${args.insert !== undefined && !args.delete} ]; then
  kp_place=${args.insert ?? 0}
  if [ ${args.insert_relative_to} != zero ]; then
    kp_out=$(ufw status numbered 2>/dev/null | awk -v from=${args.insert_relative_to} '
      match($0, /^\[ *[0-9]+\] /) { n = substr($0, 2, RLENGTH - 3) + 0; last = n; if ($0 ~ /\(v6\)/) six = n; else four = n }
      END {
        at = from == "first-ipv4" ? 1 : from == "last-ipv4" ? (four ? four : 1) : from == "first-ipv6" ? (four ? four + 1 : 1) : (six ? last : last + 1)
        print at, last + 0 }')
    kp_place=$((kp_place + $\{kp_out% *}))
    [ "$kp_place" -le "$\{kp_out#* }" ] || kp_place=
  fi
fi
[ -z "$kp_place" ] || set -- "$@" insert "$kp_place"
set -- "$@" ${rule}
kp_out=$(ufw --dry-run "$@" 2>&1) || { kp_set commands "ufw --dry-run $*"; kp_fail "$kp_out"; return 1; }
kp_same=1
while IFS= read -r kp_line; do
  case $kp_line in Skipping* | 'Could not delete non-existent rule'* | '') ;; *) kp_same= ;; esac
done <<EOF
$kp_out
EOF
if [ -z "$kp_same" ]; then
  # While it is active, ufw prints all rules of the families that it looked at, changed or not.
  kp_files=
  case $kp_out in *:ufw-user-input*) kp_files='/etc/ufw/user.rules /lib/ufw/user.rules' ;; esac
  case $kp_out in *:ufw6-user-input*) kp_files="$kp_files /etc/ufw/user6.rules /lib/ufw/user6.rules" ;; esac
  if [ -n "$kp_files" ] &&
    [ "$(printf '%s\n' "$kp_out" | grep '^### tuple')" = "$(grep -h '^### tuple' $kp_files 2>/dev/null)" ]; then kp_same=1; fi
fi
if [ -n "$kp_check" ] && kp_predicted ufw ${`rule ${[...before, ...rule].join(' ')}`}; then kp_same=1; fi
if [ -z "$kp_same" ]; then
  if kp_apply; then kp_ufw ${args.delete ? ['--force'] : []} "$@" || return 1
  else kp_predict ufw ${`rule ${[...before, ...rule].join(' ')}`} 1
  fi
fi`,
        args.state !== undefined &&
          sh`
case ${args.state}/$kp_on in
enabled/1 | disabled/) ;;
*)
  if kp_apply; then kp_ufw --force ${actions[args.state]} || return 1
  else case ${args.state} in enabled) kp_predict ufw state 1 ;; disabled | reset) kp_predict ufw state '' ;; esac
  fi ;;
esac`,
        sh`kp_set commands "$kp_commands"
kp_set now "$(ufw status verbose 2>/dev/null)"`,
      ]),
    );
  },
  interpret: (report) => {
    const commands = (report.text('commands') ?? '').split('\n').filter((line) => line !== '');
    return { result: withFailure(report, { commands, msg: report.text('now') ?? '' }) };
  },
});
