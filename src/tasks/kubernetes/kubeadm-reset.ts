import { joinScripts, sh } from '../../shell/index.js';
import { choice, flag, list, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { jobFunctions, kubeadmFailure, MARKER, maskOutput } from './parts/kubeadm.js';

/** Chains that belong to Kubernetes and to pod networks, in any table; nobody else's rule is touched. */
const ownChains = ['KUBE-', 'CNI-', 'CILIUM_', 'WEAVE', 'FLANNEL-', 'cali-', 'cali:'];

const chainName = /^[A-Za-z0-9_:-]{1,28}$/;

/** Network devices that pod networks make. */
const links =
  'cni0 flannel.1 flannel-v6.1 vxlan.calico tunl0 weave datapath vxlan-6784 kube-ipvs0 kube-bridge cilium_host cilium_net cilium_vxlan nodelocaldns';

export const kubeadmReset = defineTask({
  name: 'kubeadm_reset',
  collection: 'kprov.kubernetes',
  summary: 'Takes the host out of its cluster and leaves it as it was before, ready to be used again.',
  description:
    'kubeadm reset, then what it leaves behind: network configuration, devices and packet filter rules of pods and services. Only chains of Kubernetes and of pod networks are taken out, each table at one instant, and no network service is restarted: the connection that does it stays up. Packages stay.',
  parameters: {
    runtime: choice('The container runtime, for the default of cri_socket.', ['containerd', 'docker', 'cri-o']),
    cri_socket: text('The socket of the runtime. Default: kubeadm finds it.'),
    network: flag('Whether network configuration, devices and rules are taken away too.', { default: true }),
    chains: list('Beginnings of the names of further chains that a pod network of your own makes.', { default: [] }),
    kubeconfig: flag("Whether the login user's and root's copies of admin.conf are taken away too.", { default: true }),
  },
  returns: { output: 'what kubeadm printed', log: 'where it is kept on the host' },
  example: `- name: Out of the cluster
  kubeadm_reset:`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const bad = args.chains.find((name) => !chainName.test(name));
    if (bad !== undefined) return { status: 'failed', result: { msg: `"${bad}" is not the name of a chain` } };
    const ours = `[ :](${[...ownChains, ...args.chains].join('|')})`;
    return program(
      joinScripts([
        jobFunctions,
        sh`
# Whether anything of a cluster is here. A pattern that matches nothing stays as it is and does not exist.
kp_k_found=
for kp_k_file in /etc/kubernetes/manifests/*.yaml /etc/kubernetes/*.conf /etc/kubernetes/pki/* /var/lib/etcd/* \
  /var/lib/kubelet/config.yaml /var/lib/kubelet/pki/* ${MARKER} \
  /run/kprov/kubeadm-pull /run/kprov/kubeadm-init /run/kprov/kubeadm-join; do
  if [ -e "$kp_k_file" ]; then kp_k_found=1; break; fi
done
if [ -n "$kp_k_found" ] && kp_apply; then
  kp_k_forget_jobs 1
  if command -v kubeadm >/dev/null 2>&1; then
    kp_k_socket=${args.cri_socket}
    if [ -z "$kp_k_socket" ]; then
      case ${args.runtime} in
      containerd) kp_k_socket=/run/containerd/containerd.sock ;;
      docker) kp_k_socket=/var/run/dockershim.sock; [ ! -S /var/run/cri-dockerd.sock ] || kp_k_socket=unix:///var/run/cri-dockerd.sock ;;
      cri-o) kp_k_socket=/var/run/crio/crio.sock ;;
      esac
    fi
    # Before 1.24 a path is wanted, from then on a URL.
    case $(kubeadm version -o short 2>/dev/null) in
    v1.[0-9].* | v1.1[0-9].* | v1.2[0-3].*) kp_k_socket=$\{kp_k_socket#unix://} ;;
    *) case $kp_k_socket in /*) kp_k_socket=unix://$kp_k_socket ;; esac ;;
    esac
    kp_k_job kubeadm-reset kubeadm reset -f $\{kp_k_socket:+--cri-socket="$kp_k_socket"}
    kp_k_rc=$kp_rc
    kp_k_job_end reset_output
    kp_set log "$kp_k_log"
    if [ "$kp_k_rc" != 0 ]; then kp_fail "kubeadm reset failed with exit code $kp_k_rc"; return 1; fi
  else
    systemctl stop kubelet 2>/dev/null
  fi
  rm -rf /etc/kubernetes/manifests /etc/kubernetes/pki /etc/kubernetes/*.conf /etc/kubernetes/tmp
  mkdir -p -m 755 /etc/kubernetes/manifests
  [ ! -d /var/lib/etcd ] || find /var/lib/etcd -mindepth 1 -maxdepth 1 -exec rm -rf -- {} +
  rm -rf /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env /var/lib/kubelet/instance-config.yaml /var/lib/kubelet/pki
  rm -f ${MARKER}
fi`,
        args.kubeconfig &&
          sh`
for kp_k_user in root "$\{SUDO_USER:-root}"; do
  kp_k_home=
  while IFS=: read -r kp_k_name _ _ _ _ kp_k_dir _; do [ "$kp_k_name" != "$kp_k_user" ] || kp_k_home=$kp_k_dir; done </etc/passwd
  [ -n "$kp_k_home" ] && [ -f "$kp_k_home/.kube/config" ] || continue
  # Only one that is nothing but kubeadm's admin.conf.
  kp_read "$kp_k_home/.kube/config"
  case $kp_text in
  *'- cluster:'*'- cluster:'*) continue ;;
  *'current-context: kubernetes-admin@kubernetes'*) if kp_apply; then kp_try rm -f -- "$kp_k_home/.kube/config" || return 1; fi ;;
  esac
done`,
        args.network &&
          sh`
for kp_k_file in /etc/cni/net.d/* /var/lib/cni/* /run/flannel/* /var/lib/calico/* /var/lib/weave/*; do
  [ -e "$kp_k_file" ] || continue
  # What a package brought stays.
  case $kp_k_file in *.kubernetes-cni-keep | *-crio-bridge* | *200-loopback*) continue ;; esac
  if kp_apply; then rm -rf -- "$kp_k_file"; fi
done
if command -v ip >/dev/null 2>&1; then
  for kp_k_link in ${sh`${links.split(' ')}`}; do
    [ -e "/sys/class/net/$kp_k_link" ] || continue
    # The kernel's own device of ip-in-ip cannot be deleted, only taken down.
    if [ "$kp_k_link" = tunl0 ]; then
      kp_k_line=$(ip -o addr show dev tunl0 2>/dev/null)
      [ -n "$kp_k_line" ] || continue
      if kp_apply; then ip addr flush dev tunl0; ip link set tunl0 down; fi
      continue
    fi
    if kp_apply; then kp_try ip link delete "$kp_k_link" || return 1; fi
  done
  for kp_k_link in /sys/class/net/cali* /sys/class/net/lxc* /sys/class/net/vethwe*; do
    [ -e "$kp_k_link" ] || continue
    if kp_apply; then ip link delete "$\{kp_k_link##*/}" 2>/dev/null; fi
  done
fi
if command -v ipvsadm >/dev/null 2>&1 && [ -n "$(ipvsadm -Sn 2>/dev/null)" ]; then
  if kp_apply; then kp_try ipvsadm --clear || return 1; fi
fi
# Each table is replaced as a whole, at one instant, by itself without the lines that name our chains.
for kp_k_tool in iptables ip6tables; do
  command -v "$kp_k_tool-save" >/dev/null 2>&1 || continue
  for kp_k_table in filter nat mangle raw; do
    kp_k_rules=$("$kp_k_tool-save" -t "$kp_k_table" 2>/dev/null) || continue
    printf '%s\n' "$kp_k_rules" | grep -qE ${ours} || continue
    kp_apply || continue
    printf '%s\n' "$kp_k_rules" | grep -vE ${ours} | "$kp_k_tool-restore" -T "$kp_k_table" || {
      kp_fail "cannot restore the table $kp_k_table of $kp_k_tool"; return 1; }
  done
done`,
      ]),
    );
  },
  interpret: (report) => {
    const output = report.text('reset_output');
    if (report.status === 'failed') return { result: kubeadmFailure(report, output) };
    const log = report.text('log');
    return {
      result: {
        ...(output !== undefined && { output: maskOutput(output), stdout: maskOutput(output) }),
        ...(log !== undefined && { log }),
      },
    };
  },
});
