import { KprovError } from '../../errors/index.js';
import { sh } from '../../shell/index.js';
import { choice, flag, integer, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { settingsDiff, withFailure } from './reported.js';

/** lgroupadd would make a second group of that number. */
const isTaken = sh`
while IFS=: read -r kp_i kp_p kp_w kp_rest; do
  if [ "$kp_w" = "$kp_gid" ] && [ "$kp_i" != "$kp_g" ]; then kp_fail "GID '$kp_gid' already exists with group '$kp_i'"; return 1; fi
done </etc/group`;

export const group = defineTask({
  name: 'group',
  summary: 'Makes, changes and removes groups.',
  parameters: {
    name: text('The group.', { required: true }),
    state: choice('Whether there is one.', ['present', 'absent'], { default: 'present' }),
    gid: integer('Its number.'),
    gid_min: integer('Lowest number that a new one may get.'),
    gid_max: integer('Highest number that a new one may get.'),
    force: flag('Whether a group goes that is the primary one of a user.', { default: false }),
    local: flag('Whether only the files of this host count and change, by lgroupadd and the like (package libuser).', {
      default: false,
    }),
    system: flag('Whether a new one gets a number from the range of system groups.', { default: false }),
    non_unique: flag('Whether another group may have the same number.', { default: false }),
  },
  returns: { name: 'the group', gid: 'its number', state: 'present or absent', system: 'as asked for' },
  example: `- group:
    name: docker
    system: yes`,
  inCheckMode: 'predicts',
  compile: (args) => {
    for (const name of ['gid_min', 'gid_max'] as const) {
      if (args.local && args[name] !== undefined)
        throw new KprovError('bad-argument', `'${name}' can not be used with 'local'`);
    }
    if (args.non_unique && args.gid === undefined) {
      throw new KprovError('bad-argument', 'non_unique is True but all of the following are missing: gid');
    }
    const command = (name: string) => (args.local ? `l${name}` : name);
    const option = (word: string, value: string | number | undefined) => (value === undefined ? [] : [word, value]);
    const needs = (name: string) =>
      args.local ? sh`kp_fail ${`Failed to find required executable "${command(name)}"`}; return 1;` : sh``;
    const limits = (['gid_min', 'gid_max'] as const).flatMap((name) =>
      args[name] === undefined ? [] : ['-K', `${name.toUpperCase()}=${args[name]}`],
    );
    return program(
      sh`
kp_g=${args.name} kp_gid=${args.gid}
kp_line=
while IFS= read -r kp_i; do case $kp_i in "$kp_g":*) kp_line=$kp_i; break ;; esac; done </etc/group
[ -n "$kp_line" ] || [ -n ${args.local} ] || ! command -v getent >/dev/null 2>&1 || kp_line=$(getent group -- "$kp_g")
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
  if command -v ${command('groupdel')} >/dev/null 2>&1; then kp_try ${command('groupdel')} ${args.force ? ['-f'] : []} "$kp_g"
  else ${needs('groupdel')} kp_try delgroup "$kp_g"
  fi
  return
fi
if [ -z "$kp_line" ]; then
  kp_apply || { kp_predict group "$kp_g" present; return 0; }
  ${args.local && args.gid !== undefined ? isTaken : sh``}
  if command -v ${command('groupadd')} >/dev/null 2>&1; then
    kp_try ${command('groupadd')} ${args.system ? ['-r'] : []} ${args.non_unique ? ['-o'] : []} ${option('-g', args.gid)} ${limits} "$kp_g" || return 1
  else
    ${needs('groupadd')}
    [ -z ${limits.join(' ')} ] || { kp_fail 'groupadd is needed for gid_min and gid_max (package shadow)'; return 1; }
    kp_try addgroup ${args.system ? ['-S'] : []} ${option('-g', args.gid)} "$kp_g" || return 1
  fi
  while IFS=: read -r kp_i kp_p kp_w kp_rest; do [ "$kp_i" != "$kp_g" ] || kp_gid=$kp_w; done </etc/group
elif [ -n "$kp_gid" ] && [ "$kp_old" != "$kp_gid" ]; then
  ${args.local ? isTaken : sh``}
  kp_has ${command('groupmod')} || { kp_fail 'groupmod is needed to change the number of a group (package shadow)'; return 1; }
  kp_apply || { kp_predict group "$kp_g" present; kp_set gid "$kp_gid"; return 0; }
  kp_try ${command('groupmod')} ${args.non_unique ? ['-o'] : []} -g "$kp_gid" "$kp_g" || return 1
else
  kp_gid=$kp_old
fi
kp_set gid "$kp_gid"`,
      { looks: [] },
    );
  },
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
