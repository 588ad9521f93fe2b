import { sh } from '../../shell/index.js';
import { choice, flag, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { rewriteFunction } from './edit-file.js';
import { editedFile, withFailure } from './reported.js';

export const selinux = defineTask({
  name: 'selinux',
  collection: 'ansible.posix',
  summary: 'Sets the mode and the policy of SELinux, now and after a reboot.',
  description:
    'Proven against stand-ins of getenforce and setenforce that answer as documented; never yet on a kernel with SELinux.',
  parameters: {
    state: choice('The mode.', ['enforcing', 'permissive', 'disabled'], { required: true }),
    policy: text('The policy: targeted, minimum or mls. Needed unless SELinux is disabled.'),
    configfile: path('The file of the settings.', { default: '/etc/selinux/config', aliases: ['conf', 'file'] }),
    update_kernel_param: flag('Whether selinux=0 is set and removed as a parameter of the kernel (grubby).', {
      default: false,
    }),
  },
  returns: {
    msg: 'what was changed',
    configfile: 'the file',
    policy: 'the policy',
    state: 'the mode as asked for',
    reboot_required: 'whether the mode holds only after a reboot',
  },
  example: `- selinux:
    policy: targeted
    state: permissive`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const wrong = (msg: string) => ({ status: 'failed' as const, result: { msg } });
    if (args.state !== 'disabled' && args.policy === undefined)
      return wrong("Policy is required if state is not 'disabled'");
    if (args.policy !== undefined && !/^[\w-]+$/.test(args.policy))
      return wrong(`${JSON.stringify(args.policy)} is no name of a policy`);
    const { configfile } = args;
    return program(sh`
${rewriteFunction}
kp_file=${configfile} kp_want=${args.state} kp_policy=${args.policy} kp_msgs= kp_reboot=no
if [ ! -f "$kp_file" ] && ! kp_foreseen "$kp_file"; then
  if [ -n "$kp_dry" ]; then kp_unknown "$kp_file is not there yet"; return 0; fi
  kp_fail "Unable to find file $kp_file"; return 1
fi
kp_read "$kp_file" || return 1
kp_old_mode= kp_old_policy= kp_new=
while IFS= read -r kp_line; do
  case $kp_line in
  SELINUX=*) kp_old_mode=$\{kp_line#SELINUX=}; kp_line=SELINUX=$kp_want ;;
  SELINUXTYPE=*) kp_old_policy=$\{kp_line#SELINUXTYPE=}; [ -z "$kp_policy" ] || kp_line=SELINUXTYPE=$kp_policy ;;
  esac
  kp_new=$kp_new$kp_line$kp_nl
done <<EOF
$\{kp_text%"$kp_nl"}
EOF
[ -n "$kp_old_mode" ] || kp_new=$\{kp_new}SELINUX=$kp_want$kp_nl
if [ -z "$kp_old_policy" ] && [ -n "$kp_policy" ]; then kp_new=$\{kp_new}SELINUXTYPE=$kp_policy$kp_nl; fi
kp_policy=$\{kp_policy:-$kp_old_policy}
if [ "$kp_old_policy" != "$kp_policy" ]; then
  if [ ! -d "$\{kp_file%/*}/$kp_policy" ] && [ "$kp_file" = /etc/selinux/config ]; then kp_fail "Policy $kp_policy does not exist in /etc/selinux/"; return 1; fi
  kp_msgs=$kp_msgs"SELinux policy configuration in '$kp_file' changed from '$kp_old_policy' to '$kp_policy'"$kp_nl
fi
kp_now=disabled
if command -v getenforce >/dev/null 2>&1; then case $(getenforce 2>/dev/null) in Enforcing) kp_now=enforcing ;; Permissive) kp_now=permissive ;; esac; fi
if [ -n "$kp_check" ] && kp_predicted selinux mode; then kp_now=$kp_value; fi
if [ "$kp_now" != "$kp_want" ]; then
  case $kp_now/$kp_want in
  disabled/*) kp_reboot=yes kp_msgs=$kp_msgs"Reboot is required to set SELinux state to '$kp_want'"$kp_nl ;;
  */disabled)
    kp_reboot=yes
    if [ "$kp_now" = enforcing ]; then
      kp_msgs=$kp_msgs"SELinux state temporarily changed from 'enforcing' to 'permissive'. State change will take effect next reboot."$kp_nl
      if kp_apply; then kp_try setenforce 0 || return 1; else kp_predict selinux mode permissive; fi
    fi ;;
  *)
    kp_msgs=$kp_msgs"SELinux state changed from '$kp_now' to '$kp_want'"$kp_nl
    case $kp_want in enforcing) kp_i=1 ;; *) kp_i=0 ;; esac
    if kp_apply; then kp_try setenforce "$kp_i" || return 1; else kp_predict selinux mode "$kp_want"; fi ;;
  esac
fi
${
  args.update_kernel_param
    ? sh`command -v grubby >/dev/null 2>&1 || { kp_fail 'grubby, which sets parameters of the kernel, is not on the host'; return 1; }
kp_off=
case $(grubby --info=ALL 2>/dev/null) in *selinux=0*) kp_off=1 ;; esac
case $kp_want/$kp_off in
disabled/) if kp_apply; then kp_try grubby --update-kernel=ALL --args=selinux=0 || return 1; fi; kp_reboot=yes ;;
disabled/1) ;;
*/1) if kp_apply; then kp_try grubby --update-kernel=ALL --remove-args=selinux || return 1; fi; kp_reboot=yes ;;
esac`
    : sh``
}
[ "$kp_old_mode" = "$kp_want" ] || kp_msgs=$kp_msgs"Config SELinux state changed from '$kp_old_mode' to '$kp_want'"$kp_nl
kp_set msgs "$kp_msgs"
kp_set policy "$kp_policy"
kp_set reboot "$kp_reboot"
kp_rewrite "$kp_file" "$kp_new" 0644`);
  },
  interpret: (report, args) => ({
    result: withFailure(report, {
      msg: (report.text('msgs') ?? '')
        .split('\n')
        .filter((line) => line !== '')
        .join(', '),
      configfile: args.configfile,
      policy: report.text('policy') ?? args.policy ?? '',
      state: args.state,
      reboot_required: report.text('reboot') === 'yes',
    }),
    diff: editedFile(report),
  }),
});

