import { type Script, sh } from '../../../shell/index.js';

/**
 * Shell functions about packages, for apt and dnf. They take the package manager from `kp_k_pm` (apt, dnf or nothing)
 * and say with `kp_k_lists` whether package lists have been brought up to date in this step.
 */
export const packageFunctions: Script = sh`
kp_k_lists= kp_k_pm=
if command -v apt-get >/dev/null 2>&1; then kp_k_pm=apt
elif command -v dnf >/dev/null 2>&1; then kp_k_pm=dnf
elif command -v yum >/dev/null 2>&1; then kp_k_pm=yum
fi

# kp_k_run COMMAND...: a package manager's command. Waits while another one (unattended upgrades) holds the lock.
kp_k_run() {
  kp_k_waits=0
  while :; do
    kp_out=$(DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 "$@" 2>&1) && return 0
    kp_rc=$?
    case $kp_out in
    *'Could not get lock'* | *'Unable to acquire the dpkg frontend lock'* | *'Unable to lock directory'*)
      kp_k_waits=$((kp_k_waits + 1))
      if [ "$kp_k_waits" -le 120 ]; then sleep "$\{kp_k_pause:-5}"; continue; fi ;;
    esac
    kp_set cmd "$*"; kp_set rc "$kp_rc"; kp_set output "$kp_out"
    kp_fail "$1 failed with exit code $kp_rc"
    return 1
  done
}
kp_k_apt() {
  kp_k_run apt-get -q -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}
# kp_k_update [SOURCE]: brings package lists up to date: those of one source file, or all.
kp_k_update() {
  case $kp_k_pm in
  apt)
    if [ -n "$1" ]; then
      kp_k_apt update -o Dir::Etc::sourcelist="$1" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0
    else
      kp_k_lists=1
      kp_k_apt update
    fi ;;
  *) kp_k_lists=1; kp_k_run "$kp_k_pm" -q makecache ;;
  esac
}
# kp_k_installed PACKAGE: its version into kp_value, empty where it is not installed.
kp_k_installed() {
  if [ -n "$kp_check" ] && kp_predicted package "$1"; then
    [ "$kp_value" != absent ] || kp_value=
    return
  fi
  case $kp_k_pm in
  apt)
    kp_value=$(dpkg-query -W -f='$\{db:Status-Abbrev}$\{Version}' -- "$1" 2>/dev/null) || kp_value=
    case $kp_value in ?i*) kp_value=$\{kp_value#???} ;; *) kp_value= ;; esac ;;
  *) kp_value=$(rpm -q --qf '%{VERSION}-%{RELEASE}' -- "$1" 2>/dev/null) || kp_value= ;;
  esac
}
# kp_k_candidate PACKAGE PREFIX EXACT: the newest version that a repository has and that begins with PREFIX (or is it).
kp_k_candidate() {
  kp_value=
  case $kp_k_pm in
  apt)
    kp_k_list=$(apt-cache -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= madison "$1" 2>/dev/null)
    while read -r _ _ kp_k_version _; do kp_k_match "$kp_k_version" "$2" "$3" && { kp_value=$kp_k_version; break; }; done <<KP_END
$kp_k_list
KP_END
    ;;
  *)
    # A dry run asks the lists that are there. yum 3 has no repoquery of its own.
    kp_k_list=$("$kp_k_pm" $\{kp_check:+-C} -q repoquery --disableplugin=versionlock --disableexcludes=all --qf '%{version}-%{release}\n' "$1" 2>/dev/null) ||
      kp_k_list=$("$kp_k_pm" $\{kp_check:+-C} -q list --showduplicates --disableexcludes=all "$1" 2>/dev/null | while read -r _ kp_k_version _; do printf '%s\n' "$kp_k_version"; done)
    kp_k_list=$(printf '%s\n' "$kp_k_list" | sort -rV)
    while read -r kp_k_version; do kp_k_match "$kp_k_version" "$2" "$3" && { kp_value=$kp_k_version; break; }; done <<KP_END
$kp_k_list
KP_END
    ;;
  esac
  [ -n "$kp_value" ]
}
# kp_k_match VERSION PREFIX EXACT
kp_k_match() {
  [ -n "$1" ] || return 1
  if [ -n "$3" ]; then [ "$1" = "$2" ] || [ "$\{1#*:}" = "$2" ]; return; fi
  case $\{1#*:} in "$2"*) return 0 ;; esac
  return 1
}
# kp_k_older A B: is version A older than B?
kp_k_older() {
  case $kp_k_pm in
  apt) dpkg --compare-versions "$1" lt "$2" ;;
  *)
    case $1$2 in *[!A-Za-z0-9._+~^-]*) return 1 ;; esac
    [ "$(rpm --eval "%{lua:print(rpm.vercmp('$1', '$2'))}" 2>/dev/null)" = -1 ] ;;
  esac
}
# kp_k_fetch URL FILE: downloads with whatever the host has.
kp_k_fetch() {
  if command -v curl >/dev/null 2>&1; then kp_try curl -fsSL --retry 3 --connect-timeout 15 -o "$2" -- "$1"
  elif command -v wget >/dev/null 2>&1; then kp_try wget -q -T 30 -O "$2" -- "$1"
  elif [ -x /usr/lib/apt/apt-helper ]; then kp_try /usr/lib/apt/apt-helper download-file "$1" "$2"
  else kp_fail "there is neither curl nor wget to download $1"; return 1
  fi
}
# kp_k_repository NAME TEXT KEY_URL KEY_FILE: the source file with this text, and its key. Sets kp_k_new where it changed.
kp_k_repository() {
  kp_k_new=
  case $kp_k_pm in
  apt) kp_k_source=/etc/apt/sources.list.d/$1.list ;;
  *) kp_k_source=/etc/yum.repos.d/$1.repo ;;
  esac
  kp_read "$kp_k_source"
  [ "$kp_text" = "$2" ] || kp_k_new=1
  if [ -n "$4" ]; then
    kp_stat "$4"
    case $kp_type:$kp_size in file:0 | absent:*) kp_k_new=1 ;; esac
    if [ -n "$kp_k_new" ] && [ -n "$3" ]; then
      if kp_apply; then
        mkdir -p -m 755 "$\{4%/*}"
        kp_temp "$4"
        kp_k_fetch "$3" "$kp_tmp" || { rm -f -- "$kp_tmp"; return 1; }
        case $4 in
        *.asc) grep -q 'BEGIN PGP PUBLIC KEY BLOCK' "$kp_tmp" || { rm -f -- "$kp_tmp"; kp_fail "$3 is not a PGP key"; return 1; } ;;
        esac
        kp_install "$kp_tmp" "$4" 0644 root root || return 1
      else
        kp_predict path "$4" 'file 0644 root root'
      fi
    fi
  fi
  kp_write "$kp_k_source" "$2" 0644 root root || return 1
  if [ -n "$kp_k_new" ] && [ -z "$kp_check" ]; then
    # A first run has no lists at all, and what is asked for may depend on the distribution's packages.
    set -- /var/lib/apt/lists/*Packages* /var/lib/apt/lists/*Release
    if [ "$kp_k_pm" = apt ] && { [ -e "$1" ] || [ -e "$2" ]; }; then kp_k_update "$kp_k_source"; else kp_k_update ''; fi
  fi
}
# kp_k_install PACKAGE...: words as the package manager takes them.
kp_k_install() {
  case $kp_k_pm in
  apt) kp_k_apt install -y --no-install-recommends "$@" ;;
  *) kp_k_run "$kp_k_pm" -q install -y "$@" ;;
  esac
}
`;

