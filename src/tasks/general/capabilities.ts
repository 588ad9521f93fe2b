import { sh } from '../../shell/index.js';
import { choice, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { settingsDiff, withFailure } from './reported.js';

export const capabilities = defineTask({
  name: 'capabilities',
  collection: 'community.general',
  summary: 'Gives a file a capability, or takes it away.',
  parameters: {
    path: path('The file.', { required: true, aliases: ['key'] }),
    capability: text('The capability with operator and flags: cap_net_bind_service=+ep.', {
      required: true,
      aliases: ['cap'],
    }),
    state: choice('Whether it is there.', ['present', 'absent'], { default: 'present' }),
  },
  returns: { stdout: 'what setcap printed' },
  example: `- capabilities:
    path: /usr/local/bin/etcd
    capability: cap_net_bind_service=+ep`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const [, name, operator, flags] = /^\s*(cap_\w+)\s*(=\+?|\+|-)?\s*([eip]*)\s*$/i.exec(args.capability) ?? [];
    if (name === undefined || (args.state === 'present' && (operator === undefined || operator === '-'))) {
      return {
        status: 'failed',
        result: { msg: `Couldn't find operator (one of: ['=', '-', '+']) in ${args.capability}` },
      };
    }
    const cap = name.toLowerCase();
    return program(sh`
kp_p=${args.path}
case $kp_p in -*) kp_p=./$kp_p ;; esac
for kp_i in getcap setcap; do command -v "$kp_i" >/dev/null 2>&1 || {
  if [ -n "$kp_dry" ]; then kp_unknown "$kp_i is not installed yet"; return 0; fi
  kp_fail "Failed to find required executable $kp_i"; return 1
}; done
if [ ! -f "$kp_p" ]; then
  if [ -n "$kp_dry" ]; then kp_unknown "$kp_p is not there yet"; return 0; fi
  kp_fail "$kp_p is not a file"; return 1
fi
kp_out=$(getcap "$kp_p" 2>/dev/null)
kp_caps=$\{kp_out#"$kp_p"}; kp_caps=$\{kp_caps# }; kp_caps=$\{kp_caps#= }
if [ -n "$kp_check" ] && kp_predicted capabilities "$kp_p"; then kp_caps=$kp_value; fi
kp_set before "$kp_caps"
# getcap names capabilities with the same flags together: cap_a,cap_b=ep
kp_rest= kp_flags=
for kp_group in $kp_caps; do
  kp_f=$\{kp_group##*[=+]}; kp_names=$\{kp_group%%[=+]*}
  IFS=,
  for kp_i in $kp_names; do
    if [ "$kp_i" = ${cap} ]; then kp_flags=$kp_f; else kp_rest="$kp_rest $kp_i=$kp_f"; fi
  done
  unset IFS
done
kp_sorted() { case $1 in *e*) printf e ;; esac; case $1 in *i*) printf i ;; esac; case $1 in *p*) printf p ;; esac; }
if [ ${args.state} = present ]; then
  [ "$(kp_sorted "$kp_flags")" != "$(kp_sorted ${flags ?? ''})" ] || return 0
  kp_rest="$kp_rest "${`${cap}=${(flags ?? '').toLowerCase()}`}
else
  [ -n "$kp_flags" ] || return 0
fi
kp_rest=$\{kp_rest# }
kp_set after "$kp_rest"
if kp_apply; then
  if [ -n "$kp_rest" ]; then kp_try setcap "$kp_rest" "$kp_p"; else kp_try setcap -r "$kp_p"; fi || return 1
  kp_set transcript "$kp_out"
else kp_predict capabilities "$kp_p" "$kp_rest"
fi`);
  },
  interpret: (report, args) => {
    const after = report.text('after');
    return {
      result: withFailure(report, { stdout: report.text('transcript') ?? '' }),
      diff:
        after === undefined
          ? []
          : settingsDiff(`capabilities of ${args.path}`, [
              ['capabilities', report.text('before') || undefined, after || undefined],
            ]),
    };
  },
});
