import { posix } from 'node:path';
import { sh } from '../../shell/index.js';
import { type ArgumentsOf, flag, localPath, path } from '../parameters.js';
import { defineTask, type Interpretation, type Program, program, type Report, type TaskContext } from '../task.js';
import { withFailure } from './reported.js';
import { readFileScript } from './slurp.js';

/** From here on a file does not come within the report. */
const LARGE_BYTES = 1024 * 1024;

import { digest } from './written-file.js';

const parameters = {
  src: path('The file on the host.', { required: true }),
  dest: localPath('Directory of the control machine; the file goes to dest/HOST/src.', { required: true }),
  flat: flag('Whether it goes to dest itself; with a / at the end of dest it keeps its name.', { default: false }),
  fail_on_missing: flag('Whether a file that is not there is a failure.', { default: true }),
  validate_checksum: flag('Whether what arrived is compared with the file.', { default: true }),
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

/** Where the file goes on the control machine. Nothing that the host says has a part in it. */
function target(args: { src: string; dest: string; flat: boolean }, context: TaskContext): string {
  if (args.flat) return args.dest.endsWith('/') ? posix.join(args.dest, posix.basename(args.src)) : args.dest;
  return posix.join(args.dest, context.host.replaceAll('/', '_'), posix.normalize(`/${args.src}`));
}

function absolute(name: string, context: TaskContext): string {
  const directory = context.variable('playbook_dir');
  return typeof directory === 'string' ? posix.resolve(directory, name) : name;
}

/** The step that has the file brought; only looks, where it is there. */
function downloading(large: string | undefined, args: Arguments, context: TaskContext): Program | undefined {
  const [size, sha1 = ''] = large?.split(' ') ?? [];
  if (size === undefined) return undefined;
  const to = absolute(target(args, context), context);
  return program(sh`:`, { download: { path: args.src, to, size: Number(size), sha1 } });
}

/** Which the first step has said the file to be. */
function interpretLarge(report: Report, args: Arguments, context: TaskContext): Interpretation {
  const [state, came, md5] = ['download', 'download_sha1', 'download_md5'].map((field) => report.text(field));
  const remote = report.text('download_remote') ?? came ?? null;
  const sums = { checksum: came ?? null, remote_checksum: remote, md5sum: md5 || null, remote_md5sum: null };
  const result = { dest: absolute(target(args, context), context), file: args.src, ...sums };
  if (came !== remote) return { status: 'failed', result: { ...result, msg: 'checksum mismatch' } };
  return { status: state === 'same' ? 'ok' : 'changed', result };
}

export const fetch = defineTask({
  name: 'fetch',
  summary: 'Brings a file of the host to the control machine.',
  description:
    'A file of more than 1 MiB comes in pieces and is put in place when it is whole and has the checksum that it has on ' +
    'the host; one that is there already does not come again.',
  parameters,
  returns: {
    dest: 'where the file is',
    checksum: 'its SHA-1',
    remote_checksum: 'SHA-1 of the file on the host',
    md5sum: 'its MD5',
    remote_md5sum: 'always none',
  },
  example: `- fetch: {src: /etc/kubernetes/admin.conf, dest: ./kubeconfig, flat: yes}`,
  inCheckMode: 'predicts',
  decides: 'control',
  compile: (args, context) =>
    program(
      sh`
kp_p=${args.src}
if kp_is_directory "$kp_p"; then
  kp_fail 'remote file is a directory, fetch cannot work on directories'; return 1
fi
if [ ! -e "$kp_p" ] && ! { kp_foreseen "$kp_p" && kp_predicted content "$kp_p"; }; then
  if [ -n "$kp_dry" ]; then kp_unknown "$kp_p is not there yet"; return 0; fi
  if [ -n ${args.fail_on_missing} ]; then kp_fail 'the remote file does not exist'; return 1; fi
  kp_set msg 'the remote file does not exist, not transferring, ignored'
  return 0
fi
kp_stat "$kp_p"
[ "$kp_type" != link ] || kp_size=$(stat -L -c %s -- "$kp_p")
if [ "$kp_size" -gt ${LARGE_BYTES} ] 2>/dev/null && ! kp_unsent "$kp_p"; then
  if [ ! -f "$kp_p" ] || [ ! -r "$kp_p" ]; then kp_fail "file is not readable: $kp_p"; return 1; fi
  kp_line=$(sha1sum <"$kp_p") || { kp_fail "file is not readable: $kp_p"; return 1; }
  kp_set large "$kp_size $\{kp_line%% *}"
  return 0
fi
${args.validate_checksum && sh`if [ -z "$kp_check" ] && kp_line=$(sha1sum <"$kp_p"); then kp_set checksum "$\{kp_line%% *}"; fi`}
${readFileScript}`,
      { next: (report) => downloading(report.text('large'), args, context) },
    ),
  interpret: (report, args, context) => {
    if (report.text('download') !== undefined) return interpretLarge(report, args, context);
    const content = report.bytes('content');
    if (content === undefined) return { result: withFailure(report, { file: args.src }) };
    const dest = target(args, context);
    const checksum = digest('sha1', content);
    const remote = report.text('checksum') ?? checksum;
    const sums = { checksum, remote_checksum: remote, md5sum: digest('md5', content), remote_md5sum: null };
    const result = { dest: absolute(dest, context), file: args.src, ...sums };
    if (remote !== checksum) return { status: 'failed', result: { ...result, msg: 'checksum mismatch' } };
    const there = context.files.readBytes(absolute(dest, context));
    if (there !== undefined && digest('sha1', there) === checksum) return { status: 'ok', result };
    return { status: 'changed', result, ...(!context.checkMode && { save: [{ path: dest, content }] }) };
  },
});
