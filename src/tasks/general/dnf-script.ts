import { joinScripts, type Script, sh } from '../../shell/index.js';

export interface DnfOptions {
  names: readonly string[];
  state: 'present' | 'latest' | 'absent';
  options: readonly string[];
  /** Options of upgrades alone. */
  upgradeOptions: readonly string[];
  updateCache: boolean;
  autoremove: boolean;
  /** Seconds to wait for another dnf or yum. */
  lockTimeout: number;
  /** May a version that is asked for replace a newer one? */
  allowDowngrade: boolean;
  /** Is what is not installed left alone by `latest`? */
  updateOnly: boolean;
  installRoot: string;
  /** Those that may do it; default: the one that is there. */
  programs?: readonly string[] | undefined;
}

export const plainDnf: Omit<DnfOptions, 'names' | 'state'> = {
  options: [],
  upgradeOptions: [],
  updateCache: false,
  autoremove: false,
  lockTimeout: 30,
  allowDowngrade: false,
  updateOnly: false,
  installRoot: '/',
};

/** Which program, its locks, and how it is called. */
const callDnf = (dnf: DnfOptions): Script => sh`
kp_dnf= kp_log=
for kp_i in ${dnf.programs ?? ['dnf', 'dnf5', 'microdnf', 'yum']}; do
  if command -v "$kp_i" >/dev/null 2>&1; then kp_dnf=$kp_i; break; fi
done
[ -n "$kp_dnf" ] || { kp_fail ${dnf.programs === undefined ? 'neither dnf nor yum is installed' : `none of ${dnf.programs.join(', ')} is installed`}; return 1; }
kp_rpm() { rpm ${dnf.installRoot === '/' ? [] : ['--root', dnf.installRoot]} "$@" 2>/dev/null; }
# dnf and yum write their number where they hold a lock; one that has ended holds none.
kp_dnf_lock() {
  kp_holder=
  for kp_p in /var/cache/dnf/*.pid /var/lib/dnf/*.pid /run/yum.pid; do
    [ -s "$kp_p" ] && read -r kp_i <"$kp_p" && kill -0 "$kp_i" 2>/dev/null && kp_holder=$kp_i
  done
  [ -n "$kp_holder" ]
}
kp_dnf_run() {
  kp_waited=0
  while kp_dnf_lock; do
    if [ "$kp_waited" -ge ${dnf.lockTimeout} ]; then
      kp_fail "$kp_dnf is in use: process $kp_holder holds its lock"
      return 1
    fi
    kp_waited=$((kp_waited + 1))
    sleep 1
  done
  kp_log=$kp_log$("$kp_dnf" -y ${dnf.options} "$@" 2>&1)$kp_nl
  kp_rc=$?
  kp_set transcript "$kp_log"; kp_set rc "$kp_rc"; kp_set cmd "$kp_dnf -y $*"
  [ "$kp_rc" = 0 ] || { kp_fail "$kp_dnf failed with exit code $kp_rc"; return 1; }
}
# kp_dnf_ask ARGUMENTS...: a question that changes nothing; a dry run asks the package lists that are there.
kp_dnf_ask() {
  kp_out=$("$kp_dnf" $\{kp_check:+-C} -q ${dnf.options} "$@" 2>&1)
  kp_rc=$?
}
# kp_dnf_would ARGUMENTS...: would dnf do anything? 0: yes; 1: no; 2: it cannot be said (kp_out tells why).
kp_dnf_would() {
  kp_out=$("$kp_dnf" -C --assumeno ${dnf.options} "$@" 2>&1) && return 1
  case $kp_out in *'Operation aborted'* | *'Exiting on user'*) return 0 ;; esac
  return 2
}`;

