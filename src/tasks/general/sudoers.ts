import { sh } from '../../shell/index.js';
import { choice, flag, list, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { withFailure } from './reported.js';
import { fileDiffs } from './written-file.js';

export const sudoers = defineTask({
  name: 'sudoers',
  collection: 'community.general',
  summary: 'Lets a user or a group run commands with sudo: a file in /etc/sudoers.d.',
  parameters: {
    name: text('Name of the file.', { required: true }),
    user: text('The user.'),
    group: text('The group.'),
    commands: list('Commands with their absolute paths, or ALL.'),
    nopassword: flag('Whether no password is asked for.', { default: true }),
    setenv: flag('Whether the environment may be kept.', { default: false }),
    host: text('On which host.', { default: 'ALL' }),
    runas: text('As which user.'),
    sudoers_path: path('The directory.', { default: '/etc/sudoers.d' }),
    state: choice('Whether it is there.', ['present', 'absent'], { default: 'present' }),
    validation: choice(
      'Whether visudo judges the file: where it is there, never, or else it fails.',
      ['absent', 'detect', 'required'],
      {
        default: 'detect',
      },
    ),
  },
  atMostOne: [['user', 'group']],
  returns: {},
  example: `- sudoers:
    name: backup
    user: backup
    commands: /usr/bin/etcdctl snapshot save *`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const wrong = (msg: string) => ({ status: 'failed' as const, result: { msg } });
    if (/\//.test(args.name) || args.name === '' || args.name === '.' || args.name === '..') {
      return wrong(`${JSON.stringify(args.name)} is no name of a file`);
    }
    const file = `${args.sudoers_path.replace(/(?<=.)\/+$/, '')}/${args.name}`;
    if (args.state === 'absent') {
      return program(sh`
kp_stat ${file}
[ "$kp_type" != absent ] || return 0
kp_before ${file}
kp_set after ''
if kp_apply; then kp_try rm -f -- ${file}; else kp_foresee ${file} absent '' '' ''; fi`);
    }
    if (args.commands === undefined || args.commands.length === 0)
      return wrong('state is present but all of the following are missing: commands');
    if (args.user === undefined && args.group === undefined)
      return wrong('one of the following is required: user, group');
    const owner = args.user ?? `%${args.group}`;
    const parts = [owner, args.host, args.runas ?? '', ...args.commands];
    if (parts.some((part) => /[\r\n]/.test(part))) return wrong('what stands in a line of sudoers holds no newline');
    const line = `${owner} ${args.host}=${args.runas === undefined ? '' : `(${args.runas})`}${args.nopassword ? 'NOPASSWD:' : ''}${args.setenv ? 'SETENV:' : ''} ${args.commands.join(', ')}\n`;
    return program(sh`
kp_visudo=
! command -v visudo >/dev/null 2>&1 || kp_visudo=1
case ${args.validation}/$kp_visudo in
required/) if [ -n "$kp_dry" ]; then kp_unknown 'visudo is not installed yet'; return 0; fi; kp_fail 'Failed to find required executable visudo'; return 1 ;;
absent/* | detect/) ;;
*)
  kp_validate='visudo -c -f "$kp_tmp"'
  if [ -n "$kp_check" ] && ! kp_out=$(printf %s ${line} | visudo -c -f - 2>&1); then kp_fail "Failed to validate sudoers rule: $kp_out"; return 1; fi ;;
esac
[ -z "$kp_diff" ] || kp_set after ${line}
kp_write ${file} ${line} 0440 '' ''`);
  },
  interpret: (report, args) => ({
    result: withFailure(report),
    diff: fileDiffs(report, `${args.sudoers_path.replace(/(?<=.)\/+$/, '')}/${args.name}`, report.text('after') ?? ''),
  }),
});
