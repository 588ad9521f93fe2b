import type { KubernetesVersion } from '../../../kubernetes/version.js';
import { joinScripts, type Script, sh } from '../../../shell/index.js';
import type { Arguments, Config } from './init-options.js';
import { ADMIN_CONF, jobFunctions, KUBELET_CONF, MARKER, socketOf } from './kubeadm.js';

/** kp_k_list: the names of the cluster's nodes in kp_k_nodes. */
const kubectl = sh`
kp_k_kubectl() { kubectl --kubeconfig ${ADMIN_CONF} --request-timeout=10s "$@"; }
kp_k_list() { kp_k_nodes=$(kp_k_kubectl get nodes -o 'jsonpath={range .items[*]}{.metadata.name}{" "}{end}' 2>&1); }`;

/** What state the host is in: field `state` is absent, existing, running or unfinished; and for what exists, the rest. */
export function probe(args: Arguments): Script {
  return joinScripts([
    jobFunctions,
    sh`
if ! command -v kubeadm >/dev/null 2>&1; then
  if [ -n "$kp_check" ] && kp_has kubeadm; then
    kp_apply
    kp_predict cluster ${ADMIN_CONF} present
    kp_predict path ${ADMIN_CONF} 'file 0600 root root'
    return 0
  fi
  kp_fail 'kubeadm is not installed on this host (task kubernetes_packages)'
  return 1
fi
kp_k_versions() {
  kp_set kubeadm "$(kubeadm version -o short 2>/dev/null)"
  kp_set kubelet "$(kubelet --version 2>/dev/null)"
  kp_set now "$(date +%s)"
}
${kubectl}
kp_k_forget_jobs
if kp_k_running kubeadm-init; then kp_k_versions; kp_set state running; return 0; fi
kp_k_state=absent
if [ -e ${ADMIN_CONF} ]; then
  # After a reboot the control plane needs a moment; a half-made one never comes.
  kp_k_i=0 kp_k_state=broken
  while :; do
    if kp_k_list; then kp_k_state=existing; break; fi
    kp_k_i=$((kp_k_i + 1))
    if [ -e ${MARKER} ] || [ "$kp_k_i" -gt 12 ]; then break; fi
    sleep 5
  done
elif kp_k_leftovers; then kp_k_state=broken
fi
if [ "$kp_k_state" = existing ] && [ -e ${MARKER} ]; then
  # Interrupted after the API came up. Nobody else is in it: it is not in use and is made anew.
  set -- $kp_k_nodes
  if [ $# -le 1 ]; then kp_k_state=unfinished; else rm -f ${MARKER}; fi
fi
if [ "$kp_k_state" = broken ]; then
  if [ -e ${MARKER} ]; then kp_k_state=unfinished
  else
    kp_set output "$kp_k_nodes"
    if [ -e ${ADMIN_CONF} ]; then kp_fail 'there is a control plane on this host, but its API server does not answer'
    elif [ -e ${KUBELET_CONF} ]; then kp_fail 'this host is a node of a cluster already'
    else kp_fail 'files of another cluster are in /etc/kubernetes or /var/lib/etcd'
    fi
    return 1
  fi
fi
kp_set state "$kp_k_state"
[ "$kp_k_state" = existing ] || { kp_k_versions; return 0; }
${existing(args)}`,
  ]);
}

/** For a cluster that is there: what a node needs to join it, made afresh only where somebody has still to join. */
function existing(args: Arguments): Script {
  const nodes = args.nodes;
  return sh`
kp_set nodes "$kp_k_nodes"
kp_k_conf ${ADMIN_CONF} server; kp_set server "$kp_value"
kp_open ca_crt; cat /etc/kubernetes/pki/ca.crt 2>/dev/null; kp_close
kp_k_need=${args.joining.length > 0 ? '1' : nodes === undefined ? 'unknown' : ''}
for kp_k_node in ${nodes ?? []}; do
  case " $kp_k_nodes " in *" $kp_k_node "*) ;; *) kp_k_need=1 ;; esac
done
[ -n "$kp_k_need" ] || { kp_set complete 1; return 0; }
kp_k_token=
while read -r kp_k_id kp_k_ttl _ kp_k_usages _; do
  case $kp_k_ttl in *h | *d | *y | '<forever>') ;; *) continue ;; esac
  case $kp_k_usages in *authentication*) case $kp_k_usages in *signing*) kp_k_token=$kp_k_id ;; esac ;; esac
done <<KP_END
$(kubeadm token list --kubeconfig ${ADMIN_CONF} 2>/dev/null)
KP_END
if [ -z "$kp_k_token" ]; then
  if kp_apply; then
    kp_k_token=$(kubeadm token create --kubeconfig ${ADMIN_CONF} --ttl ${args.token_ttl} 2>/dev/null) || {
      kp_fail 'kubeadm token create failed'; return 1; }
    kp_k_token=$\{kp_k_token##*"$kp_nl"}
  fi
fi
kp_set token "$kp_k_token"
if [ -n ${args.upload_certs} ] && [ "$kp_k_need" = 1 ] && kp_apply; then
  kp_out=$(kubeadm init phase upload-certs --upload-certs 2>&1) || { kp_set output "$kp_out"; kp_fail 'the certificates could not be uploaded'; return 1; }
  kp_set certs_output "$kp_out"
fi`;
}

