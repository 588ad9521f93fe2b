import { joinScripts, sh } from '../../shell/index.js';
import { choice, flag, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { rewriteFunction } from './edit-file.js';
import { editedFile, settingsDiff, withFailure } from './reported.js';

const label = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

export const hostname = defineTask({
  name: 'hostname',
  summary: "Sets the host's name, now and at boot.",
  description: `Unlike Ansible's, it can also bring /etc/hosts into line, and keep cloud-init from setting the old name again.`,
  parameters: {
    name: text('The name.', { required: true }),
    use: choice('How it is set; default: hostnamectl where systemd runs, else /etc/hostname.', [
      'systemd',
      'generic',
      'debian',
      'redhat',
      'alpine',
    ]),
    etc_hosts: flag('Whether /etc/hosts resolves the name: 127.0.1.1, where no other line names it.', {
      default: false,
    }),
    cloud_init: flag('Whether cloud-init is told to keep the name (preserve_hostname), where it is installed.', {
      default: false,
    }),
  },
  returns: { name: 'the name', ansible_facts: 'the facts about the name, renewed' },
  example: `- hostname:
    name: "{{ inventory_hostname }}"
    etc_hosts: yes
    cloud_init: yes`,
  inCheckMode: 'predicts',
  compile: (args) => {
    if (args.name.length > 253 || !args.name.split('.').every((part) => label.test(part))) {
      return { status: 'failed', result: { msg: `${JSON.stringify(args.name)} is not a host name (RFC 1123)` } };
    }
    return program(
      joinScripts([
        rewriteFunction,
        sh`
kp_h=${args.name} kp_how=${args.use ?? ''}
read -r kp_now </proc/sys/kernel/hostname
kp_read /etc/hostname
kp_file=
# The first line that is no comment.
while read -r kp_line; do case $kp_line in '' | '#'*) ;; *) kp_file=$kp_line; break ;; esac; done <<EOF
$kp_text
EOF
if [ -n "$kp_check" ] && kp_predicted hostname name; then kp_now=$kp_value kp_file=$kp_value; fi
if [ -z "$kp_how" ]; then
  kp_how=generic
  [ ! -d /run/systemd/system ] || ! command -v hostnamectl >/dev/null 2>&1 || kp_how=systemd
fi
kp_set before_name "$kp_now"
kp_set before_file "$kp_file"
if [ "$kp_now" != "$kp_h" ] || [ "$kp_file" != "$kp_h" ]; then
  if ! kp_apply; then
    kp_predict hostname name "$kp_h"
  else
    kp_done=
    if [ "$kp_how" = systemd ] && hostnamectl --static set-hostname -- "$kp_h" >/dev/null 2>&1; then
      hostnamectl --transient set-hostname -- "$kp_h" >/dev/null 2>&1 && kp_done=1
    fi
    read -r kp_now </proc/sys/kernel/hostname
    [ "$kp_now" != "$kp_h" ] || [ -z "$kp_done" ] || kp_done=2
    # hostnamectl may be missing its bus, or be refused: the files and the kernel say the same.
    if [ "$kp_done" != 2 ]; then
      kp_key=_name
      kp_write /etc/hostname "$kp_h$kp_nl" '' '' '' && kp_try hostname "$kp_h" || return 1
      kp_key=
    fi
  fi
fi`,
        args.etc_hosts &&
          sh`
kp_read /etc/hosts || return 1
kp_new= kp_done= kp_named= kp_short=$\{kp_h%%.*}
[ "$kp_short" != "$kp_h" ] && kp_names="$kp_h $kp_short" || kp_names=$kp_h
[ -z "$kp_text" ] || while IFS= read -r kp_line; do
  set -f; set -- $\{kp_line%%#*}; set +f
  case $\{1-} in
  127.0.1.1)
    if [ -n "$kp_done" ]; then :; else
      kp_done=1
      shift
      case " $* " in "  ") kp_line="127.0.1.1$kp_tab$kp_names" ;; *" $kp_h "*) ;; *) kp_line="127.0.1.1$kp_tab$kp_names" ;; esac
    fi ;;
  ?*)
    shift
    case " $* " in *" $kp_h "*) kp_named=1 ;; esac ;;
  esac
  kp_new=$kp_new$kp_line$kp_nl
done <<EOF
$\{kp_text%"$kp_nl"}
EOF
# Where another address has the name, none of the loopback is added: kubelet and etcd would take that for the host's.
[ -n "$kp_done$kp_named" ] || kp_new="127.0.1.1$kp_tab$kp_names$kp_nl$kp_new"
[ -n "$kp_named" ] || kp_rewrite /etc/hosts "$kp_new" 0644 || return 1`,
        args.cloud_init &&
          sh`
if [ -d /etc/cloud ] || kp_predicted package cloud-init; then
  [ -n "$kp_check" ] || mkdir -p -- /etc/cloud/cloud.cfg.d
  kp_key=_cloud
  if [ -d /etc/cloud/cloud.cfg.d ]; then
    kp_write /etc/cloud/cloud.cfg.d/99-kprov-hostname.cfg ${'preserve_hostname: true\n'} 0644 '' '' || return 1
  else
    kp_apply
  fi
fi
kp_key=
return 0`,
      ]),
    );
  },
  interpret: (report, args) => {
    const before = report.text('before_name');
    const facts = {
      ansible_hostname: args.name.split('.')[0] ?? args.name,
      ansible_nodename: args.name,
      ansible_fqdn: args.name,
      ansible_domain: args.name.includes('.') ? args.name.slice(args.name.indexOf('.') + 1) : '',
    };
    const result = withFailure(report, { name: args.name });
    if (report.status === 'failed') return { result };
    return {
      result: { ...result, ansible_facts: facts },
      diff: [
        ...settingsDiff('hostname', [
          ['hostname', before, args.name],
          ['/etc/hostname', report.text('before_file'), args.name],
        ]),
        ...editedFile(report),
      ],
    };
  },
});
