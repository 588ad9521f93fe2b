import { sh } from '../../shell/index.js';
import { choice, flag, integer, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { settingsDiff, withFailure } from './reported.js';

export const group = defineTask({
  name: 'group',
  summary: 'Makes, changes and removes groups.',
  parameters: {
    name: text('The group.', { required: true }),
    state: choice('Whether there is one.', ['present', 'absent'], { default: 'present' }),
    gid: integer('Its number.'),
    system: flag('Whether a new one gets a number from the range of system groups.', { default: false }),
    non_unique: flag('Whether another group may have the same number.', { default: false }),
  },
  returns: { name: 'the group', gid: 'its number', state: 'present or absent', system: 'as asked for' },
  example: `- group:
    name: docker
    system: yes`,
  inCheckMode: 'predicts',
  compile: (args) =>
    program(
      sh`
kp_g=${args.name} kp_gid=${args.gid}
kp_line=
while IFS= read -r kp_i; do case $kp_i in "$kp_g":*) kp_line=$kp_i; break ;; esac; done </etc/group
[ -n "$kp_line" ] || ! command -v getent >/dev/null 2>&1 || kp_line=$(getent group -- "$kp_g")
case $kp_line in "$kp_g":*) ;; *) kp_line= ;; esac
kp_old=$\{kp_line#*:*:}
kp_old=$\{kp_old%%:*}
if [ -n "$kp_check" ] && kp_predicted group "$kp_g"; then
  case $kp_value in absent) kp_line= kp_old= ;; *) kp_line=$kp_g kp_old=$kp_gid ;; esac
fi
kp_set before_gid "$kp_old"
if [ ${args.state} = absent ]; then
  [ -n "$kp_line" ] || return 0
  kp_apply || { kp_predict group "$kp_g" absent; return 0; }
  if command -v groupdel >/dev/null 2>&1; then kp_try groupdel "$kp_g"; else kp_try delgroup "$kp_g"; fi
  return
fi
if [ -z "$kp_line" ]; then
  kp_apply || { kp_predict group "$kp_g" present; return 0; }
  if command -v groupadd >/dev/null 2>&1; then
    kp_try groupadd ${args.system ? ['-r'] : []} ${args.non_unique ? ['-o'] : []} ${
      args.gid === undefined ? [] : ['-g', args.gid]
    } "$kp_g" || return 1
  else
    kp_try addgroup ${args.system ? ['-S'] : []} ${args.gid === undefined ? [] : ['-g', args.gid]} "$kp_g" || return 1
  fi
  while IFS=: read -r kp_i kp_p kp_w kp_rest; do [ "$kp_i" != "$kp_g" ] || kp_gid=$kp_w; done </etc/group
elif [ -n "$kp_gid" ] && [ "$kp_old" != "$kp_gid" ]; then
  kp_has groupmod || { kp_fail 'groupmod is needed to change the number of a group (package shadow)'; return 1; }
  kp_apply || { kp_predict group "$kp_g" present; kp_set gid "$kp_gid"; return 0; }
  kp_try groupmod ${args.non_unique ? ['-o'] : []} -g "$kp_gid" "$kp_g" || return 1
else
  kp_gid=$kp_old
fi
kp_set gid "$kp_gid"`,
      { looks: [] },
    ),
  interpret: (report, args) => {
    const number = (field: string) => (report.text(field) ? Number(report.text(field)) : undefined);
    const gid = number('gid');
    const before = number('before_gid');
    const result = withFailure(report, {
      name: args.name,
      state: args.state,
      system: args.system,
      ...(gid !== undefined && { gid }),
    });
    if (report.status !== 'changed') return { result };
    const after = args.state === 'absent' ? 'absent' : `present${gid === undefined ? '' : `, gid ${gid}`}`;
    return {
      result,
      diff: settingsDiff(`group ${args.name}`, [
        ['state', before === undefined ? 'absent' : `present, gid ${before}`, after],
      ]),
    };
  },
});
