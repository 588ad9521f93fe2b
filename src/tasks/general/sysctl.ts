import { sh } from '../../shell/index.js';
import { choice, flag, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { rewriteFunction } from './edit-file.js';
import { interpretEdit } from './reported.js';

/** As sysctl(8): where the first separator is a dot, a slash stands for a dot in a name. */
const procPath = (name: string): string =>
  /^[^.]*\//.test(name)
    ? `/proc/sys/${name}`
    : `/proc/sys/${name.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'))}`;

export const sysctl = defineTask({
  name: 'sysctl',
  collection: 'ansible.posix',
  summary: 'Sets kernel parameters in a file that is read at boot, and at once.',
  parameters: {
    name: text('The parameter, with dots or slashes.', { required: true, aliases: ['key'] }),
    value: text('Its value.', { aliases: ['val'] }),
    state: choice('Whether the file sets it.', ['present', 'absent'], { default: 'present' }),
    sysctl_file: path('The file.', { default: '/etc/sysctl.conf' }),
    sysctl_set: flag('Whether the running kernel gets the value too, wherever it differs.', { default: false }),
    reload: flag('Whether the file is applied (`sysctl -p`) when it has changed.', { default: true }),
    ignoreerrors: flag('Whether parameters that the kernel does not know are passed over.', { default: false }),
  },
  returns: {},
  example: `- sysctl:
    name: net.ipv4.ip_forward
    value: 1
    sysctl_set: yes
    sysctl_file: /etc/sysctl.d/99-kubernetes.conf`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const fail = (msg: string) => ({ status: 'failed', result: { msg } }) as const;
    if (args.state === 'present' && args.value === undefined) return fail('value is needed for state present');
    const isTrue = args.value === 'True' || args.value === 'yes';
    const isFalse = args.value === 'False' || args.value === 'no';
    const value = isTrue ? '1' : isFalse ? '0' : (args.value ?? '').trim();
    if (/[\s=]/.test(args.name) || args.name === '')
      return fail(`${JSON.stringify(args.name)} is not a kernel parameter`);
    if (value.includes('\n')) return fail('value must be one line');
    return program(sh`
${rewriteFunction}
kp_name=${args.name} kp_v=${value} kp_file=${args.sysctl_file}
kp_real "$kp_file" || return 1
kp_file=$kp_path
kp_read "$kp_file" || return 1
kp_new= kp_done= kp_differs=
# Values are lists of words: any white space between them means the same.
kp_words() { set -f; set -- $1; set +f; kp_value=$*; }
kp_words "$kp_v"; kp_v=$kp_value
[ -z "$kp_text" ] || while IFS= read -r kp_line; do
  case $kp_line in
  *=*)
    kp_words "$\{kp_line%%=*}"
    case $kp_value in
    "$kp_name" | -"$kp_name")
      kp_words "$\{kp_line#*=}"
      if [ ${args.state} = absent ]; then kp_differs=1; continue; fi
      if [ -n "$kp_done" ]; then kp_differs=1; continue; fi
      kp_done=1
      if [ "$kp_value" != "$kp_v" ]; then kp_differs=1 kp_line=$kp_name=$kp_v; fi ;;
    esac ;;
  esac
  kp_new=$kp_new$kp_line$kp_nl
done <<EOF
$\{kp_text%"$kp_nl"}
EOF
if [ ${args.state} = present ] && [ -z "$kp_done" ]; then
  kp_differs=1 kp_new=$kp_new$kp_name=$kp_v$kp_nl
fi
kp_proc=${procPath(args.name)}
if [ -n "$kp_differs" ]; then
  kp_rewrite "$kp_file" "$kp_new" 0644 || return 1
fi
if [ ${args.state} = present ] && [ -n ${args.sysctl_set} ]; then
  kp_now=
  # Not the shell's read: it reads byte by byte, and a number in /proc/sys is only there at offset 0.
  if [ -r "$kp_proc" ]; then kp_now=$(cat "$kp_proc" 2>/dev/null); kp_words "$kp_now"; kp_now=$kp_value; fi
  if [ -n "$kp_check" ] && kp_predicted sysctl "$kp_name"; then kp_now=$kp_value; fi
  if [ "$kp_now" != "$kp_v" ]; then
    if [ ! -e "$kp_proc" ] && [ -n "$kp_check" ]; then
      kp_unknown "the kernel has no parameter $kp_name yet"
      return 0
    fi
    kp_set before_value "$kp_now"
    if kp_apply; then kp_try sysctl ${args.ignoreerrors ? ['-e'] : []} -w "$kp_name=$kp_v" || return 1
    else kp_predict sysctl "$kp_name" "$kp_v"
    fi
  fi
fi
if [ -n "$kp_differs" ] && [ -n ${args.reload} ]; then
  if [ -n "$kp_check" ]; then kp_predict sysctl "$kp_name" "$kp_v"
  else kp_try sysctl ${args.ignoreerrors ? ['-e'] : []} -p "$kp_file"
  fi
fi`);
  },
  interpret: (report) => interpretEdit(report),
});
