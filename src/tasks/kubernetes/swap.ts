import { sh } from '../../shell/index.js';
import { flag } from '../parameters.js';
import { type Diff, defineTask, program } from '../task.js';

const FSTAB_BACKUP = '/etc/fstab.kprov-backup';

export const swap = defineTask({
  name: 'swap',
  collection: 'kprov.kubernetes',
  summary: 'Switches swap off, now and after a reboot.',
  description:
    'Swap lines of /etc/fstab are commented out (the file as it was is kept once as /etc/fstab.kprov-backup), systemd swap units are masked, zram generators are switched off, and what is swapped out is brought back.',
  parameters: {
    enabled: flag('Whether there shall be swap. Only no is supported: the kubelet runs without it.', {
      default: false,
    }),
    backup: flag('Whether /etc/fstab is kept as it was before the first change.', { default: true }),
  },
  returns: { devices: 'the swap devices that were in use' },
  example: `- name: The kubelet runs without swap
  swap: {enabled: no}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    if (args.enabled) {
      return { status: 'failed', result: { msg: 'swap: enabled: yes is not supported; leave the task out instead' } };
    }
    return program(sh`
# What is in use now.
kp_k_used=
if ! { [ -n "$kp_check" ] && kp_predicted swap all; }; then
  while read -r kp_k_device kp_k_type _; do
    case $kp_k_device in Filename | '') ;; *) kp_k_used="$kp_k_used$\{kp_k_used:+ }$kp_k_device" ;; esac
  done </proc/swaps
fi
kp_set devices "$kp_k_used"

# /etc/fstab without its swap lines.
if [ -f /etc/fstab ]; then
  kp_read /etc/fstab || return 1
  kp_k_old=$kp_text kp_k_fstab= kp_k_hit=
  set -f
  while IFS= read -r kp_k_line || [ -n "$kp_k_line" ]; do
    set -- $kp_k_line
    case $1 in
    '#'* | '') ;;
    *) if [ "$3" = swap ]; then kp_k_line="# kprov: $kp_k_line" kp_k_hit=1; fi ;;
    esac
    kp_k_fstab=$kp_k_fstab$kp_k_line$kp_nl
  done <<KP_END
$\{kp_k_old%"$kp_nl"}
KP_END
  set +f
  if [ -n "$kp_k_hit" ]; then
    if [ -n ${args.backup} ] && [ ! -e ${FSTAB_BACKUP} ] && kp_apply; then
      kp_try cp -p /etc/fstab ${FSTAB_BACKUP} || return 1
    fi
    kp_write /etc/fstab "$kp_k_fstab" || return 1
    kp_set fstab "$kp_k_fstab"
  fi
fi

# Units that would bring it back: swap units of files or partitions, and zram services.
if command -v systemctl >/dev/null 2>&1; then
  kp_k_units=
  for kp_k_unit in /etc/systemd/system/*.swap /usr/lib/systemd/system/*.swap /lib/systemd/system/*.swap /run/systemd/generator.late/*.swap; do
    [ -e "$kp_k_unit" ] && [ ! /dev/null -ef "$kp_k_unit" ] && kp_k_units="$kp_k_units $\{kp_k_unit##*/}"
  done
  for kp_k_unit in zramswap.service zram-config.service dphys-swapfile.service; do
    [ -e "/etc/init.d/$\{kp_k_unit%.service}" ] || [ -e "/lib/systemd/system/$kp_k_unit" ] || [ -e "/usr/lib/systemd/system/$kp_k_unit" ] || continue
    kp_k_units="$kp_k_units $kp_k_unit"
  done
  for kp_k_unit in $kp_k_units; do
    kp_k_state=$(systemctl is-enabled "$kp_k_unit" 2>/dev/null)
    case $kp_k_state in masked) continue ;; esac
    if [ -n "$kp_check" ] && kp_predicted swap "$kp_k_unit"; then continue; fi
    if kp_apply; then
      # What an administrator wrote stands where the mask would: it is kept beside it.
      kp_k_file=/etc/systemd/system/$kp_k_unit
      if [ -f "$kp_k_file" ] && [ ! -L "$kp_k_file" ]; then
        kp_try systemctl disable "$kp_k_unit" && kp_try mv -f "$kp_k_file" "$kp_k_file.kprov-backup" || return 1
      fi
      kp_try systemctl mask "$kp_k_unit" || return 1
      # What does not stop by its unit is switched off below.
      systemctl stop "$kp_k_unit" >/dev/null 2>&1
    else
      kp_predict swap "$kp_k_unit" masked
    fi
  done
  # An empty file in /etc overrides the vendor's and makes the generator do nothing.
  if [ -e /usr/lib/systemd/zram-generator.conf ] || [ -s /etc/systemd/zram-generator.conf ]; then
    kp_write /etc/systemd/zram-generator.conf '' 0644 root root || return 1
  fi
  for kp_k_file in /usr/lib/systemd/zram-generator.conf.d/*.conf /etc/systemd/zram-generator.conf.d/*.conf; do
    [ -s "$kp_k_file" ] && { [ ! -e "/etc/systemd/zram-generator.conf.d/$\{kp_k_file##*/}" ] || [ -s "/etc/systemd/zram-generator.conf.d/$\{kp_k_file##*/}" ]; } || continue
    if [ ! -d /etc/systemd/zram-generator.conf.d ]; then
      if kp_apply; then kp_try mkdir -p -m 755 /etc/systemd/zram-generator.conf.d || return 1
      else kp_predict path /etc/systemd/zram-generator.conf.d 'directory 0755 root root'
      fi
    fi
    kp_write "/etc/systemd/zram-generator.conf.d/$\{kp_k_file##*/}" '' 0644 root root || return 1
  done
fi

if [ -n "$kp_k_used" ]; then
  if kp_apply; then
    kp_try swapoff -a || return 1
    # swapoff -a knows fstab and /proc/swaps; a device that stays is named.
    kp_k_left=
    while read -r kp_k_device _; do case $kp_k_device in Filename | '') ;; *) kp_k_left=$kp_k_device ;; esac; done </proc/swaps
    [ -z "$kp_k_left" ] || { kp_fail "$kp_k_left is still in use as swap"; return 1; }
  else
    kp_predict swap all off
  fi
fi`);
  },
  interpret: (report) => {
    const before = report.text('before');
    const after = report.text('fstab');
    const header = '/etc/fstab';
    const diff: Diff[] =
      before === undefined || after === undefined ? [] : [{ before, after, beforeHeader: header, afterHeader: header }];
    const devices = (report.text('devices') ?? '').split(' ').filter(Boolean);
    return { result: { devices, ...message(report.text('msg')) }, diff };
  },
});

const message = (msg: string | undefined) => (msg === undefined ? {} : { msg });
