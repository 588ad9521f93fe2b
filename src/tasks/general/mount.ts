import { sh } from '../../shell/index.js';
import { choice, flag, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { rewriteFunction } from './edit-file.js';
import { interpretEdit } from './reported.js';

/** White space in a field of fstab is written as an octal escape. */
const escapeField = (field: string): string =>
  field.replaceAll(/[\\ \t\n]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);

export const mount = defineTask({
  name: 'mount',
  collection: 'ansible.posix',
  summary: 'Mounts file systems, now and at boot (/etc/fstab).',
  parameters: {
    path: path('Where it is mounted.', { required: true, aliases: ['name'] }),
    src: path('What is mounted: a device, a UUID=, a network path, a directory for a bind mount.'),
    fstype: text('Type of the file system.'),
    opts: text('Mount options.', { default: 'defaults' }),
    dump: text('Whether dump backs it up (fstab).', { default: '0' }),
    passno: text('When fsck checks it (fstab).', { default: '0' }),
    state: choice(
      '`mounted`: in fstab and mounted; `present`: in fstab only; `unmounted`: not mounted, fstab left alone; `absent`: neither; `ephemeral`: mounted only; `remounted`: mounted anew.',
      ['mounted', 'present', 'unmounted', 'absent', 'remounted', 'ephemeral'],
      { required: true },
    ),
    fstab: path('The table.', { default: '/etc/fstab' }),
    boot: flag('Whether it is mounted at boot; no adds the option noauto.', { default: true }),
    backup: flag('Whether a copy of the old table is kept.', { default: false }),
  },
  returns: { name: 'where', src: 'what', fstype: 'its type', opts: 'options', backup_file: 'the copy' },
  example: `- mount:
    path: /mnt/data
    src: UUID=b3e48f45-f933-4c8e-a700-22a159ec9077
    fstype: xfs
    state: mounted`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const needs = ['mounted', 'present', 'ephemeral'].includes(args.state);
    if (needs && (args.src === undefined || args.fstype === undefined)) {
      return { status: 'failed', result: { msg: `src and fstype are needed for state ${args.state}` } };
    }
    const point = args.path === '/' ? '/' : args.path.replace(/\/+$/, '');
    const options = args.boot || args.opts.split(',').includes('noauto') ? args.opts : `${args.opts},noauto`;
    const fields = [args.src ?? '', point, args.fstype ?? '', options].map(escapeField);
    const line = `${fields.join(' ')} ${args.dump} ${args.passno}`;
    return program(sh`
${rewriteFunction}
kp_point=${point} kp_escaped=${escapeField(point)} kp_src=${args.src ?? ''} kp_entry=${line} kp_state=${args.state}
kp_swap=
[ ${args.fstype ?? ''} != swap ] || kp_swap=1
case $kp_state in
mounted | present | absent)
  kp_fstab=${args.fstab}
  kp_read "$kp_fstab" || return 1
  kp_new= kp_done=
  [ -z "$kp_text" ] || while IFS= read -r kp_line; do
    set -f; set -- $kp_line; set +f
    case $\{1-} in
    '#'* | '') ;;
    *)
      if [ -n "$kp_swap" ]; then
        [ "$\{3-}" = swap ] && [ "$1" = ${escapeField(args.src ?? '')} ] && kp_i=1 || kp_i=
      else
        kp_i=$\{2-}
        case $kp_i in ?*/) kp_i=$\{kp_i%/} ;; esac
        [ "$kp_i" = "$kp_escaped" ] && kp_i=1 || kp_i=
      fi
      if [ -n "$kp_i" ]; then
        [ "$kp_state" != absent ] || continue
        if [ -n "$kp_done" ]; then continue; fi
        kp_done=1
        [ "$*" = "$kp_entry" ] || [ "$* 0 0" = "$kp_entry" ] || kp_line=$kp_entry
      fi ;;
    esac
    kp_new=$kp_new$kp_line$kp_nl
  done <<EOF
$\{kp_text%"$kp_nl"}
EOF
  [ "$kp_state" = absent ] || [ -n "$kp_done" ] || kp_new=$kp_new$kp_entry$kp_nl
  kp_table_changed=
  if [ "$kp_new" != "$kp_text" ]; then
    kp_table_changed=1
    kp_backup=${args.backup}
    kp_rewrite "$kp_fstab" "$kp_new" 0644 || return 1
    kp_backup=
  fi ;;
esac
[ "$kp_state" != present ] && [ -z "$kp_swap" ] || return 0
# Is something mounted there, and what? The last line of the table of mounts is on top.
kp_mounted=
while read -r kp_i kp_p kp_rest; do
  if [ "$kp_p" = "$kp_escaped" ]; then kp_mounted=1 kp_device=$kp_i; fi
done </proc/self/mounts
if [ -n "$kp_check" ] && kp_predicted mount "$kp_point"; then
  case $kp_value in absent) kp_mounted= ;; *) kp_mounted=1 kp_device=$kp_value ;; esac
fi
case $kp_state in
mounted | ephemeral)
  if ! kp_is_directory "$kp_point" && [ ! -f "$kp_point" ]; then
    if kp_apply; then kp_try mkdir -p -m 0755 -- "$kp_point" || return 1
    else kp_mode= kp_owner= kp_group=; kp_foresee "$kp_point" directory 0755 '' ''
    fi
  fi
  if [ -z "$kp_mounted" ]; then
    if kp_apply; then
      if [ "$kp_state" = mounted ] && [ "$kp_fstab" = /etc/fstab ]; then kp_try mount -- "$kp_point"
      else kp_try mount -t ${args.fstype ?? 'auto'} -o ${options} -- "$kp_src" "$kp_point"
      fi
      return
    fi
    kp_predict mount "$kp_point" "$kp_src"
  elif [ "$kp_state" = mounted ] && [ -n "$kp_table_changed" ]; then
    # The entry is another one than what is mounted came from: new options, or another device.
    if kp_apply; then
      mount -o remount,${options} -- "$kp_point" 2>/dev/null && [ "$kp_device" = "$kp_src" ] && return 0
      kp_try umount -- "$kp_point" && kp_try mount -t ${args.fstype ?? 'auto'} -o ${options} -- "$kp_src" "$kp_point"
      return
    fi
    kp_predict mount "$kp_point" "$kp_src"
  elif [ "$kp_state" = ephemeral ]; then
    case $kp_src in
    /dev/*)
      if [ "$kp_device" != "$kp_src" ] && [ "$(readlink -f -- "$kp_device")" != "$(readlink -f -- "$kp_src")" ]; then
        kp_fail "$kp_point is a mount point of $kp_device already"
        return 1
      fi ;;
    esac
  fi ;;
unmounted | absent)
  if [ -n "$kp_mounted" ]; then
    if kp_apply; then kp_try umount -- "$kp_point" || return 1; else kp_predict mount "$kp_point" absent; fi
  fi
  if [ "$kp_state" = absent ] && kp_is_directory "$kp_point"; then
    if kp_apply; then kp_try rmdir -- "$kp_point"; else kp_predict path "$kp_point" absent; fi
  fi ;;
remounted)
  if [ -z "$kp_mounted" ]; then
    if [ -n "$kp_dry" ]; then kp_unknown "$kp_point is not mounted yet"; return 0; fi
    kp_fail "$kp_point is not mounted"
    return 1
  fi
  if kp_apply; then kp_try mount -o remount -- "$kp_point"; fi ;;
esac`);
  },
  interpret: (report, args) => {
    const backup = report.text('backup_file');
    return interpretEdit(report, {
      name: args.path,
      src: args.src ?? null,
      fstype: args.fstype ?? null,
      opts: args.opts,
      dump: args.dump,
      passno: args.passno,
      fstab: args.fstab,
      ...(backup !== undefined && { backup_file: backup }),
    });
  },
});