/** What is installed, for a word as dnf takes it: a name, with a version, a pattern, a group, a file, an address. */
const judge = (dnf: DnfOptions): Script => sh`
# kp_dnf_newer SPEC: is a newer version installed than the one in NAME-VERSION[-RELEASE]?
kp_dnf_newer() {
  for kp_i in "$\{1%-*}" "$\{1%-*-*}"; do
    kp_want=$\{1#"$kp_i"-}
    [ "$kp_want" != "$1" ] || continue
    case $kp_want in *-*) kp_w='%{VERSION}-%{RELEASE}' ;; *) kp_w='%{VERSION}' ;; esac
    kp_line=$(kp_rpm -q --qf "$kp_w.%{ARCH}$kp_nl" -- "$kp_i") || continue
    kp_line=$\{kp_line##*"$kp_nl"} kp_w=$\{kp_line##*.}
    kp_line=$\{kp_line%.*} kp_want=$\{kp_want%".$kp_w"}
    case $kp_line$kp_want in *[!A-Za-z0-9._+~^-]*) return 1 ;; esac
    [ "$(rpm --eval "%{lua:print(rpm.vercmp('$kp_line', '$kp_want'))}" 2>/dev/null)" = 1 ]
    return
  done
  return 1
}
# kp_dnf_satisfies NAME OPERATOR VERSION: is a version installed that it is true of?
kp_dnf_satisfies() {
  case $3 in *-*) kp_w='%{VERSION}-%{RELEASE}' ;; *) kp_w='%{VERSION}' ;; esac
  kp_line=$(kp_rpm -q --qf "$kp_w$kp_nl" -- "$1") || return 1
  case $kp_line$3 in *[!A-Za-z0-9._+~^-]*) return 1 ;; esac
  case $2/$(rpm --eval "%{lua:print(rpm.vercmp('$kp_line', '$3'))}" 2>/dev/null) in
  '>/1' | '>=/1' | '>=/0' | '=/0' | '<=/0' | '<=/-1' | '</-1') return 0 ;;
  esac
  return 1
}
# kp_dnf_group NAME: is the group installed? By its id or its title.
kp_dnf_group() {
  kp_dnf_ask group list --installed -v
  kp_line=$kp_nl$(printf '%s\n' "$kp_out" | sed 's/^ *//')$kp_nl
  case $kp_line in *"$kp_nl$1$kp_nl"* | *"$kp_nl$1 "* | *" ($1)$kp_nl"*) return 0 ;; esac
  return 1
}
# kp_dnf_have SPEC: is it there, so that a state of present or absent is about it?
kp_dnf_have() {
  if kp_predicted package "$1"; then [ "$kp_value" != absent ]; return; fi
  kp_spec=$1
  case $1 in
  '@'*) kp_dnf_group "$\{1#@}"; return ;;
  # Name, version and architecture of a file stand in it; those of an address are its last part.
  *://*) kp_spec=$\{1##*/}; kp_spec=$\{kp_spec%.rpm} ;;
  /*.rpm) kp_spec=$(kp_rpm -qp --nosignature --qf '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}' -- "$1") || return 1 ;;
  *[*?[]*)
    # Which packages a pattern would bring is for dnf to judge.
    [ ${dnf.state} != present ] && [ -n "$(kp_rpm -qa -- "$1")" ]
    return ;;
  esac
  case $1 in *' '[\<\>=]*' '*) kp_dnf_satisfies $1; return ;; esac
  kp_rpm -q --quiet --whatprovides -- "$kp_spec" || kp_rpm -q --quiet -- "$kp_spec" && return 0
  [ ${dnf.state} != absent ] && [ -z ${dnf.allowDowngrade} ] && kp_dnf_newer "$kp_spec"
}`;

/** In check mode: says what a change would be; asks dnf where the words alone do not tell. */
const foresee = (dnf: DnfOptions): Script => sh`
kp_any=
for kp_p do
  case ${dnf.state}/$kp_p in
  present/@* | present/*[*?[]* | latest/@*)
    kp_dnf_would install -- "$kp_p"
    case $? in
    1) continue ;;
    2) kp_unknown "$kp_p: $\{kp_out##*"$kp_nl"}"; return 0 ;;
    esac ;;
  esac
  kp_any=1
  case ${dnf.state} in
  absent) kp_predict package "$kp_p" absent ;;
  *) kp_predict package "$kp_p" '?'; kp_predict command "$kp_p" present ;;
  esac
done
[ -z "$kp_any" ] || kp_apply
return 0`;

