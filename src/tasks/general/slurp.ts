import { sh } from '../../shell/index.js';
import { path } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { withFailure } from './reported.js';

/** What one field of a report can hold. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** Reads $kp_p into the field "content", as check mode foresees it where it does; */
export const readFileScript = sh`
kp_stat "$kp_p"
if kp_unsent "$kp_p"; then kp_unknown "the new content of $kp_p is not on the host yet"; return 0; fi
if kp_foreseen "$kp_p" && kp_predicted content "$kp_p"; then
  kp_set content "$kp_value"
  return 0
fi
[ "$kp_type" != link ] || kp_size=$(stat -L -c %s -- "$kp_p")
if [ "$kp_size" -gt ${MAX_FILE_BYTES} ]; then kp_fail "$kp_p is larger than 32 MiB"; return 1; fi
if [ ! -r "$kp_p" ]; then kp_fail "file is not readable: $kp_p"; return 1; fi
kp_open content
cat -- "$kp_p"
kp_close`;

export const slurp = defineTask({
  name: 'slurp',
  summary: 'Reads a file of the host, base64-encoded, into a variable; at most 32 MiB.',
  parameters: { src: path('The file.', { required: true, aliases: ['path'] }) },
  returns: { content: 'the content in base64', source: 'the path', encoding: 'base64' },
  example: `- slurp: {src: /etc/kubernetes/pki/ca.crt}
  register: ca

- debug: {msg: "{{ ca.content | b64decode }}"}`,
  inCheckMode: 'predicts',
  compile: (args) =>
    program(sh`
kp_p=${args.src}
if kp_is_directory "$kp_p"; then kp_fail "source is a directory and must be a file: $kp_p"; return 1; fi
if [ ! -e "$kp_p" ] && ! { kp_foreseen "$kp_p" && kp_predicted content "$kp_p"; }; then
  if [ -n "$kp_dry" ]; then kp_unknown "$kp_p is not there yet"; return 0; fi
  kp_fail "file not found: $kp_p"; return 1
fi
${readFileScript}`),
  interpret: (report, args) => {
    const content = report.bytes('content');
    return content === undefined
      ? { result: withFailure(report) }
      : { result: { content: content.toString('base64'), source: args.src, encoding: 'base64' } };
  },
});
