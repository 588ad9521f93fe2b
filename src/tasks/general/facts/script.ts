import { joinScripts, type Script, sh } from '../../../shell/index.js';
import { sizesFormat } from '../mount-tables.js';

const always = sh`/etc/os-release /usr/lib/os-release /etc/debian_version /etc/redhat-release /etc/centos-release /etc/alpine-release /etc/lsb-release \
/proc/sys/kernel/osrelease /proc/sys/kernel/version /proc/sys/kernel/hostname /proc/sys/kernel/domainname \
/proc/1/comm /proc/uptime /proc/loadavg /proc/cmdline /proc/sys/crypto/fips_enabled \
/etc/machine-id /var/lib/dbus/machine-id /etc/resolv.conf /etc/selinux/config /sys/fs/selinux/enforce \
/etc/ssh/ssh_host_*_key.pub`;

const hardware = sh`/proc/meminfo /proc/cpuinfo /proc/self/mounts /sys/class/dmi/id/* \
/sys/block/*/size /sys/block/*/removable /sys/block/*/queue/rotational /sys/block/*/queue/hw_sector_size \
/sys/block/*/device/model /sys/block/*/device/vendor /sys/block/*/*/partition /sys/block/*/*/size /sys/block/*/*/start`;

const network = sh`/sys/class/net/*/address /sys/class/net/*/mtu /sys/class/net/*/operstate /sys/class/net/*/type \
/sys/class/net/*/speed /sys/class/net/*/flags /sys/class/net/*/bridge/stp_state`;

export interface WantedFacts {
  hardware: boolean;
  network: boolean;
  /** Directory of custom facts. */
  local: string | undefined;
  /** Seconds for each custom fact and each file system. */
  timeout: number;
}

/**
 * Raw text of everything, read by very few processes: one grep prints all files, each line with its file's name before it.
 * What is not there is left out, and no pattern without a match gets through.
 */
export function gatherScript(wanted: WantedFacts): Script {
  return joinScripts([
    sh`
kp_limit() { if command -v timeout >/dev/null 2>&1; then timeout -s KILL ${wanted.timeout} "$@"; else "$@"; fi; }
kp_open files
grep -asH '' ${always} ${wanted.hardware ? hardware : sh``} ${wanted.network ? network : sh``} 2>/dev/null
kp_close
kp_set machine "$(uname -m)"
kp_set fqdn "$(hostname -f 2>/dev/null)"
kp_set id "$(id -u) $(id -g)"
kp_i=$(id -un)
while IFS= read -r kp_line; do case $kp_line in "$kp_i":*) kp_set passwd "$kp_line"; break ;; esac; done </etc/passwd
kp_set user "$kp_i"
kp_set date "$(date '+%Y|%m|%d|%H|%M|%S|%s|%Z|%z|%A|%w|%U|%N')"
kp_open env
(if [ "$kp_lc" = unset ]; then unset LC_ALL; else LC_ALL=$kp_lc; fi; cat /proc/self/environ 2>/dev/null)
kp_close
kp_there=
for kp_p in /usr/bin/apt-get /usr/bin/dnf5 /usr/bin/dnf /usr/bin/dnf-3 /usr/bin/yum /usr/bin/zypper /sbin/apk /usr/bin/pacman \
  /usr/bin/emerge /usr/bin/rpm-ostree /run/systemd/system /sbin/openrc /run/openrc /etc/init.d /.dockerenv /run/.containerenv /dev/kvm \
  /sys/kernel/security/apparmor /sys/fs/selinux /proc/vz /proc/xen /lib64; do
  [ ! -e "$kp_p" ] || kp_there="$kp_there $kp_p"
done
kp_set there "$kp_there"
kp_p=$(command -v python3 || command -v python) && kp_set python "$kp_p $("$kp_p" -V 2>&1)"
kp_set root "$(stat -L -c '%d:%i' / /proc/1/root/. 2>/dev/null)"
[ ! -e /proc/1/environ ] || kp_set init_env "$(tr '\000' '\n' </proc/1/environ 2>/dev/null | grep '^container=')"
! command -v systemd-detect-virt >/dev/null 2>&1 || kp_set virt "$(systemd-detect-virt 2>/dev/null)"
! command -v nproc >/dev/null 2>&1 || kp_set nproc "$(nproc)"`,
    wanted.network &&
      sh`
if command -v ip >/dev/null 2>&1; then
  kp_set addresses "$(ip -o addr show 2>/dev/null)"
  kp_set routes "$(ip -o -4 route get 8.8.8.8 2>/dev/null)"
  kp_set routes6 "$(ip -o -6 route get 2404:6800:400a:800::1012 2>/dev/null)"
elif command -v ifconfig >/dev/null 2>&1; then
  kp_set ifconfig "$(ifconfig -a 2>/dev/null)"
  kp_read /proc/net/route
  kp_set proc_routes "$kp_text"
fi`,
    wanted.hardware &&
      sh`
set --
while read -r kp_i kp_p kp_rest; do
  case $kp_i in /* | *:/*) set -- "$@" "$(printf '%b.' "$kp_p")" ;; esac
done </proc/self/mounts
if [ "$#" -gt 0 ]; then
  kp_i=$#
  while [ "$kp_i" -gt 0 ]; do kp_p=$1; shift; set -- "$@" "$\{kp_p%.}"; kp_i=$((kp_i - 1)); done
  kp_set statfs "$(for kp_p do kp_limit stat -f -c ${sizesFormat} -- "$kp_p" 2>/dev/null || echo; done)"
  kp_set statfs_of "$(printf '%s\000' "$@" | tr '\000\n' '\n?')"
fi`,
    wanted.local !== undefined &&
      sh`
for kp_p in ${wanted.local}/*.fact; do
  [ -f "$kp_p" ] || continue
  kp_i=$\{kp_p##*/}
  kp_set "fact_name_$((kp_facts_n = $\{kp_facts_n-0} + 1))" "$\{kp_i%.fact}"
  kp_open "fact_$kp_facts_n"
  if [ -x "$kp_p" ]; then kp_limit "$kp_p" 2>/dev/null </dev/null || printf '\001%s' "$?"; else cat -- "$kp_p"; fi
  kp_close
done
kp_facts_n=0`,
  ]);
}
