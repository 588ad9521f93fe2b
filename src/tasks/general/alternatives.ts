import { sh } from '../../shell/index.js';
import { integer, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { settingsDiff, withFailure } from './reported.js';

export const alternatives = defineTask({
  name: 'alternatives',
  collection: 'community.general',
  summary: 'Chooses which program a command is (update-alternatives).',
  parameters: {
    name: text('The generic name.', { required: true }),
    path: path('The program it is to be.', { required: true }),
    link: path('The generic link; needed where the alternative is not known yet.'),
    priority: integer('Its priority, where it is not known yet.', { default: 50 }),
  },
  returns: {},
  example: `- alternatives: {name: editor, path: /bin/nano}`,
  inCheckMode: 'predicts',
  compile: (args) =>
    program(sh`
kp_ua=update-alternatives
command -v "$kp_ua" >/dev/null 2>&1 || kp_ua=alternatives
kp_out=$("$kp_ua" --query ${args.name} 2>/dev/null || "$kp_ua" --display ${args.name} 2>/dev/null)
kp_now=
case $kp_nl$kp_out in *"$\{kp_nl}Value: "*) kp_now=$\{kp_out#*"$\{kp_nl}Value: "}; kp_now=$\{kp_now%%"$kp_nl"*} ;; esac
[ -n "$kp_now" ] || kp_now=$(readlink /etc/alternatives/${args.name} 2>/dev/null)
if kp_predicted alternative ${args.name}; then kp_now=$kp_value; fi
kp_set was "$kp_now"
[ "$kp_now" != ${args.path} ] || return 0
kp_apply || { kp_predict alternative ${args.name} ${args.path}; return 0; }
case $kp_out in
*"Alternative: "${args.path}* | *"$kp_nl"${args.path}" - priority"*) ;;
*)
  [ -n ${args.link} ] || { kp_fail 'link is needed for a program that is no alternative yet'; return 1; }
  kp_try "$kp_ua" --install ${args.link ?? ''} ${args.name} ${args.path} ${args.priority} || return 1 ;;
esac
kp_try "$kp_ua" --set ${args.name} ${args.path}`),
  interpret: (report, args) => ({
    result: withFailure(report),
    diff:
      report.status === 'changed'
        ? settingsDiff(`alternative ${args.name}`, [['path', report.text('was'), args.path]])
        : [],
  }),
});
