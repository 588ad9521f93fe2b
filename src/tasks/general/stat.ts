import { sh } from '../../shell/index.js';
import { float, type Mapping } from '../../values/index.js';
import { choice, flag, path } from '../parameters.js';
import { defineTask, program, type Report } from '../task.js';
import { attributesOf, attributesScript, mimeOf, mimeScript } from './stat-extras.js';

export const checksums = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;

/** The permission bits one by one, as Ansible's stat returns them. */
export function permissions(mode: number): Mapping {
  const bits: Mapping = { isuid: (mode & 0o4000) !== 0, isgid: (mode & 0o2000) !== 0 };
  for (const [shift, who] of [
    [6, 'usr'],
    [3, 'grp'],
    [0, 'oth'],
  ] as const) {
    bits[`r${who}`] = ((mode >> shift) & 4) !== 0;
    bits[`w${who}`] = ((mode >> shift) & 2) !== 0;
    bits[`x${who}`] = ((mode >> shift) & 1) !== 0;
  }
  return bits;
}

export const typeBits: Readonly<Record<string, number>> = {
  isfifo: 0x1,
  ischr: 0x2,
  isdir: 0x4,
  isblk: 0x6,
  isreg: 0x8,
  islnk: 0xa,
  issock: 0xc,
};

function describe(report: Report, file: string): Mapping {
  const line = report.text('stat');
  if (line === undefined) return { exists: false };
  const [numbers = '', owner = '', group = ''] = line.split('/');
  const [raw = '0', , uid, gid, size, mtime, inode, dev, nlink, atime, ctime, blocks, blockSize] = numbers.split(' ');
  const mode = Number.parseInt(raw, 16);
  const link = report.text('link');
  const checksum = report.text('checksum');
  return {
    exists: true,
    path: file,
    mode: (mode & 0o7777).toString(8).padStart(4, '0'),
    ...Object.fromEntries(Object.entries(typeBits).map(([name, bit]) => [name, mode >> 12 === bit])),
    ...permissions(mode),
    uid: Number(uid),
    gid: Number(gid),
    pw_name: owner,
    gr_name: group,
    size: Number(size),
    inode: Number(inode),
    dev: Number(dev),
    nlink: Number(nlink),
    // busybox knows whole seconds only.
    atime: float(Number(atime)),
    mtime: float(Number(mtime)),
    ctime: float(Number(ctime)),
    blocks: Number(blocks),
    block_size: Number(blockSize),
    readable: report.text('access')?.includes('r') ?? false,
    writeable: report.text('access')?.includes('w') ?? false,
    executable: report.text('access')?.includes('x') ?? false,
    ...(link !== undefined && { lnk_target: link, lnk_source: report.text('real') ?? link }),
    ...(checksum !== undefined && { checksum }),
  };
}

export const stat = defineTask({
  name: 'stat',
  summary: 'Reports whether a path exists and what it is.',
  parameters: {
    path: path('The path to look at.', { required: true, aliases: ['dest', 'name'] }),
    follow: flag('Whether to look at what a symbolic link points to.', { default: false }),
    get_checksum: flag('Whether to compute the checksum of a regular file.', { default: true }),
    checksum_algorithm: choice('Algorithm of the checksum.', checksums, {
      default: 'sha1',
      aliases: ['checksum', 'checksum_algo'],
    }),
    get_mime: flag('Whether to ask `file` for the MIME type; `unknown` where it is not installed.', {
      default: true,
      aliases: ['mime', 'mime_type', 'mime-type'],
    }),
    get_attributes: flag('Whether to ask `lsattr` for the attributes of the file system, where it is installed.', {
      default: true,
      aliases: ['attr', 'attributes'],
    }),
  },
  returns: { stat: 'what is there: exists, isreg, isdir, islnk, mode, size, pw_name, gr_name, mtime, checksum, ...' },
  example: `- stat: {path: /etc/kubernetes/admin.conf}
  register: admin_conf

- debug: {msg: this host is a control plane}
  when: admin_conf.stat.exists`,
  inCheckMode: 'predicts',
  compile: (args) =>
    program(
      sh`
kp_p=${args.path}
if kp_foreseen "$kp_p"; then
  case $kp_value in absent*) return 0 ;; esac
  kp_unknown "$kp_p would be changed by an earlier task of this run"
  return 0
fi
[ -e "$kp_p" ] || [ -L "$kp_p" ] || return 0
${args.follow ? sh`kp_line=` : sh`kp_recall "$kp_p"`}
if [ -n "$kp_line" ] || kp_reply stat ${args.follow ? ['-L'] : []} -c "$kp_form" -- "$kp_p"; then
  kp_set stat "$kp_line"
  kp_access=
  [ ! -r "$kp_p" ] || kp_access=r
  [ ! -w "$kp_p" ] || kp_access=$kp_access"w"
  [ ! -x "$kp_p" ] || kp_access=$kp_access"x"
  kp_set access "$kp_access"
  case $kp_line in
  a*) kp_set link "$(readlink -- "$kp_p")"; kp_set real "$(readlink -f -- "$kp_p")" ;;
  8*) if [ -n ${args.get_checksum} ] && [ -r "$kp_p" ]; then
      kp_reply ${`${args.checksum_algorithm}sum`} <"$kp_p" && kp_set checksum "$\{kp_line%% *}"
    fi ;;
  esac
  ${args.get_mime && mimeScript}
  ${args.get_attributes && attributesScript}
fi`,
      { looks: args.follow ? [] : [args.path] },
    ),
  interpret: (report, args) => {
    const found = describe(report, args.path);
    if (found.exists === true) {
      if (args.get_mime) Object.assign(found, mimeOf(report));
      if (args.get_attributes) Object.assign(found, attributesOf(report));
    }
    return { result: { stat: found } };
  },
});
