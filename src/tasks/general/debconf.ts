import { sh } from '../../shell/index.js';
import { Float, type Mapping, type Value } from '../../values/index.js';
import { anything, choice, flag, text } from '../parameters.js';
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

/** The answer as debconf has it; undefined for one that cannot be meant. */
function answerOf(value: Value | undefined, vtype: string | undefined): string | undefined {
  if (Array.isArray(value)) {
    return vtype === 'multiselect' && value.every((item) => typeof item === 'string')
      ? [...value].sort().join(', ')
      : undefined;
  }
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'object' && !(value instanceof Float)) return undefined;
  return vtype === 'boolean' ? String(value).toLowerCase() : String(value);
}

export const debconf = defineTask({
  name: 'debconf',
  summary: 'Answers the questions of a Debian package.',
  description:
    'An answer to a question of type password is registered as changed each time where debconf-utils is not there: ' +
    'nothing else reads the old one.',
  parameters: {
    name: text('The package.', { required: true, aliases: ['pkg'] }),
    question: text('The question.', { aliases: ['selection', 'setting'] }),
    vtype: choice('Its type.', types),
    value: anything('The answer; of type multiselect it may be a list, whose order does not count.', {
      aliases: ['answer'],
    }),
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
    const value = args.value === undefined ? undefined : answerOf(args.value, args.vtype);
    if (args.value !== undefined && value === undefined) {
      const msg = `Invalid value provided for '${args.vtype}': a list of texts is for multiselect, anything else is one text`;
      return { status: 'failed', result: { msg } };
    }
    const broken = [args.name, args.question, value].some((each) => each?.includes('\n'));
    if (broken || /\s/.test(`${args.name}${args.question ?? ''}`)) {
      return { status: 'failed', result: { msg: 'a package and a question are one word each, an answer is one line' } };
    }
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
[ -z "$kp_found" ] || [ -n ${args.vtype === 'password'} ] || kp_set was "$kp_was"
if [ -n ${args.vtype === 'password'} ] && command -v debconf-get-selections >/dev/null 2>&1; then
  kp_was=$(debconf-get-selections | awk -F '\t' -v p=${args.name} -v q=${args.question} '$1 == p && $2 == q && $3 == "password" { print $4; exit }')
fi
if [ -n ${Array.isArray(args.value)} ]; then
  kp_was=$(printf '%s\n' "$kp_was" | tr ',' '\n' | sed 's/^ *//; s/ *$//' | LC_ALL=C sort)
  kp_v=$(printf '%s\n' ${value} | tr ',' '\n' | sed 's/^ *//' | LC_ALL=C sort)
fi
[ -z "$kp_found" ] || [ "$kp_was" != "$kp_v" ] || return 0
kp_answer() { printf '%s\n' ${line} | debconf-set-selections ${args.unseen ? ['-u'] : []}; }
if kp_apply; then kp_try kp_answer; else kp_predict debconf ${`${args.name} ${args.question}`} ${value}; fi`);
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
    const value = answerOf(args.value, args.vtype) ?? '';
    const secret = args.vtype === 'password';
    return {
      result: { msg: '', current: { [args.question]: value }, previous: { [args.question]: was ?? '' } },
      diff: settingsDiff(`debconf ${args.name}`, [[args.question, was, secret ? '(hidden)' : value]]),
      ...(secret && { secrets: [value] }),
    };
  },
});
