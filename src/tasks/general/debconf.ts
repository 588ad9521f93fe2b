import { sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { choice, flag, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { settingsDiff, withFailure } from './reported.js';

const types = [
  'boolean',
  'error',
  'multiselect',
  'note',
  'password',
  'seen',
  'select',
  'string',
  'text',
  'title',
] as const;

export const debconf = defineTask({
  name: 'debconf',
  summary: 'Answers the questions of a Debian package.',
  description:
    'An answer to a question of type password is registered as changed each time: nobody can read the old one.',
  parameters: {
    name: text('The package.', { required: true, aliases: ['pkg'] }),
    question: text('The question.', { aliases: ['selection', 'setting'] }),
    vtype: choice('Its type.', types),
    value: text('The answer.', { aliases: ['answer'] }),
    unseen: flag('Whether the question counts as not asked yet.', { default: false }),
  },
  returns: { current: 'the answers now', previous: 'the answer before', msg: 'empty' },
  example: `- debconf:
    name: tzdata
    question: tzdata/Areas
    vtype: select
    value: Europe`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const given = [args.question, args.vtype, args.value].filter((value) => value !== undefined).length;
    if (given !== 0 && given !== 3) {
      const msg = 'when supplying a question you must supply a valid vtype and value';
      return { status: 'failed', result: { msg } };
    }
    const broken = [args.name, args.question, args.value].some((value) => value?.includes('\n'));
    if (broken || /\s/.test(`${args.name}${args.question ?? ''}`)) {
      return { status: 'failed', result: { msg: 'a package and a question are one word each, an answer is one line' } };
    }
    const value = args.vtype === 'boolean' ? args.value?.toLowerCase() : args.value;
    const line = `${args.name} ${args.question} ${args.vtype} ${value}`;
    return program(sh`
for kp_i in debconf-show debconf-set-selections; do
  command -v "$kp_i" >/dev/null 2>&1 || { kp_fail "Failed to find required executable $kp_i"; return 1; }
done
kp_out=$(debconf-show -- ${args.name} 2>&1) || { kp_fail "$kp_out"; return 1; }
kp_set shown "$kp_out"
[ -n ${args.question} ] || return 0
kp_q=${args.question} kp_v=${value} kp_found= kp_was=
while IFS= read -r kp_line; do
  case $kp_line in
  [*\ ]*" $kp_q:"*)
    kp_i=$\{kp_line#?}; kp_i=$\{kp_i# }
    case $kp_i in "$kp_q:"*) kp_found=1 kp_was=$\{kp_i#"$kp_q:"} kp_was=$\{kp_was# } ;; esac ;;
  esac
done <<EOF
$kp_out
EOF
if [ -n "$kp_check" ] && kp_predicted debconf ${`${args.name} ${args.question}`}; then kp_found=1 kp_was=$kp_value; fi
[ -z "$kp_found" ] || kp_set was "$kp_was"
[ -z "$kp_found" ] || [ "$kp_was" != "$kp_v" ] || return 0
kp_answer() { printf '%s\n' ${line} | debconf-set-selections ${args.unseen ? ['-u'] : []}; }
if kp_apply; then kp_try kp_answer; else kp_predict debconf ${`${args.name} ${args.question}`} "$kp_v"; fi`);
  },
  interpret: (report, args) => {
    if (report.status === 'failed') return { result: withFailure(report) };
    const shown: Mapping = {};
    for (const line of (report.text('shown') ?? '').split('\n')) {
      const at = line.indexOf(':');
      if (at > 0)
        shown[
          line
            .slice(0, at)
            .replace(/^[* ]+/, '')
            .trim()
        ] = line.slice(at + 1).trim();
    }
    if (report.status !== 'changed' || args.question === undefined) return { result: { msg: '', current: shown } };
    const was = report.text('was');
    const value = args.vtype === 'boolean' ? (args.value ?? '').toLowerCase() : (args.value ?? '');
    const secret = args.vtype === 'password';
    return {
      result: { msg: '', current: { [args.question]: value }, previous: { [args.question]: was ?? '' } },
      diff: settingsDiff(`debconf ${args.name}`, [[args.question, was, secret ? '(hidden)' : value]]),
      ...(secret && { secrets: [value] }),
    };
  },
});
