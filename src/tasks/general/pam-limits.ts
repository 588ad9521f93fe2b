import { sh } from '../../shell/index.js';
import { choice, flag, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { rewriteFunction } from './edit-file.js';
import { interpretEdit } from './reported.js';

const items = [
  'core',
  'data',
  'fsize',
  'memlock',
  'nofile',
  'rss',
  'stack',
  'cpu',
  'nproc',
  'as',
  'maxlogins',
  'maxsyslogins',
  'priority',
  'locks',
  'sigpending',
  'msgqueue',
  'nice',
  'rtprio',
  'chroot',
] as const;

export const pamLimits = defineTask({
  name: 'pam_limits',
  collection: 'community.general',
  summary: 'Sets limits of resources of users (/etc/security/limits.conf).',
  parameters: {
    domain: text('A user, @group, or `*`.', { required: true }),
    limit_type: choice('Kind of the limit; `-`: both.', ['hard', 'soft', '-'], { required: true }),
    limit_item: choice('What is limited.', items, { required: true }),
    value: text('The limit: a number, or unlimited.', { required: true }),
    comment: text('A comment behind the line.', { default: '' }),
    dest: path('The file.', { default: '/etc/security/limits.conf' }),
    use_max: flag('Whether a higher limit that is there stays.', { default: false }),
    use_min: flag('Whether a lower limit that is there stays.', { default: false }),
    backup: flag('Whether a copy of the old file is kept.', { default: false }),
  },
  returns: {},
  example: `- pam_limits: {domain: "*", limit_type: "-", limit_item: nofile, value: 65536}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const unlimited = ['unlimited', 'infinity', '-1'].includes(args.value);
    if (!unlimited && !/^-?\d+$/.test(args.value)) {
      return { status: 'failed', result: { msg: 'value must be a whole number, or unlimited, infinity or -1' } };
    }
    if (/\s/.test(args.domain) || args.comment.includes('\n')) {
      return { status: 'failed', result: { msg: 'domain must be one word, comment one line' } };
    }
    const head = `${args.domain}\t${args.limit_type}\t${args.limit_item}\t`;
    const tail = args.comment === '' ? '' : `\t#${args.comment}`;
    return program(sh`
${rewriteFunction}
kp_file=${args.dest} kp_v=${args.value}
kp_read "$kp_file" || return 1
kp_new= kp_done=
[ -z "$kp_text" ] || while IFS= read -r kp_line; do
  set -f; set -- $\{kp_line%%#*}; set +f
  if [ "$#" = 4 ] && [ "$1" = ${args.domain} ] && [ "$2" = ${args.limit_type} ] && [ "$3" = ${args.limit_item} ]; then
    if [ -n "$kp_done" ]; then continue; fi
    kp_done=1 kp_want_v=$kp_v
    case ${args.use_max}/${args.use_min}/$4/$kp_v in
    1/*/unlimited/* | 1/*/infinity/* | 1/*/-1/*) kp_want_v=$4 ;;
    1/*/*[0-9]/*[0-9]) [ "$4" -le "$kp_v" ] || kp_want_v=$4 ;;
    */1/unlimited/* | */1/infinity/* | */1/-1/*) ;;
    */1/*/unlimited | */1/*/infinity | */1/*/-1) kp_want_v=$4 ;;
    */1/*[0-9]/*[0-9]) [ "$4" -ge "$kp_v" ] || kp_want_v=$4 ;;
    esac
    [ "$4" = "$kp_want_v" ] || kp_line=${head}$kp_want_v${tail}
  fi
  kp_new=$kp_new$kp_line$kp_nl
done <<EOF
$\{kp_text%"$kp_nl"}
EOF
[ -n "$kp_done" ] || kp_new=$kp_new${head}$kp_v${tail}$kp_nl
[ "$kp_new" != "$kp_text" ] || return 0
kp_backup=${args.backup}
kp_rewrite "$kp_file" "$kp_new" 0644 || return 1
kp_backup=`);
  },
  interpret: (report) => interpretEdit(report),
});
