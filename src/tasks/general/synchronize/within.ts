import { sh } from '../../../shell/index.js';
import { type Interpretation, type Outcome, type Program, program, type Report } from '../../task.js';
import { hostPath } from '../host-path.js';
import { withFailure } from '../reported.js';
import type { SynchronizeArguments as Arguments } from '../synchronize.js';
import type { Keeping } from './tree.js';

/** Stands before each line of rsync that tells a change. */
const MARK = '<<CHANGED>>';

/** What rsync would take for another host. */
const isRemote = (path: string): boolean => /^[^/]*:/.test(path);

/** Ansible's options of rsync; what archive brings is taken away by name. */
function optionsOf(args: Arguments, keeping: Keeping): string[] {
  const { archive } = args;
  const kept = {
    recursive: 'recursive',
    links: 'links',
    perms: 'perms',
    times: 'times',
    owner: 'owner',
    group: 'group',
  };
  const flags = Object.entries(kept).flatMap(([name, option]) => {
    const isKept = keeping[name as keyof typeof kept];
    return isKept === archive ? [] : [isKept ? `--${option}` : `--no-${option}`];
  });
  return [
    ...(args.delay_updates ? ['--delay-updates'] : []),
    '-F',
    ...(archive ? ['--archive'] : []),
    ...flags,
    ...(args.dirs ? ['--dirs'] : []),
    ...(keeping.copyLinks ? ['--copy-links'] : []),
    ...(keeping.checksum ? ['--checksum'] : []),
    ...(keeping.existingOnly ? ['--existing'] : []),
    ...(keeping.delete ? ['--delete-after'] : []),
    ...(args.partial ? ['--partial'] : []),
    ...(args.rsync_timeout > 0 ? [`--timeout=${args.rsync_timeout}`] : []),
    ...keeping.excludes.map((pattern) => `--exclude=${pattern}`),
    `--out-format=${MARK}%i %n%L`,
  ];
}

/** Delegated to the host itself: both paths are there, and its own rsync makes one like the other. */
export function within(args: Arguments, keeping: Keeping): Program | Outcome {
  const remote = [args.src, args.dest].find(isRemote);
  if (remote !== undefined) return { status: 'failed', result: { msg: `${remote} would be a path of another host` } };
  const options = optionsOf(args, keeping);
  return program(sh`
command -v rsync >/dev/null 2>&1 || {
  if [ -n "$kp_dry" ] && kp_predicted package rsync; then kp_unknown 'rsync is not installed yet'; return 0; fi
  kp_fail 'Failed to find required executable "rsync"'; return 1
}
kp_from=${hostPath(args.src)}
if [ -n "$kp_dry" ] && [ ! -e "$kp_from" ]; then kp_unknown "$kp_from is not there yet"; return 0; fi
kp_rsync() { rsync "$@" ${options} -- "$kp_from" ${hostPath(args.dest)}; }
kp_set cmd ${`rsync ${options.join(' ')} ${args.src} ${args.dest}`}
kp_try kp_rsync --dry-run || { kp_set rc "$kp_rc"; return 1; }
kp_set rsync "$kp_out"
case $kp_out in *${MARK}*) ;; *) return 0 ;; esac
kp_apply || return 0
kp_try kp_rsync || { kp_set rc "$kp_rc"; return 1; }
kp_set rsync "$kp_out"`);
}

/** The lines of rsync without their marks. */
export function interpretWithin(report: Report, dest: string): Interpretation {
  const lines = (report.text('rsync') ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(MARK, ''));
  const result = { msg: lines.map((line) => `${line}\n`).join(''), stdout_lines: lines, rc: 0, cmd: '' };
  const text = lines.map((line) => `${line}\n`).join('');
  const diff = lines.length === 0 ? [] : [{ before: '', after: text, beforeHeader: dest, afterHeader: dest }];
  return { result: withFailure(report, result), diff };
}
