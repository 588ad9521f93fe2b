import { joinScripts, sh } from '../../shell/index.js';
import { list } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { apiTimeoutParameter, kubeconfigParameter, kubectlFunctions } from './parts/kubectl.js';
import { plainFields } from './parts/report.js';

/** Seconds of one exec; etcdctl itself gives up after 5. */
const EXEC_SECONDS = 20;
const EXEC_TRIES = 3;

export const etcdDeadMembers = defineTask({
  name: 'etcd_dead_members',
  collection: 'kprov.kubernetes',
  summary: 'Takes members out of etcd whose machines were lost or made anew.',
  description:
    'etcd lets nobody join while one of its members does not answer, and counts a lost one for its majority. Of the members of these names those are taken out that do not answer; others are left alone. It is for control planes that keep etcd themselves, as kubeadm sets them up.',
  parameters: {
    names: list('Names of nodes that hold nothing of the cluster any more, or are about to.', { required: true }),
    ...apiTimeoutParameter,
    ...kubeconfigParameter,
  },
  returns: { removed: 'the members that were taken out' },
  example: `- name: etcd misses nobody who comes anew
  etcd_dead_members: {names: [node3]}
  delegate_to: "{{ groups.control_plane[0] }}"`,
  inCheckMode: 'predicts',
  compile: (args) =>
    program(
      joinScripts([
        kubectlFunctions(args.kubeconfig, args.api_timeout),
        sh`
if [ -n "$kp_k_future" ] || [ ! -e /etc/kubernetes/manifests/etcd.yaml ]; then return 0; fi
kp_k_self= kp_k_ca= kp_k_cert= kp_k_key=
while read -r _ kp_k_word _; do
  case $kp_k_word in
  --name=*) kp_k_self=$\{kp_k_word#*=} ;;
  --trusted-ca-file=*) kp_k_ca=$\{kp_k_word#*=} ;;
  --cert-file=*) kp_k_cert=$\{kp_k_word#*=} ;;
  --key-file=*) kp_k_key=$\{kp_k_word#*=} ;;
  esac
done </etc/kubernetes/manifests/etcd.yaml
kp_k_bounded=
if command -v timeout >/dev/null 2>&1; then kp_k_bounded='timeout -k 5 '${EXEC_SECONDS}; fi
# kp_k_exec COMMAND…: in the pod of this node's own member. No option of kubectl bounds an exec whose stream came to nothing.
kp_k_exec() {
  kp_k_tries=0
  until kp_out=$($kp_k_bounded kubectl --kubeconfig ${args.kubeconfig} -n kube-system exec "etcd-$kp_k_self" -c etcd -- "$@" </dev/null 2>&1); do
    kp_rc=$?
    kp_k_tries=$((kp_k_tries + 1))
    case $kp_rc in
    124 | 137) [ "$kp_k_tries" -ge ${EXEC_TRIES} ] || continue; kp_out="kubectl exec did not end within "${EXEC_SECONDS}" s, "${EXEC_TRIES}" times" ;;
    esac
    return 1
  done
}
# kp_k_etcdctl URL ARGUMENT…
kp_k_etcdctl() {
  kp_k_url=$1; shift
  set -- --endpoints="$kp_k_url" --cacert="$kp_k_ca" --cert="$kp_k_cert" --key="$kp_k_key" "$@"
  kp_k_exec etcdctl "$@" && return
  # Before 3.4 etcdctl speaks another protocol unless it is told; newer images hold no shell, and need none.
  case $kp_out in *'flag provided but not defined'*) kp_k_exec env ETCDCTL_API=3 etcdctl "$@" ;; *) return 1 ;; esac
}
kp_k_api || {
  kp_set hint 'If half of the members of etcd or more are lost, it serves nobody: start it once on this host with --force-new-cluster in /etc/kubernetes/manifests/etcd.yaml, then run this again.'
  return 1
}
kp_k_etcdctl https://127.0.0.1:2379 member list || {
  kp_set output "$kp_out"; kp_fail 'the members of etcd cannot be listed'; return 1; }
kp_k_removed=
while IFS=, read -r kp_k_id _ kp_k_name _ kp_k_client _; do
  kp_k_name=$\{kp_k_name# } kp_k_client=$\{kp_k_client# }
  kp_k_wanted=
  for kp_k_asked in ${args.names}; do
    if [ "$kp_k_asked" = "$kp_k_name" ] && [ "$kp_k_asked" != "$kp_k_self" ]; then kp_k_wanted=1; fi
  done
  [ -n "$kp_k_wanted" ] || continue
  if kp_k_etcdctl "$kp_k_client" endpoint health; then continue; fi
  kp_apply || continue
  kp_k_etcdctl https://127.0.0.1:2379 member remove "$kp_k_id" || {
    kp_set output "$kp_out"; kp_fail "the dead member $kp_k_name cannot be taken out of etcd"; return 1; }
  kp_k_removed="$kp_k_removed $kp_k_name"
done <<KP_END
$kp_out
KP_END
kp_set removed "$\{kp_k_removed# }"`,
      ]),
    ),
  interpret: (report) => ({
    result: {
      ...plainFields(report, ['msg', 'output', 'hint']),
      removed: (report.text('removed') ?? '').split(' ').filter(Boolean),
    },
  }),
});
