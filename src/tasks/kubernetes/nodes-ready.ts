import { joinScripts, sh } from '../../shell/index.js';
import { integer, list } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { manifestResult } from './cni.js';
import { kubeconfigParameter, kubectlFunctions, waitFunctions } from './parts/kubectl.js';

export const nodesReady = defineTask({
  name: 'nodes_ready',
  collection: 'kprov.kubernetes',
  summary: 'Waits until the nodes of the cluster are there and Ready.',
  description: 'Where they are not in time, the result says which, why, and what the pods of the cluster do.',
  parameters: {
    nodes: list('Names of nodes that have to be there. Default: whichever are there.', { default: [] }),
    timeout: integer('Seconds to wait.', { default: 300 }),
    ...kubeconfigParameter,
  },
  returns: { nodes: 'the nodes and whether they are Ready' },
  example: `- name: The whole cluster is Ready
  nodes_ready: {nodes: "{{ groups.cluster }}"}`,
  inCheckMode: 'predicts',
  compile: (args) =>
    program(
      joinScripts([
        kubectlFunctions(args.kubeconfig),
        waitFunctions,
        sh`
[ -z "$kp_k_future" ] || { kp_unknown 'the cluster is not made yet'; return 0; }
# A dry run does not wait for what it has not brought about.
if [ -n "$kp_check" ]; then
  kp_k_states=$(kp_k_kubectl get nodes -o 'jsonpath={range .items[*]}{.metadata.name}={range .status.conditions[?(@.type=="Ready")]}{.status}{end} {end}' 2>/dev/null)
  kp_set nodes "$kp_k_states"
  for kp_k_node in ${args.nodes}; do
    case " $kp_k_states" in *" $kp_k_node="*) ;; *) kp_unknown "the node $kp_k_node has not joined yet"; return 0 ;; esac
  done
  return 0
fi
kp_k_wait_nodes ${args.timeout} ${args.nodes}`,
      ]),
    ),
  interpret: (report) => ({ result: manifestResult(report) }),
});
