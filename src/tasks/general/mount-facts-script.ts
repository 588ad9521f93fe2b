import { joinScripts, type Script, sh } from '../../shell/index.js';
import { hostPath } from './host-path.js';
import { sizesFormat } from './mount-tables.js';

export interface MountLimits {
  /** Seconds for each command; undefined: for ever. */
  timeout: number | undefined;
  /** The same as Python would print it. */
  shown: string;
  onTimeout: 'error' | 'warn' | 'ignore';
}

/** The files that say what is mounted, on whatever system. */
export const dynamicSources: readonly string[] = ['/etc/mtab', '/proc/mounts', '/etc/mnttab'];
export const staticSources: readonly string[] = ['/etc/fstab', '/etc/vfstab', '/etc/filesystems'];

/**
 * `kp_limited SECONDS MESSAGE COMMAND…`: its output in `$kp_out`. Where it has to be ended, that is what `on_timeout`
 * says: a failure (`$kp_failure` is set), a line of `$kp_warnings`, or nothing. What hangs in a dead file system can
 * only be killed.
 */
const limiting = ({ onTimeout }: MountLimits): Script => sh`
kp_warnings=
kp_limited() {
  local seconds="$1" message="$2" rc
  shift 2
  if [ -z "$seconds" ] || ! command -v timeout >/dev/null 2>&1; then kp_out=$("$@" 2>/dev/null </dev/null); return; fi
  # A busybox of old knows whole seconds alone.
  case $seconds in *.*) timeout "$seconds" true >/dev/null 2>&1 || seconds=$(($\{seconds%%.*} + 1)) ;; esac
  kp_out=$(timeout -s KILL "$seconds" "$@" 2>/dev/null </dev/null)
  rc=$?
  case $rc in 124 | 137) ;; *) return "$rc" ;; esac
  kp_out=
  case ${onTimeout} in
  error) kp_fail "$message" ;;
  warn) kp_warnings="$kp_warnings$kp_nl$message" ;;
  esac
  return 124
}
# kp_where PROGRAM: its file, in $kp_bin.
kp_where() {
  kp_bin=$1
  case $1 in */*) [ -f "$1" ] && [ -x "$1" ]; return ;; esac
  local IFS=: folder
  for folder in $PATH; do
    kp_bin=$folder/$1
    [ -f "$kp_bin" ] && [ -x "$kp_bin" ] && return
  done
  return 1
}`;

/** Prints what is mounted, as the field `mount`. */
const running = (binary: string, limits: MountLimits): Script => sh`
kp_where ${binary} || { kp_fail ${`Failed to find required executable "${binary}" in paths: `}"$PATH"; return 1; }
kp_limited ${String(limits.timeout ?? '')} "Command '$kp_bin' timed out after "${`${limits.shown} seconds`} "$kp_bin"
kp_rc=$?
case $kp_rc in
0) kp_set mount "$kp_out" ;;
124) [ -z "$kp_failure" ] || return 1; kp_set mount '' ;;
*) kp_fail "Failed to execute $kp_bin: Command '$kp_bin' returned non-zero exit status $kp_rc."; return 1 ;;
esac`;

const told = sh`kp_set warnings "$\{kp_warnings#"$kp_nl"}"`;

/** Runs the binary alone. */
export const mountScript = (binary: string, limits: MountLimits): Script =>
  joinScripts([limiting(limits), running(binary, limits), told]);

export interface WantedTables {
  /** Files, in order, and `mount`. */
  sources: readonly string[];
  /** What is run where `mount` is among them. */
  binary: string;
  /** Is it run as well where no file says what is mounted? */
  fallsBack: boolean;
}

/** Reads the files as the fields `file.N`, each once under whatever names, and runs the binary where it is wanted. */
export const tablesScript = ({ sources, binary, fallsBack }: WantedTables, limits: MountLimits): Script =>
  joinScripts([
    limiting(limits),
    sh`kp_seen=$kp_nl kp_dynamic=
kp_table() {
  local path="$2" real
  [ -r "$path" ] && [ ! -d "$path" ] && [ ! -p "$path" ] || return 0
  real=$(realpath "$path" 2>/dev/null) || real=$path
  # What belongs to whoever asks has another name for each who does.
  case $path in
  /proc/[0-9]*) ;;
  *) case $real in /proc/[0-9]*/mounts) real=/proc/self/mounts ;; esac ;;
  esac
  case $kp_seen in *"$kp_nl$real$kp_nl"*) return 0 ;; esac
  kp_seen=$kp_seen$real$kp_nl
  [ -z "$3" ] || ! grep -q '[^[:space:]]' "$path" 2>/dev/null || kp_dynamic=1
  kp_open "file.$1"; cat -- "$path" 2>/dev/null; kp_close
}`,
    ...sources.map((source, index) =>
      source === 'mount'
        ? undefined
        : sh`kp_table ${String(index)} ${hostPath(source)} ${dynamicSources.includes(source)}`,
    ),
    sources.includes('mount')
      ? running(binary, limits)
      : fallsBack &&
        sh`if [ -z "$kp_dynamic" ]; then${joinScripts([running(binary, limits)])}
fi`,
    told,
  ]);

