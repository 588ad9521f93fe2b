import { joinScripts, type Script, sh } from '../../shell/index.js';

export interface UnitOptions {
  name: string | undefined;
  state: 'started' | 'stopped' | 'restarted' | 'reloaded' | undefined;
  enabled: boolean | undefined;
  masked: boolean | undefined;
  daemonReload: boolean;
  daemonReexec: boolean;
  noBlock: boolean;
  force: boolean;
  scope: 'system' | 'user' | 'global';
}

/** yes, no, or nothing asked. */
const wish = (value: boolean | undefined): string => (value === undefined ? '' : value ? 'yes' : 'no');

/**
 * In check mode a unit that systemd does not know may be brought by an earlier task: its file is foreseen, or a package
 * is whose name is the unit's, or holds it, or is held by it (docker.io brings docker, cron brings cron).
 */
export const unitForeseen: Script = sh`
# kp_unit_foreseen UNIT: 0: an earlier task brings it; 1: nothing does; 2: perhaps.
kp_unit_foreseen() {
  for kp_p in /etc/systemd/system /usr/lib/systemd/system /lib/systemd/system /usr/local/lib/systemd/system; do
    kp_i=$1
    case $1 in *.*) ;; *) kp_i=$1.service ;; esac
    if kp_foreseen "$kp_p/$kp_i"; then case $kp_value in absent*) ;; *) return 0 ;; esac; fi
  done
  kp_i=$\{1%.service}
  kp_rest=$kp_ov kp_maybe=1
  while :; do
    case $kp_rest in *"$\{kp_nl}package:"*) ;; *) return "$kp_maybe" ;; esac
    kp_rest=$\{kp_rest#*"$\{kp_nl}package:"}
    kp_w=$\{kp_rest%%"$kp_tab"*}
    kp_predicted package "$kp_w"
    [ "$kp_value" != absent ] || continue
    kp_maybe=2
    case $kp_w in *"$\{kp_i%d}"*) return 0 ;; esac
    case $kp_i in *"$kp_w"*) return 0 ;; esac
  done
}
# kp_service_words UNIT WORD...: predicts these states; the opposite ones go.
kp_service_words() {
  kp_p=$\{1%.service}
  shift
  kp_predicted service "$kp_p" || kp_value=
  for kp_w do
    kp_new=
    for kp_i in $kp_value; do
      case $kp_w/$kp_i in
      started/stopped | stopped/started | enabled/disabled | disabled/enabled | masked/unmasked | unmasked/masked | "$kp_i/$kp_i") ;;
      *) kp_new="$kp_new $kp_i" ;;
      esac
    done
    kp_value="$kp_new $kp_w"
  done
  kp_predict service "$kp_p" "$kp_value"
}`;

const scopeFlag = { system: [], user: ['--user'], global: ['--global'] } as const;

