import { sh } from '../../shell/index.js';
import { choice, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { settingsDiff, withFailure } from './reported.js';

export const dpkgSelections = defineTask({
  name: 'dpkg_selections',
  summary: 'Sets what dpkg is to do with a package: `hold` keeps its version.',
  parameters: {
    name: text('The package.', { required: true }),
    selection: choice('What is wanted.', ['install', 'hold', 'deinstall', 'purge'], { required: true }),
  },
  returns: { before: 'what was wanted before', after: 'what is wanted now' },
  example: `- dpkg_selections:
    name: kubelet
    selection: hold`,
  inCheckMode: 'predicts',
  compile: (args) =>
    program(sh`
kp_p=${args.name}
kp_out=$(dpkg-query -W -f ${'${db:Status-Want}\\n'} -- "$kp_p" 2>/dev/null)
kp_was=$\{kp_out%%"$kp_nl"*}
if [ -n "$kp_check" ]; then
  if kp_predicted package "$kp_p"; then case $kp_value in absent) kp_was= ;; *) kp_was=$\{kp_was:-install} ;; esac; fi
  if kp_predicted selection "$kp_p"; then kp_was=$kp_value; fi
fi
case $kp_was in unknown) kp_was= ;; esac
if [ -z "$kp_was" ]; then
  if [ -n "$kp_dry" ]; then kp_unknown "the package $kp_p is not installed yet"; return 0; fi
  kp_fail "Failed to find package '$kp_p' to perform selection '"${args.selection}"'."
  return 1
fi
kp_set was "$kp_was"
[ "$kp_was" != ${args.selection} ] || return 0
kp_select() { printf '%s %s\n' "$kp_p" ${args.selection} | dpkg --set-selections; }
if kp_apply; then kp_try kp_select; else kp_predict selection "$kp_p" ${args.selection}; fi`),
  interpret: (report, args) => {
    const before = report.text('was');
    return {
      result: withFailure(report, before === undefined ? {} : { before, after: args.selection }),
      diff:
        report.status === 'changed'
          ? settingsDiff(`package ${args.name}`, [['selection', before, args.selection]])
          : [],
    };
  },
});
