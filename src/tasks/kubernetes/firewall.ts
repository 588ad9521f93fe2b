import { KprovError } from '../../errors/index.js';
import { cniNames, cniPlugin } from '../../kubernetes/cni.js';
import { sh } from '../../shell/index.js';
import { type ArgumentsOf, choice, list, type Parameters } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { plainFields } from './parts/report.js';

const parameters = {
  state: choice(
    'disabled: switched off, now and at boot. opened: the ports below are opened in it.',
    ['opened', 'disabled'],
    {
      default: 'opened',
    },
  ),
  role: choice('Which ports Kubernetes needs on this host.', ['control_plane', 'worker', 'none'], {
    default: 'worker',
  }),
  cni: choice("Whose network's ports are opened too.", [...cniNames, 'none'], { default: 'none' }),
  ports: list('Further ports, such as 8080/tcp or 30000:32767/udp.', { default: [] }),
} satisfies Parameters;

/** https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
const rolePorts = {
  control_plane: [
    '6443/tcp',
    '2379:2380/tcp',
    '10250/tcp',
    '10257/tcp',
    '10259/tcp',
    '30000:32767/tcp',
    '30000:32767/udp',
  ],
  worker: ['10250/tcp', '10256/tcp', '30000:32767/tcp', '30000:32767/udp'],
  none: [],
} as const;

function portsOf(args: ArgumentsOf<typeof parameters>): string[] {
  const network = args.cni === 'none' ? [] : cniPlugin(args.cni).ports.filter((port) => port.includes('/'));
  const ports = [...new Set([...rolePorts[args.role], ...network, ...args.ports])];
  for (const port of ports) {
    if (!/^\d{1,5}([:-]\d{1,5})?\/(tcp|udp)$/.test(port)) {
      throw new KprovError('bad-argument', `"${port}" is not a port`, {
        fix: 'Write it like 6443/tcp or 30000:32767/tcp.',
      });
    }
  }
  return ports.map((port) => port.replace('-', ':'));
}

export const firewall = defineTask({
  name: 'firewall',
  collection: 'kprov.kubernetes',
  summary: 'Opens the ports of Kubernetes in ufw or firewalld where one is active, or switches it off.',
  description: 'The rules that let you in stay as they are; nothing is reloaded, so that connections stay up.',
  parameters,
  returns: { firewalls: 'the firewalls that are active', ports: 'the ports that are asked for' },
  example: `- name: Nothing stands between the nodes
  firewall: {state: opened, role: control_plane, cni: flannel}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const ports = portsOf(args);
    const isOff = args.state === 'disabled';
    return program(sh`
kp_k_active= kp_k_boot=
if command -v ufw >/dev/null 2>&1; then
  kp_k_rules=$(ufw status 2>/dev/null)
  case $kp_k_rules in *'Status: active'*) kp_k_active=ufw ;; esac
fi
if command -v firewall-cmd >/dev/null 2>&1; then
  if firewall-cmd --state >/dev/null 2>&1; then kp_k_active="$kp_k_active firewalld"
  # It does not run now, but will after the next boot.
  elif [ "$(systemctl is-enabled firewalld 2>/dev/null)" = enabled ]; then kp_k_active="$kp_k_active firewalld" kp_k_boot=1
  fi
fi
kp_set firewalls "$kp_k_active"
# kp_k_open_ports FIREWALL: the ports that are open for everybody, now and after a boot, into kp_k_open.
kp_k_open_ports() {
  kp_k_open=' '
  if [ "$1" = ufw ]; then
    while read -r kp_k_port kp_k_action kp_k_from kp_k_more; do
      case $kp_k_action/$kp_k_from/$kp_k_more in ALLOW/Anywhere/ | ALLOW/IN/Anywhere) kp_k_open="$kp_k_open$kp_k_port " ;; esac
    done <<KP_END
$kp_k_rules
KP_END
  elif [ -n "$kp_k_boot" ]; then kp_k_open=" $(firewall-offline-cmd --list-ports 2>/dev/null) "
  else
    kp_k_kept=" $(firewall-cmd --permanent --list-ports 2>/dev/null) "
    for kp_k_port in $(firewall-cmd --list-ports 2>/dev/null); do
      case $kp_k_kept in *" $kp_k_port "*) kp_k_open="$kp_k_open$kp_k_port " ;; esac
    done
  fi
}
# Nothing is reloaded: that would drop what only the running firewall knows.
kp_k_allow() {
  if [ "$1" = ufw ]; then kp_try ufw allow "$2"
  elif [ -n "$kp_k_boot" ]; then kp_try firewall-offline-cmd --add-port="$2"
  else kp_try firewall-cmd --quiet --permanent --add-port="$2" && kp_try firewall-cmd --quiet --add-port="$2"
  fi
}
for kp_k_one in $kp_k_active; do
  if [ -n "$kp_check" ] && kp_predicted firewall "$kp_k_one"; then continue; fi
  if [ -n ${isOff} ]; then
    if kp_apply; then
      case $kp_k_one in
      ufw) kp_try ufw --force disable || return 1 ;;
      *) kp_try systemctl disable --now firewalld || return 1 ;;
      esac
    else
      kp_predict firewall "$kp_k_one" disabled
    fi
    continue
  fi
  kp_k_open_ports "$kp_k_one"
  for kp_k_name in ${ports}; do
    # firewalld writes a range with a dash.
    if [ "$kp_k_one" = firewalld ]; then case $kp_k_name in *:*) kp_k_name=$\{kp_k_name%%:*}-$\{kp_k_name#*:} ;; esac; fi
    case $kp_k_open in *" $kp_k_name "*) continue ;; esac
    kp_apply || continue
    kp_k_allow "$kp_k_one" "$kp_k_name" || return 1
  done
done`);
  },
  interpret: (report, args) => {
    return {
      result: {
        firewalls: (report.text('firewalls') ?? '').split(' ').filter(Boolean),
        ports: args.state === 'opened' ? portsOf(args) : [],
        ...plainFields(report, ['msg', 'cmd', 'output']),
      },
    };
  },
});