const installOrRemove = (dnf: DnfOptions): Script => sh`
set --
for kp_p in ${dnf.names}; do
  case ${dnf.state}/$kp_p in absent/*://* | absent/*.rpm)
    kp_fail "$kp_p: what is removed is named by its package, not by a file or an address"
    return 1 ;;
  esac
  if kp_dnf_have "$kp_p"; then kp_have=1; else kp_have=; fi
  case ${dnf.state}/$kp_have in present/1 | absent/) continue ;; esac
  set -- "$@" "$kp_p"
done
[ "$#" -gt 0 ] || return 0
if [ -n "$kp_check" ]; then
  ${foresee(dnf)}
fi
kp_apply
case ${dnf.state} in
absent) kp_dnf_run ${dnf.autoremove ? [] : ['--setopt=clean_requirements_on_remove=False']} remove -- "$@" ;;
present)
  # yum 3 never replaces a newer version by an install, dnf does.
  if [ "$kp_dnf" = yum ] && [ -n ${dnf.allowDowngrade} ]; then
    for kp_p do
      shift
      if kp_dnf_newer "$kp_p"; then kp_dnf_run downgrade -- "$kp_p" || return 1; else set -- "$@" "$kp_p"; fi
    done
    [ "$#" -gt 0 ] || return 0
  fi
  kp_dnf_run install -- "$@" ;;
esac`;

/** What is missing is installed; what is there is upgraded where the package lists know something newer. */
const newest = (dnf: DnfOptions): Script => {
  const isAll = dnf.names.includes('*');
  const named = dnf.names.filter((name) => name !== '*');
  return sh`
set --
${dnf.updateOnly ? sh`:` : sh`for kp_p in ${named}; do kp_dnf_have "$kp_p" || set -- "$@" "$kp_p"; done`}
if [ "$#" -gt 0 ]; then
  if [ -n "$kp_check" ]; then
    kp_latest() {
      ${foresee(dnf)}
    }
    kp_latest "$@"
  else
    kp_apply
    kp_dnf_run install -- "$@" || return 1
  fi
fi
set --
for kp_p in ${isAll ? [] : named}; do
  kp_predicted package "$kp_p" && continue
  # A file or an address is never newer than itself.
  case $kp_p in *://* | *.rpm) continue ;; esac
  if kp_dnf_have "$kp_p"; then set -- "$@" "$kp_p"; fi
done
if [ "$#" -gt 0 ] || [ -n ${isAll} ]; then
  # microdnf has no check-update, and check-update knows no groups.
  kp_groups=
  [ "$kp_dnf" != microdnf ] || kp_groups=1
  for kp_p do case $kp_p in @*) kp_groups=1 ;; esac; done
  if [ -n "$kp_groups" ]; then
    kp_dnf_would ${dnf.upgradeOptions} upgrade -- "$@"
    kp_rc=$?
    case $kp_rc in 0) kp_rc=100 ;; 1) kp_rc=0 ;; esac
  else
    kp_dnf_ask ${dnf.upgradeOptions} check-update -- "$@"
  fi
  case $kp_rc in
  0) return 0 ;;
  100) ;;
  *)
    if [ -n "$kp_check" ]; then kp_unknown "$kp_dnf has no package lists to judge by: $\{kp_out##*"$kp_nl"}"; return 0; fi
    kp_set transcript "$kp_out"; kp_set rc "$kp_rc"
    kp_fail "$kp_dnf check-update failed with exit code $kp_rc"
    return 1 ;;
  esac
  if ! kp_apply; then
    for kp_p do kp_predict package "$kp_p" '?'; done
    return 0
  fi
  kp_dnf_run ${dnf.upgradeOptions} upgrade -- "$@"
fi`;
};

/** Packages that only were installed for others which are gone. */
const removeUnneeded: Script = sh`
kp_dnf_would autoremove
case $? in
0) if kp_apply; then kp_dnf_run autoremove; fi ;;
2) kp_set transcript "$kp_out"
  if [ -n "$kp_check" ]; then kp_unknown "$kp_dnf cannot say what is unneeded: $\{kp_out##*"$kp_nl"}"; return 0; fi
  kp_fail "$kp_dnf autoremove failed"
  return 1 ;;
esac`;

/** One call of dnf (or yum) for all packages; where everything is as wanted, one call of rpm finds that out. */
export const dnfPackages = (dnf: DnfOptions): Script =>
  joinScripts([
    callDnf(dnf),
    judge(dnf),
    dnf.updateCache && sh`[ -n "$kp_check" ] || kp_dnf_run makecache || return 1`,
    dnf.names.length === 0 && dnf.autoremove && removeUnneeded,
    dnf.names.length > 0 && (dnf.state === 'latest' ? newest(dnf) : installOrRemove(dnf)),
  ]);