/** Brings one unit into the wanted state: one `systemctl show` finds out whether anything is to be done. */
export function systemdUnit(unit: UnitOptions): Script {
  const flags = [...scopeFlag[unit.scope], ...(unit.noBlock ? ['--no-block'] : []), ...(unit.force ? ['--force'] : [])];
  return joinScripts([
    unitForeseen,
    unit.scope === 'user' &&
      sh`[ -n "$\{XDG_RUNTIME_DIR-}" ] || { XDG_RUNTIME_DIR=/run/user/$(id -u); export XDG_RUNTIME_DIR; }`,
    (unit.daemonReload || unit.daemonReexec) &&
      sh`[ -n "$kp_check" ] || kp_try systemctl ${scopeFlag[unit.scope]} ${
        unit.daemonReexec ? 'daemon-reexec' : 'daemon-reload'
      } || return 1`,
    unit.name !== undefined &&
      sh`
kp_unit=${unit.name} kp_wish=${unit.state ?? ''} kp_on=${wish(unit.enabled)} kp_mask=${wish(unit.masked)}
kp_show=$(systemctl ${scopeFlag[unit.scope]} show -- "$kp_unit" 2>&1) || {
  kp_set output "$kp_show"
  if [ -n "$kp_check" ]; then kp_unknown "systemd cannot be asked: $kp_show"; return 0; fi
  kp_fail "systemctl show $kp_unit failed: $kp_show"
  return 1
}
kp_set show "$kp_show"
# kp_property NAME: its value into kp_value.
kp_property() {
  case $kp_nl$kp_show in *"$kp_nl$1="*) ;; *) kp_value=; return ;; esac
  kp_value=$kp_nl$kp_show
  kp_value=$\{kp_value#*"$kp_nl$1="}
  kp_value=$\{kp_value%%"$kp_nl"*}
}
kp_property LoadState; kp_load=$kp_value
kp_property ActiveState; kp_active=$kp_value
kp_property UnitFileState; kp_file=$kp_value
case $kp_active in active | activating | reloading) kp_running=yes ;; deactivating) kp_running=ending ;; *) kp_running=no ;; esac
case $kp_file in
enabled | enabled-runtime | static | indirect | alias) kp_enabled=yes ;;
generated | '')
  kp_enabled=no
  if [ "$kp_load" != not-found ] && [ -n "$kp_on" ] && systemctl is-enabled -q -- "$kp_unit" >/dev/null 2>&1; then kp_enabled=yes; fi ;;
*) kp_enabled=no ;;
esac
# What is static cannot be disabled, and needs not be.
case $kp_file/$kp_on in static/no | indirect/no | alias/no) kp_enabled=no ;; esac
kp_masked=no
case $kp_load/$kp_file in masked/* | */masked | */masked-runtime) kp_masked=yes ;; esac
if [ "$kp_load" = not-found ] && [ "$kp_mask$kp_on$kp_wish" != yes ]; then
  if [ -z "$kp_check" ]; then
    kp_fail "Could not find the requested service $kp_unit: host"
    return 1
  fi
  if ! kp_predicted service "$\{kp_unit%.service}"; then
    kp_unit_foreseen "$kp_unit"
    case $? in
    0) ;;
    *) kp_unknown "the unit $kp_unit is not there yet"; return 0 ;;
    esac
  fi
fi
if [ -n "$kp_check" ] && kp_predicted service "$\{kp_unit%.service}"; then
  for kp_w in $kp_value; do
    case $kp_w in
    started) kp_running=yes ;; stopped) kp_running=no ;;
    enabled) kp_enabled=yes ;; disabled) kp_enabled=no ;;
    masked) kp_masked=yes ;; unmasked) kp_masked=no ;;
    esac
  done
fi
kp_systemctl() { kp_try systemctl ${flags} "$@"; }
kp_set was "$kp_running $kp_enabled $kp_masked"
if [ -n "$kp_mask" ] && [ "$kp_mask" != "$kp_masked" ]; then
  case $kp_mask in yes) kp_i=mask ;; *) kp_i=unmask ;; esac
  if kp_apply; then kp_systemctl "$kp_i" -- "$kp_unit" || return 1
  else kp_service_words "$kp_unit" "$\{kp_i}ed"
  fi
fi
if [ -n "$kp_on" ] && [ "$kp_on" != "$kp_enabled" ]; then
  case $kp_on in yes) kp_i=enable ;; *) kp_i=disable ;; esac
  if kp_apply; then kp_systemctl "$kp_i" -- "$kp_unit" || return 1
  else kp_service_words "$kp_unit" "$\{kp_i}d"
  fi
fi
case $kp_wish/$kp_running in
started/no | started/ending | reloaded/no | reloaded/ending) kp_i=start ;;
stopped/yes) kp_i=stop ;;
restarted/*) kp_i=restart ;;
reloaded/yes) kp_i=reload ;;
*) kp_i= ;;
esac
kp_set action "$kp_i"
[ -n "$kp_i" ] || return 0
if kp_apply; then
  kp_systemctl "$kp_i" -- "$kp_unit" && return 0
  kp_set journal "$(systemctl ${scopeFlag[unit.scope]} status --no-pager -l -n 25 -- "$kp_unit" 2>&1)"
  kp_failure=1
  return 1
fi
case $kp_i in stop) kp_service_words "$kp_unit" stopped ;; *) kp_service_words "$kp_unit" started ;; esac`,
  ]);
}
