import { sh } from '../../shell/index.js';
import { choice, flag, integer, list, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { splitWords } from '../words.js';
import { findProcess } from './find-process.js';
import { withFailure } from './reported.js';

export const sysvinit = defineTask({
  name: 'sysvinit',
  summary: 'Starts, stops and enables services that are scripts in /etc/init.d.',
  parameters: {
    name: text('The service.', { required: true, aliases: ['service'] }),
    state: choice('What it is to be, or what is to be done.', ['started', 'stopped', 'restarted', 'reloaded']),
    enabled: flag('Whether it starts at boot.'),
    sleep: integer('Seconds between stopping and starting for a restart.', { default: 1 }),
    pattern: text(
      'Text in a command line of a process by which the service is known to run, whatever its own status says.',
    ),
    runlevels: list('Runlevels that enabled is about. Default: those of the system.'),
    arguments: text('Further arguments for the script.', { aliases: ['args'] }),
    daemonize: flag('Whether the script is run apart from this session, for one that does not let go.', {
      default: false,
    }),
  },
  atLeastOne: [['state', 'enabled']],
  returns: { name: 'the service', status: 'what was done: enabled and state', results: 'the same, as a mapping' },
  example: `- sysvinit:
    name: apache2
    state: started
    enabled: true`,
  inCheckMode: 'predicts',
  compile: (args) => {
    if (!/^[\w@.+-]+$/.test(args.name) || args.name.startsWith('-')) {
      return { status: 'failed', result: { msg: `${JSON.stringify(args.name)} is not the name of a service` } };
    }
    const bad = args.runlevels?.find((level) => !/^[0-6S]$/.test(level));
    if (bad !== undefined) return { status: 'failed', result: { msg: `${JSON.stringify(bad)} is not a runlevel` } };
    const levels = args.runlevels ?? [];
    const more = args.arguments === undefined ? [] : splitWords(args.arguments);
    return program(sh`
kp_unit=${args.name} kp_init=/etc/init.d/${args.name} kp_wish=${args.state ?? ''}
kp_on=${args.enabled === undefined ? '' : args.enabled ? 'yes' : 'no'}
if [ ! -e "$kp_init" ]; then
  if [ -n "$kp_dry" ]; then kp_unknown "the service $kp_unit is not there yet"; return 0; fi
  kp_fail "Failed to find the service script $kp_init"; return 1
fi
kp_enabled=no
for kp_p in /etc/rc${levels.length === 0 ? sh`[2345]` : sh`[${levels.map((level) => level).join('')}]`}.d/S[0-9][0-9]"$kp_unit"; do
  [ ! -e "$kp_p" ] || kp_enabled=yes
done
if [ -n "$kp_check" ] && kp_predicted sysvinit "$kp_unit enabled"; then kp_enabled=$kp_value; fi
if [ -n "$kp_on" ] && [ "$kp_on" != "$kp_enabled" ]; then
  if ! kp_apply; then kp_predict sysvinit "$kp_unit enabled" "$kp_on"
  elif command -v update-rc.d >/dev/null 2>&1; then
    if [ "$kp_on" = yes ]; then
      kp_try update-rc.d "$kp_unit" defaults && kp_try update-rc.d "$kp_unit" enable ${levels} || return 1
    else kp_try update-rc.d "$kp_unit" disable ${levels} || return 1
    fi
  elif command -v chkconfig >/dev/null 2>&1; then
    case $kp_on in yes) kp_i=on ;; *) kp_i=off ;; esac
    kp_try chkconfig ${levels.length === 0 ? [] : ['--level', levels.join('')]} "$kp_unit" "$kp_i" || return 1
  else kp_fail 'neither update-rc.d nor chkconfig is on the host'; return 1
  fi
fi
[ -n "$kp_wish" ] || return 0
kp_script() {
  if [ -n ${args.daemonize} ]; then setsid "$kp_init" "$@" ${more} </dev/null >/dev/null 2>&1
  else "$kp_init" "$@" ${more}
  fi
}
${findProcess}
kp_running=no
if [ -n ${args.pattern !== undefined} ]; then ! kp_process ${args.pattern} || kp_running=yes
else
  kp_out=$("$kp_init" status 2>&1 9>&-); kp_rc=$?
  case $kp_rc in
  0) kp_running=yes ;;
  1 | 2 | 3) ;;
  *) ! kp_process ${args.name} || kp_running=yes ;;
  esac
fi
if [ -n "$kp_check" ] && kp_predicted sysvinit "$kp_unit running"; then kp_running=$kp_value; fi
case $kp_wish/$kp_running in started/yes | stopped/no) return 0 ;; esac
if ! kp_apply; then
  case $kp_wish in stopped) kp_predict sysvinit "$kp_unit running" no ;; *) kp_predict sysvinit "$kp_unit running" yes ;; esac
  return 0
fi
case $kp_wish in
started) kp_try kp_script start ;;
stopped) kp_try kp_script stop ;;
reloaded) if [ "$kp_running" = yes ]; then kp_try kp_script reload; else kp_try kp_script start; fi ;;
restarted)
  if [ "$kp_running" = yes ]; then kp_try kp_script stop || return 1; fi
  sleep ${args.sleep}
  kp_try kp_script start ;;
esac`);
  },
  interpret: (report, args) => {
    const done = {
      ...(args.enabled !== undefined && { enabled: { changed: report.status === 'changed', rc: null } }),
      ...(args.state !== undefined && { [args.state]: { changed: report.status === 'changed', rc: null } }),
    };
    return {
      result: withFailure(report, { name: args.name, status: done, results: { name: args.name, status: done } }),
    };
  },
});
