import { sh } from '../../shell/index.js';
import { choice, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { rewriteFunction } from './edit-file.js';
import { interpretEdit } from './reported.js';

export const modprobe = defineTask({
  name: 'modprobe',
  collection: 'community.general',
  summary: 'Loads and unloads kernel modules, now and at boot.',
  parameters: {
    name: text('The module.', { required: true }),
    params: text('Its parameters.', { default: '' }),
    state: choice('Whether it is loaded.', ['present', 'absent'], { default: 'present' }),
    persistent: choice('Whether it is loaded at boot: files in /etc/modules-load.d and /etc/modprobe.d.', [
      'disabled',
      'present',
      'absent',
    ]),
  },
  returns: { name: 'the module', params: 'its parameters', state: 'as asked for' },
  example: `- modprobe:
    name: br_netfilter
    persistent: present`,
  inCheckMode: 'predicts',
  compile: (args) => {
    if (!/^[A-Za-z0-9_-]+$/.test(args.name)) {
      return { status: 'failed', result: { msg: `${JSON.stringify(args.name)} is not the name of a kernel module` } };
    }
    if (args.params.includes('\n')) return { status: 'failed', result: { msg: 'params must be one line' } };
    const loadFile = `/etc/modules-load.d/${args.name}.conf`;
    const optionsFile = `/etc/modprobe.d/${args.name}.conf`;
    const underscored = args.name.replaceAll('-', '_');
    return program(sh`
${rewriteFunction}
kp_loaded=
if [ -d ${`/sys/module/${underscored}`} ]; then
  kp_loaded=1
else
  kp_read "/lib/modules/$(uname -r)/modules.builtin"
  case $kp_nl$kp_text in */${args.name}.ko"$kp_nl"* | */${underscored}.ko"$kp_nl"*) kp_loaded=1 ;; esac
fi
if [ -n "$kp_check" ] && kp_predicted module ${args.name}; then
  case $kp_value in absent) kp_loaded= ;; *) kp_loaded=1 ;; esac
fi
if [ ${args.state} = present ] && [ -z "$kp_loaded" ]; then
  if kp_apply; then kp_try modprobe -- ${args.name} ${args.params === '' ? [] : args.params.split(/\s+/)} || return 1
  else kp_predict module ${args.name} present
  fi
elif [ ${args.state} = absent ] && [ -n "$kp_loaded" ]; then
  if kp_apply; then kp_try modprobe -r -- ${args.name} || return 1
  else kp_predict module ${args.name} absent
  fi
fi
case ${args.persistent ?? 'disabled'} in
present)
  kp_rewrite ${loadFile} ${`${args.name}\n`} 0644 || return 1
  [ -z ${args.params} ] || kp_rewrite ${optionsFile} ${`options ${args.name} ${args.params}\n`} 0644 ;;
absent)
  for kp_p in ${[loadFile, optionsFile]}; do
    kp_stat "$kp_p"
    if [ "$kp_type" != absent ] && kp_apply; then kp_try rm -f -- "$kp_p" || return 1; fi
  done ;;
esac`);
  },
  interpret: (report, args) => interpretEdit(report, { name: args.name, params: args.params, state: args.state }),
});
