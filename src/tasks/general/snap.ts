import { sh } from '../../shell/index.js';
import { choice, flag, list, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { withFailure } from './reported.js';

export const snap = defineTask({
  name: 'snap',
  collection: 'community.general',
  summary: 'Installs and removes snaps.',
  description: 'Proven against a stand-in of snap(8) that answers as documented; never yet against a real snapd.',
  parameters: {
    name: list('The snaps.', { required: true }),
    state: choice('Whether they are there, and may be started.', ['present', 'absent', 'enabled', 'disabled'], {
      default: 'present',
    }),
    classic: flag('Whether a new one is not confined.', { default: false }),
    channel: text('Channel of a new one.', { default: 'stable' }),
    options: list('Settings: name=value, or snap:name=value where there are several snaps.'),
  },
  returns: {
    classic: 'as asked for',
    channel: 'as asked for',
    cmd: 'what snap was called with',
    snaps_installed: 'those that were installed',
    snaps_removed: 'those that were removed',
    options_changed: 'settings that were changed',
  },
  example: `- snap:
    name: microk8s
    classic: true
    channel: 1.29/stable`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const wrong = (msg: string) => ({ status: 'failed' as const, result: { msg } });
    const bad = args.name.find((name) => !/^[a-z0-9][a-z0-9_-]*$/.test(name));
    if (bad !== undefined) return wrong(`${JSON.stringify(bad)} is no name of a snap`);
    const pairs: string[] = [];
    for (const option of args.options ?? []) {
      const [, of, name, value] = /^(?:([a-z0-9][a-z0-9_-]*):)?([\w.-]+)=(.*)$/s.exec(option) ?? [];
      if (name === undefined || value === undefined || name.startsWith('-'))
        return wrong(`Cannot parse set option ${JSON.stringify(option)}`);
      for (const each of of === undefined ? args.name : [of]) pairs.push(each, name, value);
    }
    return program(sh`
command -v snap >/dev/null 2>&1 || {
  if [ -n "$kp_check" ] && kp_predicted package snapd; then kp_unknown 'snapd is not installed yet'; return 0; fi
  kp_fail 'Failed to find required executable "snap"'; return 1
}
kp_list=$(snap list 2>/dev/null)
kp_state=${args.state} kp_cmd= kp_in= kp_out_of=
kp_snap() { kp_cmd=$kp_cmd"snap $*"$kp_nl; kp_try snap "$@"; }
for kp_i in ${args.name}; do
  kp_line=
  while IFS= read -r kp_p; do case $kp_p in "$kp_i "*) kp_line=$kp_p ;; esac; done <<EOF
$kp_list
EOF
  kp_here=absent
  if [ -n "$kp_line" ]; then case $\{kp_line##* } in *disabled*) kp_here=disabled ;; *) kp_here=enabled ;; esac; fi
  if [ -n "$kp_check" ] && kp_predicted snap "$kp_i"; then kp_here=$kp_value; fi
  kp_want=$kp_state
  case $kp_state/$kp_here in
  present/enabled | present/disabled | absent/absent | enabled/enabled | disabled/disabled) continue ;;
  present/absent)
    kp_in=$kp_in$kp_i$kp_nl kp_want=enabled
    set -- install ${args.classic ? ['--classic'] : []} ${args.channel === 'stable' ? [] : [`--channel=${args.channel}`]} "$kp_i" ;;
  absent/*) kp_out_of=$kp_out_of$kp_i$kp_nl; set -- remove "$kp_i" ;;
  */absent) 
    if [ -n "$kp_dry" ]; then kp_unknown "the snap $kp_i is not there yet"; return 0; fi
    kp_fail "the snap $kp_i is not installed"; return 1 ;;
  enabled/*) set -- enable "$kp_i" ;;
  disabled/*) set -- disable "$kp_i" ;;
  esac
  if kp_apply; then kp_snap "$@" || return 1; else kp_predict snap "$kp_i" "$kp_want"; fi
done
kp_options=
set -- ${pairs}
while [ $# -ge 3 ]; do
  kp_now=$(snap get "$1" "$2" 2>/dev/null) || kp_now=
  if [ -n "$kp_check" ] && kp_predicted snap "$1 $2"; then kp_now=$kp_value; fi
  if [ "$kp_now" != "$3" ]; then
    kp_options=$kp_options"$1:$2=$3"$kp_nl
    if kp_apply; then kp_snap set "$1" "$2=$3" || return 1; else kp_predict snap "$1 $2" "$3"; fi
  fi
  shift 3
done
kp_set cmds "$kp_cmd"; kp_set installed "$kp_in"; kp_set removed "$kp_out_of"; kp_set options "$kp_options"`);
  },
  interpret: (report, args) => {
    const lines = (name: string) => (report.text(name) ?? '').split('\n').filter((line) => line !== '');
    const [installed, removed, options] = [lines('installed'), lines('removed'), lines('options')];
    return {
      result: withFailure(report, {
        classic: args.classic,
        channel: args.channel,
        cmd: lines('cmds').join('\n'),
        ...(installed.length > 0 && { snaps_installed: installed }),
        ...(removed.length > 0 && { snaps_removed: removed }),
        ...(options.length > 0 && { options_changed: options }),
      }),
    };
  },
});
