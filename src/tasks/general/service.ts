import { type Script, sh } from '../../shell/index.js';
import type { Value } from '../../values/index.js';
import { choice, flag, integer, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { findProcess } from './find-process.js';
import { interpretUnit } from './systemd-report.js';
import { systemdUnit, unitForeseen } from './systemd-script.js';

interface InitScript {
  name: string;
  state: string | undefined;
  enabled: boolean | undefined;
  runlevel: string;
  arguments: string;
  sleep: number;
  pattern: string | undefined;
}

/** OpenRC, or scripts in /etc/init.d; both know a running service by the exit code of `status`. */
const initScript = (service: InitScript): Script => sh`
${unitForeseen}
kp_unit=${service.name} kp_wish=${service.state ?? ''} kp_init=/etc/init.d/${service.name}
kp_on=${service.enabled === undefined ? '' : service.enabled ? 'yes' : 'no'}
if [ ! -e "$kp_init" ] && ! kp_predicted service "$kp_unit"; then
  if [ -z "$kp_check" ]; then kp_fail "Could not find the requested service $kp_unit: host"; return 1; fi
  kp_unit_foreseen "$kp_unit" || { kp_unknown "the service $kp_unit is not there yet"; return 0; }
fi
${findProcess}
kp_openrc=
! command -v rc-service >/dev/null 2>&1 || kp_openrc=1
kp_service() {
  if [ -n "$kp_openrc" ]; then kp_try rc-service -- "$kp_unit" "$1"
  else kp_try "$kp_init" "$1" ${service.arguments === '' ? [] : [service.arguments]}
  fi
}
kp_running=no kp_enabled=no
if [ -n "$kp_openrc" ]; then
  ! rc-service -- "$kp_unit" status >/dev/null 2>&1 || kp_running=yes
  [ ! -e ${`/etc/runlevels/${service.runlevel}/`}"$kp_unit" ] || kp_enabled=yes
elif [ -x "$kp_init" ]; then
  ! "$kp_init" status >/dev/null 2>&1 || kp_running=yes
  for kp_p in /etc/rc[2345].d/S[0-9][0-9]"$kp_unit"; do [ ! -e "$kp_p" ] || kp_enabled=yes; done
fi
${service.pattern !== undefined && sh`kp_running=no; ! kp_process ${service.pattern} || kp_running=yes`}
if [ -n "$kp_check" ] && kp_predicted service "$kp_unit"; then
  for kp_w in $kp_value; do
    case $kp_w in
    started) kp_running=yes ;; stopped) kp_running=no ;;
    enabled) kp_enabled=yes ;; disabled) kp_enabled=no ;;
    esac
  done
fi
kp_set was "$kp_running $kp_enabled no"
if [ -n "$kp_on" ] && [ "$kp_on" != "$kp_enabled" ]; then
  if ! kp_apply; then
    case $kp_on in yes) kp_service_words "$kp_unit" enabled ;; *) kp_service_words "$kp_unit" disabled ;; esac
  elif [ -n "$kp_openrc" ]; then
    case $kp_on in yes) kp_i=add ;; *) kp_i=del ;; esac
    kp_try rc-update "$kp_i" "$kp_unit" ${service.runlevel} || return 1
  elif command -v update-rc.d >/dev/null 2>&1; then
    case $kp_on in
    yes) kp_try update-rc.d "$kp_unit" defaults && kp_try update-rc.d "$kp_unit" enable || return 1 ;;
    *) kp_try update-rc.d "$kp_unit" disable || return 1 ;;
    esac
  elif command -v chkconfig >/dev/null 2>&1; then
    case $kp_on in yes) kp_i=on ;; *) kp_i=off ;; esac
    kp_try chkconfig "$kp_unit" "$kp_i" || return 1
  else
    kp_fail "neither systemctl, rc-update, update-rc.d nor chkconfig is there to enable $kp_unit"
    return 1
  fi
fi
case $kp_wish/$kp_running in
started/no | reloaded/no) kp_i=start ;;
stopped/yes) kp_i=stop ;;
restarted/*) kp_i=restart ;;
reloaded/yes) kp_i=reload ;;
*) kp_i= ;;
esac
kp_set action "$kp_i"
[ -n "$kp_i" ] || return 0
if kp_apply; then
  if [ "$kp_i" = restart ] && [ ${service.sleep} -gt 0 ]; then
    kp_service stop && sleep ${service.sleep} && kp_service start
  else
    kp_service "$kp_i"
  fi
  return
fi
case $kp_i in stop) kp_service_words "$kp_unit" stopped ;; *) kp_service_words "$kp_unit" started ;; esac`;

export const service = defineTask({
  name: 'service',
  summary: 'Starts, stops and enables services, whatever the host starts them with.',
  description: 'With systemd as `systemd`, else with OpenRC or the scripts in /etc/init.d.',
  parameters: {
    name: text('The service.', { required: true }),
    state: choice('`restarted` always restarts, `reloaded` always reloads (and starts what does not run).', [
      'started',
      'stopped',
      'restarted',
      'reloaded',
    ]),
    enabled: flag('Whether it starts at boot.'),
    runlevel: text('Runlevel of OpenRC.', { default: 'default' }),
    arguments: text('Further argument of a script in /etc/init.d.', { default: '', aliases: ['args'] }),
    pattern: text(
      'Text in a command line of a process by which the service is known to run, whatever its own status says; without systemd, which ignores it with a warning.',
    ),
    use: {
      ...text('What starts services: auto, systemd, sysvinit, openrc.', { default: 'auto' }),
      parse: (value: Value) => {
        const name = String(value).replace(/^ansible\.(builtin|legacy)\./, '');
        const known = { systemd_service: 'systemd', service: 'auto' }[name] ?? name;
        if (!['auto', 'systemd', 'sysvinit', 'openrc'].includes(known)) {
          throw new RangeError('expected auto, systemd, sysvinit or openrc');
        }
        return known;
      },
    },
    sleep: integer('Seconds between stop and start of a restart, without systemd.', { default: 0 }),
  },
  atLeastOne: [['state', 'enabled']],
  returns: { status: 'with systemd, the properties of the unit', state: 'what was asked for', enabled: 'likewise' },
  example: `- service:
    name: ssh
    state: started
    enabled: yes`,
  inCheckMode: 'predicts',
  compile: (args) =>
    program(sh`
kp_use=${args.use}
if [ "$kp_use" = systemd ] || { [ "$kp_use" = auto ] && [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; }; then
kp_set systemd 1
${systemdUnit({
  name: args.name,
  state: args.state,
  enabled: args.enabled,
  masked: undefined,
  daemonReload: false,
  daemonReexec: false,
  noBlock: false,
  force: false,
  scope: 'system',
})}
else
${initScript(args)}
fi`),
  interpret: (report, args) => {
    const read = interpretUnit(report, args);
    const unused = [
      args.pattern !== undefined && 'pattern',
      args.arguments !== '' && 'arguments',
      args.sleep > 0 && 'sleep',
      args.runlevel !== 'default' && 'runlevel',
    ].filter((name) => name !== false);
    if (report.text('systemd') === undefined || unused.length === 0) return read;
    const warnings = unused.map((name) => `Ignoring "${name}" as it is not used in "systemd"`);
    return { ...read, result: { ...read.result, warnings } };
  },
});
