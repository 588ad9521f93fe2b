import { posix } from 'node:path';
import { sh } from '../../shell/index.js';
import { flag, localPath, path } from '../parameters.js';
import { defineTask, program, type TaskContext } from '../task.js';
import { withFailure } from './reported.js';
import { readFileScript } from './slurp.js';
import { digest } from './written-file.js';

/** Where the file goes on the control machine. Nothing that the host says has a part in it. */
function target(args: { src: string; dest: string; flat: boolean }, context: TaskContext): string {
  if (args.flat) return args.dest.endsWith('/') ? posix.join(args.dest, posix.basename(args.src)) : args.dest;
  return posix.join(args.dest, context.host.replaceAll('/', '_'), posix.normalize(`/${args.src}`));
}

function absolute(name: string, context: TaskContext): string {
  const directory = context.variable('playbook_dir');
  return typeof directory === 'string' ? posix.resolve(directory, name) : name;
}

export const fetch = defineTask({
  name: 'fetch',
  summary: 'Brings a file of the host to the control machine; at most 32 MiB.',
  parameters: {
    src: path('The file on the host.', { required: true }),
    dest: localPath('Directory of the control machine; the file goes to dest/HOST/src.', { required: true }),
    flat: flag('Whether it goes to dest itself; with a / at the end of dest it keeps its name.', { default: false }),
    fail_on_missing: flag('Whether a file that is not there is a failure.', { default: true }),
    validate_checksum: flag('Whether what arrived is compared with the file.', { default: true }),
  },
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
  compile: (args) =>
    program(sh`
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
${args.validate_checksum && sh`if [ -z "$kp_check" ] && kp_line=$(sha1sum <"$kp_p"); then kp_set checksum "$\{kp_line%% *}"; fi`}
${readFileScript}`),
  interpret: (report, args, context) => {
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