export interface Repository {
  /** Without the word `deb` and without options: `URL SUITE COMPONENT…`; or a whole line that begins with `deb`. */
  line: string;
  keyUrl: string | undefined;
}

/** Text of the apt source file and where its key goes. */
export function aptSource(name: string, { line, keyUrl }: Repository): { text: string; keyFile: string } {
  const keyFile = keyUrl === undefined ? '' : `/etc/apt/keyrings/${name}.${keyUrl.endsWith('.gpg') ? 'gpg' : 'asc'}`;
  const options = keyFile === '' ? '' : `[signed-by=${keyFile}] `;
  const whole = /^deb\s/.test(line) ? line : `deb ${options}${line}`;
  // The key's address stands in the file, so that another one is noticed without asking the network.
  const comment = keyUrl === undefined ? '# Managed by kprov.' : `# Managed by kprov. Key: ${keyUrl}`;
  return { text: `${comment}\n${whole}\n`, keyFile };
}

/** Text of a yum repository file. */
export function yumSource(name: string, { line, keyUrl }: Repository, exclude: readonly string[]): string {
  const url = line.split(/\s+/)[0] ?? '';
  return [
    '# Managed by kprov.',
    `[${name}]`,
    `name=${name}`,
    `baseurl=${url}`,
    'enabled=1',
    ...(keyUrl === undefined ? ['gpgcheck=0'] : ['gpgcheck=1', `gpgkey=${keyUrl}`]),
    ...(exclude.length === 0 ? [] : [`exclude=${exclude.join(' ')}`]),
    '',
  ].join('\n');
}
