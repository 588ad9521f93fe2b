import { joinScripts, type Script, sh } from '../../shell/index.js';

export interface DnfOptions {
  names: readonly string[];
  state: 'present' | 'latest' | 'absent';
  options: readonly string[];
  updateCache: boolean;
  autoremove: boolean;
  /** Seconds to wait for another dnf or yum. */
  lockTimeout: number;
  /** May a version that is asked for replace a newer one? */
  allowDowngrade: boolean;
}

/** One call of dnf (or yum) for all packages; where everything is as wanted, one call of rpm finds that out. */
export const dnfPackages = (dnf: DnfOptions): Script =>
  joinScripts([
    sh`
kp_dnf=
for kp_i in dnf dnf5 microdnf yum; do
  if command -v "$kp_i" >/dev/null 2>&1; then kp_dnf=$kp_i; break; fi
done
[ -n "$kp_dnf" ] || { kp_fail 'neither dnf nor yum is installed'; return 1; }
# dnf and yum write their number where they hold a lock; one that has ended holds none.
kp_dnf_lock() {
  kp_holder=
  for kp_p in /var/cache/dnf/*.pid /var/lib/dnf/*.pid /run/yum.pid; do
    [ -s "$kp_p" ] && read -r kp_i <"$kp_p" && kill -0 "$kp_i" 2>/dev/null && kp_holder=$kp_i
  done
  [ -n "$kp_holder" ]
}
# kp_dnf_newer SPEC: is a newer version installed than the one in NAME-VERSION[-RELEASE]?
kp_dnf_newer() {
  for kp_i in "$\{1%-*}" "$\{1%-*-*}"; do
    kp_want=$\{1#"$kp_i"-}
    [ "$kp_want" != "$1" ] || continue
    case $kp_want in *-*) kp_w='%{VERSION}-%{RELEASE}' ;; *) kp_w='%{VERSION}' ;; esac
    kp_line=$(rpm -q --qf "$kp_w.%{ARCH}$kp_nl" -- "$kp_i" 2>/dev/null) || continue
    kp_line=$\{kp_line##*"$kp_nl"} kp_w=$\{kp_line##*.}
    kp_line=$\{kp_line%.*} kp_want=$\{kp_want%".$kp_w"}
    case $kp_line$kp_want in *[!A-Za-z0-9._+~^-]*) return 1 ;; esac
    [ "$(rpm --eval "%{lua:print(rpm.vercmp('$kp_line', '$kp_want'))}" 2>/dev/null)" = 1 ]
    return
  done
  return 1
}
kp_dnf_run() {
  kp_waited=0
  while kp_dnf_lock; do
    if [ "$kp_waited" -ge ${dnf.lockTimeout} ]; then
      kp_fail "$kp_dnf is in use: process $kp_holder holds its lock"
      return 1
    fi
    [ "$kp_waited" != 0 ] || kp_say "$kp_dnf is in use: process $kp_holder holds its lock"
    kp_waited=$((kp_waited + 1))
    sleep 1
  done
  # To this shell alone: writing to a connection that has broken would end it in the middle.
  kp_out=$("$kp_dnf" -y ${dnf.options} "$@" 2>&1)
  kp_rc=$?
  kp_set transcript "$kp_out"
  kp_set rc "$kp_rc"; kp_set cmd "$kp_dnf -y $*"
  [ "$kp_rc" = 0 ] || { kp_fail "$kp_dnf failed with exit code $kp_rc"; return 1; }
}`,
    dnf.updateCache && sh`[ -n "$kp_check" ] || kp_dnf_run makecache || return 1`,
    dnf.names.length > 0 &&
      sh`
set --
kp_all=
for kp_p in ${dnf.names}; do
  if kp_predicted package "$kp_p"; then
    case $kp_value in absent) kp_have= ;; *) kp_have=1 ;; esac
  else
    case $kp_p in
    # A file or an address is for dnf to judge; its name and version stand in the file.
    /* | *://*) kp_have= ;;
    @*) kp_have= kp_group=1 ;;
    *) if rpm -q --quiet --whatprovides -- "$kp_p" 2>/dev/null || rpm -q --quiet -- "$kp_p" 2>/dev/null; then kp_have=1
      elif [ -z ${dnf.allowDowngrade} ] && [ ${dnf.state} = present ] && kp_dnf_newer "$kp_p"; then kp_have=1
      else kp_have=
      fi ;;
    esac
  fi
  case ${dnf.state}/$kp_have in
  present/1 | absent/) continue ;;
  latest/1) [ -n "$kp_check" ] && { "$kp_dnf" -q ${dnf.options} check-update -- "$kp_p" >/dev/null 2>&1; [ "$?" = 100 ] || continue; } ;;
  esac
  set -- "$@" "$kp_p"
done
[ "$#" -gt 0 ] || return 0
if [ -n "$kp_check" ]; then
  for kp_p do
    case ${dnf.state} in absent) kp_predict package "$kp_p" absent ;; *) kp_predict package "$kp_p" '?'; kp_predict command "$kp_p" present ;; esac
  done
  kp_apply
  return 0
fi
kp_apply
case ${dnf.state} in
absent) kp_dnf_run remove ${dnf.autoremove ? [] : ['--noautoremove']} -- "$@" ;;
present) kp_dnf_run install -- "$@" ;;
latest) kp_dnf_run install -- "$@" && kp_dnf_run upgrade -- "$@" ;;
esac`,
  ]);
