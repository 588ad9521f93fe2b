import { type Script, sh } from '../../../shell/index.js';
import { integer, path } from '../../parameters.js';
import { ADMIN_CONF } from './kubeadm.js';

export const kubeconfigParameter = {
  kubeconfig: path('kubeconfig on the host to work with.', { default: ADMIN_CONF }),
} as const;

/** Seconds that an API server is waited for which does not answer: after a reboot it takes a moment. */
const API_SECONDS = 60;

export const apiTimeoutParameter = {
  api_timeout: integer('Seconds to wait for an API server that does not answer.', { default: API_SECONDS }),
} as const;

/**
 * kp_k_kubectl ARGUMENT…, kp_k_api to wait for the API server, and a guard: in check mode, where the cluster is only
 * foretold, kp_k_future is set and the task says what it would do without asking anybody.
 */
export const kubectlFunctions = (kubeconfig: string, apiSeconds = API_SECONDS): Script => sh`
kp_k_kubectl() { kubectl --kubeconfig ${kubeconfig} --request-timeout=60s "$@"; }
kp_k_future=
if [ ! -e ${kubeconfig} ] && [ -n "$kp_check" ] && kp_predicted cluster ${kubeconfig}; then kp_k_future=1
elif [ ! -e ${kubeconfig} ]; then
  if [ -n "$kp_dry" ]; then kp_unknown "there is no cluster on this host yet: no "${kubeconfig}; return 0; fi
  kp_fail "there is no "${kubeconfig}" on this host: not a control plane, or kubeadm_init has not run"
  return 1
fi
kp_k_api() {
  kp_k_end=${apiSeconds}
  kp_k_end=$((kp_k_end + $(date +%s)))
  until kp_out=$(kubectl --kubeconfig ${kubeconfig} --request-timeout=5s get --raw /healthz 2>&1); do
    if [ "$(date +%s)" -ge "$kp_k_end" ]; then kp_set output "$kp_out"; kp_fail 'the API server does not answer'; return 1; fi
    sleep 2
  done
}
`;

/**
 * kp_k_wait_nodes SECONDS NAME…: every node (and each of these) is there and Ready; else says which are not, why, and
 * which pods do not run.
 */
export const waitFunctions: Script = sh`
kp_k_wait_nodes() {
  kp_k_end=$(($(date +%s) + $1)); shift
  while :; do
    kp_k_states=$(kp_k_kubectl get nodes -o 'jsonpath={range .items[*]}{.metadata.name}={range .status.conditions[?(@.type=="Ready")]}{.status}{end} {end}' 2>&1)
    kp_k_bad=
    for kp_k_state in $kp_k_states; do case $kp_k_state in *=True) ;; *) kp_k_bad="$kp_k_bad $\{kp_k_state%%=*}" ;; esac; done
    for kp_k_node in "$@"; do case " $kp_k_states" in *" $kp_k_node="*) ;; *) kp_k_bad="$kp_k_bad $kp_k_node (not there)" ;; esac; done
    case $kp_k_states in *=*) [ -n "$kp_k_bad" ] || break ;; esac
    if [ "$(date +%s)" -ge "$kp_k_end" ]; then
      kp_open output
      printf '%s\n' "$kp_k_states"
      kp_k_kubectl get nodes -o 'jsonpath={range .items[*]}{.metadata.name}: {range .status.conditions[?(@.type=="Ready")]}{.reason}: {.message}{end}{"\n"}{end}' 2>&1
      kp_k_kubectl get pods --all-namespaces -o wide 2>&1
      kp_close
      kp_fail "not Ready in time:$kp_k_bad"
      return 1
    fi
    sleep 2
  done
  kp_set nodes "$kp_k_states"
}
`;

/** kp_k_digest FILE: its sha256 in kp_value. */
export const digestFunction: Script = sh`
kp_k_digest() { kp_value=$(sha256sum <"$1") && kp_value=$\{kp_value%% *}; }
`;