export const seboolean = defineTask({
  name: 'seboolean',
  collection: 'ansible.posix',
  summary: 'Switches a boolean of SELinux.',
  description:
    'Proven against stand-ins of getsebool and setsebool that answer as documented; never yet on a kernel with SELinux.',
  parameters: {
    name: text('The boolean.', { required: true }),
    state: flag('Whether it is on.', { required: true }),
    persistent: flag('Whether it outlasts a reboot.', { default: false }),
    ignore_selinux_state: flag('Whether it is switched where SELinux is disabled, too.', { default: false }),
  },
  returns: { name: 'the boolean', state: 'as asked for', persistent: 'as asked for' },
  example: `- seboolean:
    name: container_manage_cgroup
    state: true
    persistent: true`,
  inCheckMode: 'predicts',
  compile: (args) => {
    if (!/^\w+$/.test(args.name))
      return { status: 'failed', result: { msg: `${JSON.stringify(args.name)} is no name of a boolean` } };
    return program(sh`
kp_name=${args.name} kp_want=${args.state ? 'on' : 'off'}
command -v setsebool >/dev/null 2>&1 || {
  if [ -n "$kp_check" ] && kp_predicted package policycoreutils; then kp_unknown 'setsebool is not installed yet'; return 0; fi
  kp_fail 'Failed to find required executable setsebool'; return 1
}
if ! selinuxenabled 2>/dev/null && [ -z ${args.ignore_selinux_state} ]; then kp_fail 'SELinux is disabled on this host.'; return 1; fi
kp_out=$(getsebool "$kp_name" 2>/dev/null) || kp_out=
if [ -z "$kp_out" ] && [ -z ${args.ignore_selinux_state} ]; then kp_fail "SELinux boolean $kp_name does not exist."; return 1; fi
kp_now=$\{kp_out##* }
kp_kept=$kp_want
if [ -n ${args.persistent} ]; then
  kp_kept=
  for kp_p in /var/lib/selinux/*/active/booleans.local /etc/selinux/*/modules/active/booleans.local; do
    [ -f "$kp_p" ] || continue
    kp_line=$(sed -n "s/^$kp_name=//p" "$kp_p" | tail -n 1)
    case $kp_line in 1) kp_kept=on ;; 0) kp_kept=off ;; esac
  done
fi
if [ -n "$kp_check" ] && kp_predicted seboolean "$kp_name"; then kp_now=$kp_value kp_kept=$kp_value; fi
[ "$kp_now/$kp_kept" != "$kp_want/$kp_want" ] || return 0
if kp_apply; then kp_try setsebool ${args.persistent ? ['-P'] : []} "$kp_name" "$kp_want"; else kp_predict seboolean "$kp_name" "$kp_want"; fi`);
  },
  interpret: (report, args) => ({
    result: withFailure(report, { name: args.name, state: args.state, persistent: args.persistent }),
  }),
});
