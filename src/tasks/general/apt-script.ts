import { joinScripts, type Script, sh } from '../../shell/index.js';

/** What is to be installed or removed, as it is written: `nano`, `nano=7.2*`, `nano>=7`, `nano/bookworm-backports`. */
export interface PackageRequest {
  name: string;
  /** '' for any version. */
  operator: '' | '=' | '>=';
  version: string;
}

export function parsePackage(spec: string): PackageRequest {
  const match = /^([^<>=]+?)\s*(>=|=)\s*(.+)$/s.exec(spec);
  if (!match) return { name: spec, operator: '', version: '' };
  return { name: match[1] ?? '', operator: match[2] === '>=' ? '>=' : '=', version: match[3] ?? '' };
}

const hasGlob = (name: string): boolean => /[*?[]/.test(name);
const words = (request: PackageRequest) => sh`${request.name} ${request.operator} ${request.version}`;

/** Options of every apt-get call of one task. */
export interface AptOptions {
  lockTimeout: number;
  options: readonly string[];
}

/**
 * Functions of the shell that the apt scripts share. `kp_apt` reports what apt-get prints as the field transcript, when it
 * has ended. There is no terminal, not even dpkg's own one: a package that asks would wait there for ever. apt-get and dpkg write to this shell alone, because writing to a connection that has broken would end them in
 * the middle. In check mode the caches in memory are used, because apt-get would otherwise renew its cache files even when
 * simulating.
 */
export const aptFunctions = (apt: AptOptions): Script => sh`
kp_apt_get() {
  DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical APT_LISTCHANGES_FRONTEND=none \
    apt-get -y -q -o Dpkg::Use-Pty=0 -o ${`DPkg::Lock::Timeout=${apt.lockTimeout}`} ${apt.options} "$@" 2>&1
}
kp_apt() {
  kp_dpkg_mend
  { kp_out=$({ kp_apt_get "$@" 3>&-; printf '\n%s' "$?"; } | kp_apt_heard); } 3>&1
  kp_rc=$\{kp_out##*"$kp_nl"} kp_out=$\{kp_out%"$kp_nl"*}
  kp_set transcript "$\{kp_out%"$kp_nl"}"
  kp_set rc "$kp_rc"
  kp_set cmd "apt-get -y $*"
  return "$kp_rc"
}
# kp_apt_heard: passes on what apt-get prints, and tells at once (on descriptor 3) who keeps it waiting.
kp_apt_heard() {
  trap '' PIPE
  kp_told=
  while IFS= read -r kp_line || [ -n "$kp_line" ]; do
    case $kp_line in
    "$kp_told") [ -z "$kp_told" ] || continue ;;
    'Waiting for cache lock: '*) kp_told=$kp_line; kp_say "$\{kp_line#Waiting for cache lock: }" >&3 2>/dev/null ;;
    esac
    printf '%s\n' "$kp_line"
  done
}
# apt-get refuses everything while the journal of an interrupted dpkg is there: what that began is finished first.
kp_dpkg_mend() {
  for kp_i in /var/lib/dpkg/updates/[0-9]*; do
    [ -e "$kp_i" ] || return 0
    kp_say 'an earlier dpkg was interrupted: finishing that first (dpkg --configure -a)'
    kp_mended=$(DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical dpkg --configure -a --force-confdef --force-confold 2>&1)
    return
  done
}
kp_apt_simulate() {
  if [ -n "$kp_check" ]; then
    set -- -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= "$@"
  fi
  kp_sim=$(kp_apt_get -s "$@")
}
# What a simulation printed becomes the prediction of this check run; false when nothing would be done.
kp_apt_foretell() {
  case $kp_nl$kp_sim in *"$\{kp_nl}Inst "* | *"$\{kp_nl}Remv "* | *"$\{kp_nl}Purg "* | *"$\{kp_nl}Conf "*) ;; *) return 1 ;; esac
  kp_set simulated "$kp_sim"
  [ -n "$kp_check" ] || return 0
  while read -r kp_w kp_p kp_rest; do
    case $kp_w in
    Inst) kp_rest=$\{kp_rest#*'('}; kp_predict package "$kp_p" "$\{kp_rest%%[ )]*}"; kp_predict command "$kp_p" present ;;
    Remv | Purg) kp_predict package "$kp_p" absent ;;
    esac
  done <<EOF
$kp_sim
EOF
}
# Would an earlier task of this check run have brought a package source?
kp_apt_pending() {
  case $kp_ov in *"$\{kp_nl}repository:"* | *"$\{kp_nl}path:/etc/apt/sources.list"*) return 0 ;; esac
  return 1
}
# kp_deb NAME: the installed version into kp_have, "config-files" where only those are left, else empty.
kp_deb() {
  kp_have=
  if kp_predicted package "$1"; then [ "$kp_value" = absent ] || kp_have=$kp_value; return; fi
  case $kp_nl$kp_pkgs$kp_nl in
  *"$kp_nl$1$\{kp_tab}installed$kp_tab"*)
    kp_have=$kp_nl$kp_pkgs$kp_nl
    kp_have=$\{kp_have#*"$kp_nl$1$\{kp_tab}installed$kp_tab"}
    kp_have=$\{kp_have%%"$kp_nl"*} ;;
  *"$kp_nl$1$\{kp_tab}config-files$kp_tab"*) kp_have=config-files ;;
  esac
}`;

/** Asks dpkg once for all packages. A name may come with its architecture, so each is listed both ways. */
const query = (requests: readonly PackageRequest[]): Script => {
  const format =
    '${Package}\\t${db:Status-Status}\\t${Version}\\n${Package}:${Architecture}\\t${db:Status-Status}\\t${Version}\\n';
  return sh`kp_pkgs=$(dpkg-query -W -f ${format} -- ${requests.map((r) => r.name)} 2>/dev/null)`;
};

/** Replaces the patterns among the names (in "$@", three words each) by the packages that apt knows. */
const expandKnown = sh`
kp_known=$(apt-cache -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= pkgnames)
kp_i=$#
while [ "$kp_i" -gt 0 ]; do
  kp_p=$1 kp_op=$2 kp_v=$3; shift 3; kp_i=$((kp_i - 3))
  case $kp_p in
  *[*?[]*)
    while read -r kp_w; do
      case $kp_w in $kp_p) set -- "$@" "$kp_w" "$kp_op" "$kp_v" ;; esac
    done <<EOF
$kp_known
EOF
    ;;
  *) set -- "$@" "$kp_p" "$kp_op" "$kp_v" ;;
  esac
done
[ "$#" -gt 0 ] || { kp_fail "no package matches the names that were asked for"; return 1; }`;

export interface InstallOptions {
  requests: readonly PackageRequest[];
  latest: boolean;
  onlyUpgrade: boolean;
  /** The cache would have been renewed first; in check mode it was not, so an unknown package may yet appear. */
  mayUpdate: boolean;
  install: readonly string[];
}

/** Keeps in "$@" what apt-get has to be asked for, and asks. */
export function aptInstall(options: InstallOptions): Script {
  const globs = options.requests.some((request) => hasGlob(request.name));
  return joinScripts([
    globs ? undefined : query(options.requests),
    sh`set -- ${joinWords(options.requests)}`,
    globs && expandKnown,
    globs && sh`kp_pkgs=$(dpkg-query -W -f ${'${Package}\\t${db:Status-Status}\\t${Version}\\n'} 2>/dev/null)`,
    sh`
kp_i=$# kp_named=
while [ "$kp_i" -gt 0 ]; do
  kp_p=$1 kp_op=$2 kp_v=$3; shift 3; kp_i=$((kp_i - 3))
  kp_deb "$\{kp_p%%/*}"
  [ "$kp_have" != config-files ] || kp_have=
  kp_named="$kp_named $\{kp_p%%/*}"
  [ "$kp_have" != '?' ] || continue
  if [ -n "$kp_have" ]; then
    case $kp_op in
    '=')
      case $kp_have in $kp_v)
        [ -n ${options.latest} ] || continue
        case $kp_v in *[*?[]*) ;; *) continue ;; esac ;;
      esac
      kp_p=$kp_p=$kp_v ;;
    '>=')
      if dpkg --compare-versions "$kp_have" ge "$kp_v" && [ -z ${options.latest} ]; then continue; fi ;;
    *) [ -n ${options.latest} ] || continue ;;
    esac
  else
    [ -z ${options.onlyUpgrade} ] || continue
    [ "$kp_op" != '=' ] || kp_p=$kp_p=$kp_v
  fi
  set -- "$@" "$kp_p"
done
if [ "$#" = 0 ]; then
  kp_apt_manual
  return
fi
if [ -n "$kp_check$kp_diff" ]; then
  if kp_apt_simulate ${options.install} install -- "$@"; then
    kp_apt_foretell || return 0
  elif [ -n "$kp_check" ]; then
    case $kp_sim in
    *'Unable to locate package'* | *'has no installation candidate'* | *"was not found"* | *"Couldn't find any package"*)
      if [ -n ${options.mayUpdate} ] || kp_apt_pending; then
        for kp_p do
          kp_have=$\{kp_p#*=}; [ "$kp_have" != "$kp_p" ] || kp_have=?
          kp_p=$\{kp_p%%[=/]*}
          kp_predict package "$kp_p" "$kp_have"
          kp_predict command "$kp_p" present
        done
        kp_apply
        return 0
      fi
      kp_unknown "apt does not know all of these packages yet: $*"
      return 0 ;;
    esac
    if [ -n "$kp_ov" ]; then kp_unknown "apt cannot say before earlier tasks have been carried out"; return 0; fi
    kp_set output "$kp_sim"
    kp_set rc 100
    kp_failure=1
    return 1
  fi
fi
if kp_apply; then
  kp_policy
  kp_apt ${options.install} install -- "$@" || kp_failure=1
  kp_policy_end
  [ -z "$kp_failure" ] && kp_apt_manual
fi`,
  ]);
}

/**
 * A package that is wanted by name must not go with the next autoremove: apt's list of what was installed
 * automatically is read, and only where one of them stands there is apt-mark called.
 */
export const markManual = sh`
kp_apt_manual() {
  [ -z "$kp_check" ] && [ -s /var/lib/apt/extended_states ] || return 0
  kp_read /var/lib/apt/extended_states || return 0
  kp_auto=
  for kp_p in $kp_named; do
    case $kp_nl$kp_text in
    *"$\{kp_nl}Package: $\{kp_p%%:*}$\{kp_nl}Architecture: "*)
      kp_w=$\{kp_text#*"Package: $\{kp_p%%:*}$\{kp_nl}Architecture: "}
      case $\{kp_w%%"$kp_nl$kp_nl"*} in *'Auto-Installed: 1'*) kp_auto="$kp_auto $kp_p" ;; esac ;;
    esac
  done
  [ -z "$kp_auto" ] || kp_try apt-mark manual -- $kp_auto
}`;

const joinWords = (requests: readonly PackageRequest[]): Script =>
  requests.reduce((all, request) => sh`${all} ${words(request)}`, sh``);

/** Removes what of the named packages is installed; with purge also what was removed and left its configuration. */
export function aptRemove(requests: readonly PackageRequest[], purge: boolean, remove: readonly string[]): Script {
  return joinScripts([
    query(requests),
    sh`
set --
for kp_p in ${requests.map((request) => request.name)}; do
  case $kp_p in
  *[*?[]*)
    case $kp_pkgs in *"$\{kp_tab}installed$kp_tab"*) set -- "$@" "$kp_p" ;; esac
    continue ;;
  esac
  kp_deb "$kp_p"
  case $kp_have in
  '') ;;
  config-files) [ -z ${purge} ] || set -- "$@" "$kp_p" ;;
  *) set -- "$@" "$kp_p" ;;
  esac
done
[ "$#" -gt 0 ] || return 0
if [ -n "$kp_check$kp_diff" ]; then
  if kp_apt_simulate ${remove} remove -- "$@"; then
    kp_apt_foretell
  else
    for kp_p do kp_predict package "$kp_p" absent; done
  fi
fi
if kp_apply; then
  kp_policy
  kp_apt ${remove} remove -- "$@" || kp_failure=1
  kp_policy_end
  [ -z "$kp_failure" ]
else
  for kp_p do kp_predict package "$kp_p" absent; done
fi`,
  ]);
}

/** An apt-get command that decides itself whether there is anything to do: upgrade, autoremove, build-dep, -f install. */
export const aptCommand = (command: readonly string[]): Script => sh`
if [ -n "$kp_check$kp_diff" ]; then
  if kp_apt_simulate ${command}; then
    kp_apt_foretell || { [ -z "$kp_check" ] || return 0; }
  elif [ -n "$kp_check" ]; then
    kp_set output "$kp_sim"
    if [ -n "$kp_ov" ]; then kp_unknown 'apt cannot say before earlier tasks have been carried out'; return 0; fi
    kp_set rc 100
    kp_failure=1
    return 1
  fi
fi
if kp_apply; then
  kp_policy
  kp_apt ${command} || kp_failure=1
  kp_policy_end
  [ -z "$kp_failure" ]
fi`;