/**
 * Makes the cluster: the CA where one is given, images, kubeadm init. What state the host is in is looked at once more:
 * where the connection was lost here, this is the second time, and the first has gone on meanwhile.
 */
export function initialise(args: Arguments, version: KubernetesVersion, config: Config): Script {
  const socket = socketOf(args, version);
  const isPullIgnored = args.ignore_preflight_errors.some((name) => /^(ImagePull|all)$/i.test(name));
  const flags = [
    ...config.flags,
    ...(args.upload_certs ? [`${version.minor < 15 ? '--experimental-' : '--'}upload-certs`] : []),
  ];
  const ca =
    args.ca_cert !== undefined &&
    args.ca_key !== undefined &&
    sh`
mkdir -p -m 755 /etc/kubernetes/pki
kp_diff=
kp_write /etc/kubernetes/pki/ca.crt ${args.ca_cert} 0644 root root && kp_write /etc/kubernetes/pki/ca.key ${args.ca_key} 0600 root root || return 1`;
  const pull =
    args.pull_images &&
    !isPullIgnored &&
    sh`
if kp_k_begun kubeadm-pull; then kp_k_job_again kubeadm-pull
else
  kp_k_job_config kubeadm-pull ${config.text} || return 1
  kp_rc=0
  kp_k_missing=
  case ${socket} in
  *docker*) kp_k_have=$(docker image ls --format '{{.Repository}}:{{.Tag}}' 2>/dev/null) ;;
  *containerd*) kp_k_have=$(ctr -n k8s.io images ls -q 2>/dev/null) ;;
  *) kp_k_have= ;;
  esac
  for kp_k_image in $(kubeadm config images list --config "$kp_k_config" 2>/dev/null); do
    case "$kp_nl$kp_k_have$kp_nl" in *"$kp_nl$kp_k_image$kp_nl"*) ;; *) kp_k_missing=1 ;; esac
  done
  [ -z "$kp_k_missing" ] || kp_k_job kubeadm-pull kubeadm config images pull --config "$kp_k_config"
fi
if [ "$kp_rc" != 0 ]; then kp_k_job_end output; kp_fail 'the images of the control plane cannot be pulled'; return 1; fi
rm -rf -- "$kp_k_spool"`;
  return joinScripts([
    jobFunctions,
    sh`
kp_apply || { kp_predict cluster ${ADMIN_CONF} present; kp_predict path ${ADMIN_CONF} 'file 0600 root root'; return 0; }`,
    sh`
if kp_k_begun kubeadm-init; then kp_k_job_again kubeadm-init
elif [ -e ${ADMIN_CONF} ] && [ ! -e ${MARKER} ]; then
  ${kubectl}
  kp_k_list || { kp_set output "$kp_k_nodes"; kp_fail 'the cluster is made, but its API server does not answer'; return 1; }
  ${existing(args)}
  return 0
else
  if [ -e ${MARKER} ]; then kp_k_reset ${socket} || return 1; fi`,
    ca,
    pull,
    sh`
  kp_k_job_config kubeadm-init ${config.text} || return 1
  kp_k_mark || { kp_fail 'cannot write below /var/lib/kprov'; return 1; }
  kp_k_job kubeadm-init kubeadm init --config "$kp_k_spool/config.yaml" ${flags}
fi
kp_k_rc=$kp_rc
kp_k_job_end init_output
kp_set rc "$kp_k_rc"
kp_set log "$kp_k_log"
kp_set kubeadm "$(kubeadm version -o short 2>/dev/null)"
if [ "$kp_k_rc" != 0 ]; then kp_k_kubelet_log; kp_fail "kubeadm init failed with exit code $kp_k_rc"; return 1; fi
kp_open ca_crt; cat /etc/kubernetes/pki/ca.crt; kp_close`,
  ]);
}
