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
kp_k_active=
if command -v ufw >/dev/null 2>&1; then
  kp_k_status=$(ufw status 2>/dev/null)
  case $kp_k_status in *'Status: active'*) kp_k_active=ufw ;; esac
fi
if command -v firewall-cmd >/dev/null 2>&1 && firewall-cmd --state >/dev/null 2>&1; then
  kp_k_active="$kp_k_active firewalld"
elif [ -n ${isOff} ] && [ "$(systemctl is-enabled firewalld 2>/dev/null)" = enabled ]; then
  if kp_apply; then kp_try systemctl disable firewalld || return 1; fi
fi
kp_set firewalls "$kp_k_active"
for kp_k_one in $kp_k_active; do
  if [ -n "$kp_check" ] && kp_predicted firewall "$kp_k_one"; then continue; fi
  if [ -n ${isOff} ]; then
    if kp_apply; then
      case $kp_k_one in
      ufw) kp_try ufw --force disable || return 1 ;;
      *) kp_try systemctl disable --now firewalld || return 1 ;;
      esac
    fi
    continue
  fi
  [ "$kp_k_one" = ufw ] || kp_k_status=$(firewall-cmd --list-ports 2>/dev/null)
  kp_k_status=" $(printf '%s' "$kp_k_status" | tr '\n\t' '  ') "
  for kp_k_port in ${ports}; do
    # firewalld writes a range with a dash.
    kp_k_name=$kp_k_port
    if [ "$kp_k_one" = firewalld ]; then case $kp_k_port in *:*) kp_k_name=$\{kp_k_port%%:*}-$\{kp_k_port#*:} ;; esac; fi
    case $kp_k_status in *" $kp_k_name "*) continue ;; esac
    kp_apply || continue
    case $kp_k_one in
    ufw) kp_try ufw allow "$kp_k_port" || return 1 ;;
    *) kp_try firewall-cmd --quiet --permanent --add-port="$kp_k_name" && kp_try firewall-cmd --quiet --add-port="$kp_k_name" || return 1 ;;
    esac
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