/** The devices of UUIDs, as the fields `device.N`. */
export const devicesScript = (uuids: readonly string[], limits: MountLimits): Script =>
  joinScripts([
    limiting(limits),
    ...uuids.map(
      (uuid, index) => sh`
if kp_where blkid; then
  kp_limited ${String(limits.timeout ?? '')} "Command '['$kp_bin', '--uuid', "${`'${uuid}']' timed out after ${limits.shown} seconds`} "$kp_bin" --uuid ${uuid}
  [ -z "$kp_failure" ] || return 1
  kp_set ${`device.${index}`} "$kp_out"
fi`,
    ),
    told,
  ]);

export interface WantedSizes {
  mounts: readonly { mount: string; fstype: string }[];
  devices: readonly string[];
}

/** Ansible's limit for the size of a mount where none is given: seconds. */
const DEFAULT_TIMEOUT_S = 10;

/** The numbers of each mount as the fields `size.N`, the UUID of each device as `uuid.N`. */
export const sizesScript = ({ mounts, devices }: WantedSizes, limits: MountLimits): Script => {
  const seconds = limits.timeout === undefined ? String(DEFAULT_TIMEOUT_S) : limits.shown;
  return joinScripts([
    limiting(limits),
    sh`kp_size() {
  kp_limited ${String(limits.timeout ?? DEFAULT_TIMEOUT_S)} "Timed out getting mount size for mount $2 (type $3) after "${`${seconds} seconds`} \
    stat -f -c ${sizesFormat} -- "$2"
  [ -z "$kp_failure" ] || return 1
  kp_set "size.$1" "$kp_out"
}`,
    ...mounts.map(({ mount, fstype }, index) => sh`kp_size ${String(index)} ${mount} ${fstype} || return 1`),
    devices.length > 0 &&
      sh`
kp_known=$kp_nl
for kp_i in /dev/disk/by-uuid/*; do
  [ ! -e "$kp_i" ] || kp_known="$kp_known$(realpath "$kp_i") $\{kp_i##*/}$kp_nl"
done
if kp_where lsblk; then
  kp_limited ${String(limits.timeout ?? '')} "Command '['$kp_bin', '--list', '--noheadings', '--paths', '--output', 'NAME,UUID', '--exclude', '2']' timed out after "${`${limits.shown} seconds`} \
    "$kp_bin" --list --noheadings --paths --output NAME,UUID --exclude 2
  [ -z "$kp_failure" ] || return 1
  while read -r kp_i kp_line kp_p; do
    [ -z "$kp_line" ] || [ -n "$kp_p" ] || kp_known="$kp_known$kp_i $kp_line$kp_nl"
  done <<KP_END
$kp_out
KP_END
fi
kp_uuid() {
  case $kp_known in
  *"$kp_nl$2 "*)
    kp_line=$\{kp_known#*"$kp_nl$2 "}
    kp_set "uuid.$1" "$\{kp_line%%"$kp_nl"*}"
    return 0 ;;
  esac
  [ -b "$2" ] && kp_where udevadm || return 0
  kp_limited ${String(limits.timeout ?? '')} "Command '['$kp_bin', 'info', '--query', 'property', '--name', '$2']' timed out after "${`${limits.shown} seconds`} \
    "$kp_bin" info --query property --name "$2"
  [ -z "$kp_failure" ] || return 1
  case $kp_nl$kp_out in
  *"$\{kp_nl}ID_FS_UUID="*)
    kp_line=$kp_nl$kp_out
    kp_line=$\{kp_line#*"$\{kp_nl}ID_FS_UUID="}
    kp_set "uuid.$1" "$\{kp_line%%"$kp_nl"*}" ;;
  esac
  return 0
}`,
    ...devices.map((device, index) => sh`kp_uuid ${String(index)} ${device} || return 1`),
    told,
  ]);
};
