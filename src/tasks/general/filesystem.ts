import { sh } from '../../shell/index.js';
import { choice, flag, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { splitWords } from '../words.js';
import { settingsDiff, withFailure } from './reported.js';

/** How each is made, how one that is there is forced away, and what makes it fill its device. */
const kinds = {
  ext2: { make: ['mkfs.ext2', '-q'], force: ['-F'], grow: ['resize2fs'] },
  ext3: { make: ['mkfs.ext3', '-q'], force: ['-F'], grow: ['resize2fs'] },
  ext4: { make: ['mkfs.ext4', '-q'], force: ['-F'], grow: ['resize2fs'] },
  ext4dev: { make: ['mkfs.ext4', '-q'], force: ['-F'], grow: ['resize2fs'] },
  xfs: { make: ['mkfs.xfs', '-q'], force: ['-f'], grow: undefined },
  btrfs: { make: ['mkfs.btrfs', '-q'], force: ['-f'], grow: undefined },
  f2fs: { make: ['mkfs.f2fs'], force: ['-f'], grow: ['resize.f2fs'] },
  ocfs2: { make: ['mkfs.ocfs2'], force: ['-Fx'], grow: undefined },
  reiserfs: { make: ['mkfs.reiserfs', '-q'], force: ['-f'], grow: undefined },
  vfat: { make: ['mkfs.vfat'], force: [], grow: undefined },
  swap: { make: ['mkswap'], force: ['-f'], grow: undefined },
  lvm: { make: ['pvcreate'], force: ['-f'], grow: ['pvresize'] },
} as const;

type Kind = keyof typeof kinds;

export const filesystem = defineTask({
  name: 'filesystem',
  collection: 'community.general',
  summary: 'Makes a file system on a device.',
  description:
    'One that holds something already is left alone, or is a failure where it is of another kind, unless force is set.',
  parameters: {
    dev: path('The device, or a file.', { required: true, aliases: ['device'] }),
    fstype: choice('Kind of file system.', Object.keys(kinds) as Kind[], { aliases: ['type'] }),
    state: choice('Whether it is there; absent wipes what says so (wipefs).', ['present', 'absent'], {
      default: 'present',
    }),
    force: flag('Whether what is there is overwritten.', { default: false }),
    resizefs: flag('Whether it grows to fill the device: ext2, ext3, ext4, f2fs, lvm.', { default: false }),
    opts: text('Further arguments for what makes it.'),
  },
  returns: { msg: 'why nothing was done, where nothing was' },
  example: `- filesystem:
    fstype: ext4
    dev: /dev/sdb1`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const wrong = (msg: string) => ({ status: 'failed' as const, result: { msg } });
    if (args.state === 'present' && args.fstype === undefined)
      return wrong('state is present but all of the following are missing: fstype');
    if (!args.dev.startsWith('/')) return wrong(`dev must be an absolute path: ${args.dev}`);
    const kind = kinds[args.fstype ?? 'ext4'];
    if (args.resizefs && kind.grow === undefined) return wrong(`resizing ${args.fstype} file systems is not supported`);
    const opts = args.opts === undefined ? [] : splitWords(args.opts);
    return program(sh`
kp_dev=${args.dev}
if [ ! -e "$kp_dev" ]; then
  [ ${args.state} = present ] || return 0
  if [ -n "$kp_dry" ]; then kp_unknown "Device $kp_dev is not there yet"; return 0; fi
  kp_fail "Device $kp_dev not found."; return 1
fi
command -v blkid >/dev/null 2>&1 || { kp_fail 'Failed to find required executable blkid'; return 1; }
kp_out=$(blkid -c /dev/null -o export -- "$kp_dev" 2>/dev/null || blkid -- "$kp_dev" 2>/dev/null)
kp_have=$(printf '%s\n' "$kp_out" | sed -n 's/^TYPE=\([^ ]*\).*/\1/p; s/.* TYPE="\([^"]*\)".*/\1/p' | head -n 1)
case $kp_have in LVM2_member) kp_have=lvm ;; esac
if [ -n "$kp_check" ] && kp_predicted filesystem "$kp_dev"; then kp_have=$kp_value; fi
kp_set have "$kp_have"
if [ ${args.state} = absent ]; then
  [ -n "$kp_have" ] || return 0
  if kp_apply; then kp_try wipefs --all -- "$kp_dev"; else kp_predict filesystem "$kp_dev" ''; fi
  return
fi
kp_want=${args.fstype}
if [ "$kp_have" = "$kp_want" ] && [ -z ${args.force} ]; then
  if [ -n ${args.resizefs} ]; then
    ${
      kind.grow === undefined
        ? sh`:`
        : sh`if [ -n "$kp_check" ]; then kp_unknown 'only resizing tells whether it fills the device'; return 0; fi
    command -v ${kind.grow[0]} >/dev/null 2>&1 || { kp_fail ${`Failed to find required executable ${kind.grow[0]}`}; return 1; }
    kp_out=$(${kind.grow} "$kp_dev" 2>&1) || { kp_fail "$kp_out"; return 1; }
    case $kp_out in *'Nothing to do'* | *'Nothing to resize'* | *' 0 physical volume(s) resized'*) kp_set said "$kp_want filesystem is using the whole device $kp_dev" ;; *) kp_apply ;; esac`
    }
  fi
  return 0
fi
if [ -n "$kp_have" ] && [ -z ${args.force} ]; then
  kp_fail "'$kp_dev' is already used as $kp_have, use force=true to overwrite"; return 1
fi
if ! kp_apply; then kp_predict filesystem "$kp_dev" "$kp_want"; return 0; fi
command -v ${kind.make[0]} >/dev/null 2>&1 || { kp_fail ${`Failed to find required executable ${kind.make[0]}`}; return 1; }
kp_try ${kind.make} ${args.force || args.fstype?.startsWith('ext') ? kind.force : []} ${opts} "$kp_dev"`);
  },
  interpret: (report, args) => {
    const said = report.text('said');
    const have = report.text('have');
    const diff =
      report.status === 'changed'
        ? settingsDiff(`file system of ${args.dev}`, [
            ['type', have === '' ? undefined : have, args.state === 'absent' ? undefined : args.fstype],
          ])
        : [];
    return { result: withFailure(report, said === undefined ? {} : { msg: said }), diff };
  },
});
