import { sh } from '../../shell/index.js';
import { text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { settingsDiff, withFailure } from './reported.js';

export const timezone = defineTask({
  name: 'timezone',
  collection: 'community.general',
  summary: 'Sets the time zone.',
  parameters: { name: text('The zone, as in /usr/share/zoneinfo.', { required: true }) },
  returns: {},
  example: `- timezone: {name: Europe/Berlin}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    if (!/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/.test(args.name)) {
      return { status: 'failed', result: { msg: `${JSON.stringify(args.name)} is not a time zone` } };
    }
    return program(sh`
kp_zone=${args.name} kp_now=
if [ -L /etc/localtime ]; then
  kp_now=$(readlink /etc/localtime)
  kp_now=$\{kp_now#*zoneinfo/}
fi
kp_named=$kp_now
if [ -f /etc/timezone ]; then read -r kp_named </etc/timezone; fi
if [ -n "$kp_check" ] && kp_predicted timezone name; then kp_now=$kp_value kp_named=$kp_value; fi
kp_set was "$kp_now"
[ "$kp_now" != "$kp_zone" ] || [ "$kp_named" != "$kp_zone" ] || return 0
if [ ! -f "/usr/share/zoneinfo/$kp_zone" ]; then
  if [ -n "$kp_dry" ]; then kp_unknown "the zone $kp_zone is not installed yet (package tzdata)"; return 0; fi
  kp_fail "there is no time zone $kp_zone in /usr/share/zoneinfo (package tzdata)"
  return 1
fi
if kp_apply; then
  kp_temp /etc/localtime
  kp_try ln -s "/usr/share/zoneinfo/$kp_zone" "$kp_tmp" && kp_try mv -f -- "$kp_tmp" /etc/localtime || return 1
  [ ! -f /etc/timezone ] || kp_write /etc/timezone "$kp_zone$kp_nl" '' '' ''
else
  kp_predict timezone name "$kp_zone"
fi`);
  },
  interpret: (report, args) => ({
    result: withFailure(report),
    diff: report.status === 'changed' ? settingsDiff('timezone', [['name', report.text('was'), args.name]]) : [],
  }),
});
