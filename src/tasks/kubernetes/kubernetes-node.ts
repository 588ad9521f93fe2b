import { joinScripts, sh } from '../../shell/index.js';
import { choice, integer, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { apiTimeoutParameter, kubeconfigParameter, kubectlFunctions } from './parts/kubectl.js';
import { plainFields } from './parts/report.js';

export const kubernetesNode = defineTask({
  name: 'kubernetes_node',
  collection: 'kprov.kubernetes',
  summary: 'Empties a node of a cluster, or makes the cluster forget it.',
  description:
    'drained: nothing is scheduled on it any more and its pods have gone elsewhere, those of daemon sets excepted; on a node that is not Ready nothing is waited for. absent: the cluster does not know it any more; take the machine itself back with kubeadm_reset before. A node that the cluster does not know is either already, and so is every node where there is no cluster.',
  parameters: {
    name: text('Name of the node.', { required: true }),
    state: choice('What is wanted of it.', ['drained', 'absent'], { required: true }),
    timeout: integer('Seconds that pods may take to go elsewhere.', { default: 180 }),
    ...apiTimeoutParameter,
    ...kubeconfigParameter,
  },
  returns: { cluster: 'reached, or none where the host has no kubeconfig, or silent' },
  example: `- name: The cluster forgets the node
  kubernetes_node: {name: "{{ inventory_hostname }}", state: absent}
  delegate_to: "{{ groups.control_plane[0] }}"`,
  inCheckMode: 'predicts',
  compile: (args) =>
    program(
      joinScripts([
        sh`
if [ ! -e ${args.kubeconfig} ] && ! { [ -n "$kp_check" ] && kp_predicted cluster ${args.kubeconfig}; }; then kp_set cluster none; return 0; fi`,
        kubectlFunctions(args.kubeconfig, args.api_timeout),
        sh`
[ -z "$kp_k_future" ] || return 0
kp_k_api || return 1
kp_k_node=${args.name}
kp_out=$(kp_k_kubectl get node "$kp_k_node" -o 'jsonpath={.spec.unschedulable}/{range .status.conditions[?(@.type=="Ready")]}{.status}{end}' 2>&1) || {
  case $kp_out in *'(NotFound)'*) kp_set cluster reached; return 0 ;; esac
  kp_set output "$kp_out"; kp_fail "the cluster says nothing about the node $kp_k_node"; return 1
}
kp_set cluster reached`,
        args.state === 'absent'
          ? sh`
kp_apply || return 0
kp_try kp_k_kubectl delete node "$kp_k_node" || return 1`
          : sh`
kp_k_ready=$\{kp_out##*/}
case $kp_out in
true/True)
  # Cordoned before: what is left on it, but for daemon sets and static pods?
  kp_out=$(kp_k_kubectl get pods --all-namespaces --field-selector "spec.nodeName=$kp_k_node" -o 'jsonpath={range .items[*]}{.metadata.ownerReferences[0].kind}.{" "}{end}' 2>&1) || {
    kp_set output "$kp_out"; kp_fail "the pods of the node $kp_k_node cannot be listed"; return 1; }
  kp_k_left=
  for kp_k_kind in $kp_out; do case $kp_k_kind in DaemonSet. | Node.) ;; *) kp_k_left=1 ;; esac; done
  [ -n "$kp_k_left" ] || return 0 ;;
true/*) return 0 ;;
esac
kp_apply || return 0
kp_try kp_k_kubectl cordon "$kp_k_node" || return 1
[ "$kp_k_ready" = True ] || return 0
kp_k_local=--delete-local-data
case $(kubectl drain --help 2>/dev/null) in *--delete-emptydir-data*) kp_k_local=--delete-emptydir-data ;; esac
kp_out=$(kubectl --kubeconfig ${args.kubeconfig} drain "$kp_k_node" --ignore-daemonsets --force "$kp_k_local" --timeout ${`${args.timeout}s`} 2>&1) || {
  kp_set output "$kp_out"
  kp_fail "pods of the node $kp_k_node have not gone elsewhere within "${args.timeout}" s"
  return 1
}`,
      ]),
    ),
  interpret: (report) => ({
    result: { ...plainFields(report, ['msg', 'output', 'cmd', 'rc']), cluster: report.text('cluster') ?? 'silent' },
  }),
});
