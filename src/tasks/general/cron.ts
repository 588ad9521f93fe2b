import { sh } from '../../shell/index.js';
import { type ArgumentsOf, choice, flag, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { rewriteFunction } from './edit-file.js';
import { interpretEdit } from './reported.js';

const special = ['annually', 'daily', 'hourly', 'monthly', 'reboot', 'weekly', 'yearly'] as const;

const parameters = {
  name: text('Describes the entry, and finds it again; with `env`, the name of the variable.', { required: true }),
  job: text('The command, or with `env` the value.', { aliases: ['value'] }),
  state: choice('Whether there is one.', ['present', 'absent'], { default: 'present' }),
  user: text("Whose crontab, or who runs a line of `cron_file`; default: the task's user."),
  cron_file: text('A file in /etc/cron.d (or an absolute path) instead of a crontab.'),
  minute: text('Minute.', { default: '*' }),
  hour: text('Hour.', { default: '*' }),
  day: text('Day of the month.', { default: '*', aliases: ['dom'] }),
  month: text('Month.', { default: '*' }),
  weekday: text('Day of the week.', { default: '*', aliases: ['dow'] }),
  special_time: choice('A nickname instead of the times.', special),
  disabled: flag('Whether the line is there as a comment only.', { default: false }),
  env: flag('Whether it is a variable of the crontab, not a job.', { default: false }),
  insertafter: text('With `env`: the variable that a new one comes after.'),
  insertbefore: text('With `env`: the variable that a new one comes before.'),
  backup: flag('Whether a copy of the old file is kept (with `cron_file`).', { default: false }),
} as const;

/** The line of the job, as Ansible writes it. */
function jobLine(args: ArgumentsOf<typeof parameters>): string {
  const off = args.disabled ? '#' : '';
  const who = args.cron_file === undefined ? '' : `${args.user ?? 'root'} `;
  const times = [args.minute, args.hour, args.day, args.month, args.weekday].join(' ');
  return `${off}${args.special_time === undefined ? times : `@${args.special_time}`} ${who}${args.job ?? ''}`;
}

export const cron = defineTask({
  name: 'cron',
  summary: 'Manages entries of crontabs and files in /etc/cron.d.',
  parameters,
  atMostOne: [['insertafter', 'insertbefore']],
  returns: { jobs: 'the names of the entries', envs: 'the names of the variables' },
  example: `- cron:
    name: etcd snapshot
    minute: "0"
    hour: "5,17"
    job: /usr/local/bin/etcd-snapshot > /dev/null`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const fail = (msg: string) => ({ status: 'failed', result: { msg } }) as const;
    if (args.state === 'present' && args.job === undefined) return fail('job is needed for state present');
    const times = [args.minute, args.hour, args.day, args.month, args.weekday, args.name, args.job ?? ''];
    if (times.some((value) => value.includes('\n'))) return fail('an entry of a crontab is one line');
    if (args.env && !/^[A-Za-z_]\w*$/.test(args.name)) return fail(`${JSON.stringify(args.name)} is not a variable`);
    if ((args.insertafter ?? args.insertbefore) !== undefined && !args.env) {
      return fail('Insertafter and insertbefore parameters are valid only with env=yes');
    }
    const file =
      args.cron_file === undefined || args.cron_file.startsWith('/') ? args.cron_file : `/etc/cron.d/${args.cron_file}`;
    const entry = args.env ? `${args.name}="${args.job ?? ''}"` : jobLine(args);
    return program(sh`
${rewriteFunction}
kp_name=${args.name} kp_entry=${entry} kp_file=${file ?? ''} kp_u=${args.user ?? ''} kp_state=${args.state} kp_env=${args.env}
kp_label='#Ansible: '$kp_name
if [ -n "$kp_file" ]; then
  kp_read "$kp_file" || return 1
else
  if ! command -v crontab >/dev/null 2>&1; then
    if [ -n "$kp_dry" ]; then kp_unknown 'crontab is not installed yet'; return 0; fi
    kp_fail 'crontab is not installed (package cron)'
    return 1
  fi
  kp_i=$\{kp_u:-$(id -un)}
  if ! { [ -n "$kp_check" ] && kp_predicted crontab "$kp_i"; }; then
    kp_value=$(crontab $\{kp_u:+-u "$kp_u"} -l 2>/dev/null)
    [ -z "$kp_value" ] || kp_value=$kp_value$kp_nl
  fi
  kp_text=$kp_value
fi
kp_new= kp_done= kp_skip= kp_jobs= kp_vars=
[ -z "$kp_text" ] || while IFS= read -r kp_line; do
  # The line under our label is the job.
  if [ -n "$kp_skip" ]; then
    kp_skip=
    [ "$kp_state" = present ] || continue
    kp_line=$kp_entry
  elif [ -n "$kp_env" ]; then
    case $kp_line in
    "$kp_name="* | "$kp_name ="*)
      [ "$kp_state" = present ] && [ -z "$kp_done" ] || continue
      kp_done=1 kp_line=$kp_entry ;;
    esac
  elif [ "$kp_line" = "$kp_label" ]; then
    if [ -n "$kp_done" ]; then kp_skip=1; continue; fi
    kp_skip=1 kp_done=1
    [ "$kp_state" = present ] || continue
  fi
  case $kp_line in
  '#Ansible: '*) kp_jobs=$kp_jobs$\{kp_line#'#Ansible: '}$kp_nl ;;
  [A-Za-z_]*=*) kp_vars=$kp_vars$\{kp_line%%[ =]*}$kp_nl ;;
  esac
  kp_new=$kp_new$kp_line$kp_nl
done <<EOF
$\{kp_text%"$kp_nl"}
EOF
if [ -n "$kp_skip" ] && [ "$kp_state" = present ]; then kp_new=$kp_new$kp_entry$kp_nl; fi
if [ "$kp_state" = present ] && [ -z "$kp_done" ]; then
  kp_other=${args.insertafter ?? args.insertbefore}
  if [ -n "$kp_env" ] && [ -n "$kp_other" ]; then
    kp_old=$kp_new kp_new=
    while IFS= read -r kp_line; do
      case $kp_done/$kp_line in
      /"$kp_other="* | /"$kp_other ="*)
        kp_done=1
        if [ -n ${args.insertafter} ]; then kp_line=$kp_line$kp_nl$kp_entry; else kp_line=$kp_entry$kp_nl$kp_line; fi ;;
      esac
      kp_new=$kp_new$kp_line$kp_nl
    done <<EOF
$\{kp_old%"$kp_nl"}
EOF
    [ -n "$kp_done" ] || { kp_fail "Variable named '$kp_other' not found."; return 1; }
    kp_vars=$kp_vars$kp_name$kp_nl
  elif [ -n "$kp_env" ]; then kp_new=$kp_entry$kp_nl$kp_new kp_vars=$kp_vars$kp_name$kp_nl
  else kp_new=$kp_new$kp_label$kp_nl$kp_entry$kp_nl kp_jobs=$kp_jobs$kp_name$kp_nl
  fi
fi
kp_set jobs "$kp_jobs"
kp_set envs "$kp_vars"
[ "$kp_new" != "$kp_text" ] || return 0
if [ -n "$kp_file" ]; then
  if [ -z "$kp_new" ]; then
    kp_set path "$kp_file"; kp_set before "$kp_text"; kp_set after ''
    if kp_apply; then kp_try rm -f -- "$kp_file"; else kp_predict path "$kp_file" absent; fi
    return
  fi
  kp_backup=${args.backup}
  kp_rewrite "$kp_file" "$kp_new" 0644 || return 1
  kp_backup=
  return 0
fi
kp_set path crontab; kp_set before "$kp_text"; kp_set after "$kp_new"
kp_crontab() { printf '%s' "$kp_new" | crontab $\{kp_u:+-u "$kp_u"} -; }
if kp_apply; then kp_try kp_crontab; else kp_predict crontab "$kp_i" "$kp_new"; fi`);
  },
  interpret: (report) => {
    const names = (field: string) => (report.text(field) ?? '').split('\n').filter((name) => name !== '');
    return interpretEdit(report, { jobs: names('jobs'), envs: names('envs') });
  },
});
