import { firstControlPlane, type HeldCluster, joiningHosts } from '../../kubernetes/first-control-plane.js';
import { caCertHash } from '../../kubernetes/pki.js';
import { joinScripts, sh } from '../../shell/index.js';
import { isMapping, type Value } from '../../values/index.js';
import { anything, list } from '../parameters.js';
import { defineTask, program, type Report } from '../task.js';
import { ADMIN_CONF, jobFunctions, KUBELET_CONF, MARKER } from './parts/kubeadm.js';

/** A ca.crt that is no certificate tells nothing. */
function hashOf(report: Report): string | undefined {
  try {
    return caCertHash(report.text('ca_crt') ?? '');
  } catch {
    return undefined;
  }
}

export const kubeadmState = defineTask({
  name: 'kubeadm_state',
  collection: 'kprov.kubernetes',
  summary: 'Says what kubeadm has made of the host so far.',
  description:
    'control_plane: a control plane, or what is left of one; worker: a node without one; initialising: kubeadm init runs there now; unfinished, joining: an init or a join was interrupted; absent: nothing. Changes nothing.',
  parameters: {},
  returns: { state: 'what it is', host: 'the name in the inventory', ca_hash: "hash of its cluster's CA" },
  example: `- name: What the control planes hold
  kubeadm_state:
  register: kubeadm_state`,
  inCheckMode: 'predicts',
  compile: () =>
    program(
      joinScripts([
        jobFunctions,
        sh`
kp_k_state=absent
if kp_k_running kubeadm-init; then kp_k_state=initialising
elif [ -e ${MARKER} ]; then
  kp_k_what=; read -r kp_k_what <${MARKER}
  if [ "$kp_k_what" = kubeadm-join ]; then kp_k_state=joining; else kp_k_state=unfinished; fi
elif [ -e ${ADMIN_CONF} ] || [ -e /etc/kubernetes/manifests/kube-apiserver.yaml ] || [ -e /var/lib/etcd/member ]; then kp_k_state=control_plane
elif [ -e ${KUBELET_CONF} ]; then kp_k_state=worker
fi
kp_set state "$kp_k_state"
if [ "$kp_k_state" != absent ]; then kp_open ca_crt; cat /etc/kubernetes/pki/ca.crt 2>/dev/null; kp_close; fi
return 0`,
      ]),
    ),
  interpret: (report, _, context) => {
    const hash = hashOf(report);
    return {
      result: {
        state: report.text('state') ?? '',
        host: context.host,
        ...(hash !== undefined && { ca_hash: hash }),
      },
    };
  },
});

const heldBy = (value: Value): HeldCluster[] => {
  if (!isMapping(value) || typeof value.host !== 'string' || typeof value.state !== 'string') return [];
  const { host, state, ca_hash } = value;
  return [{ host, state, ...(typeof ca_hash === 'string' && { caHash: ca_hash }) }];
};

export const firstControlPlaneTask = defineTask({
  name: 'first_control_plane',
  collection: 'kprov.kubernetes',
  summary:
    'Decides which control plane makes the cluster: the one that holds it already, or else the first of the list.',
  description:
    'It reads what kubeadm_state has registered, and asks no host. Where no control plane is known to hold a cluster and one of them could not be asked, it fails: that one may hold it. It fails as well where they hold different clusters.',
  parameters: {
    hosts: list('Names of all control planes, in the order in which they are preferred.', { required: true }),
    states: anything(
      'The registered results of kubeadm_state, as many as there are; those of workers tell who has still to join.',
      {
        required: true,
      },
    ),
  },
  returns: {
    first: 'name of the host',
    exists: 'whether it holds the cluster already',
    joining: 'names of the hosts that are not in a cluster yet',
  },
  example: `- name: The first control plane
  first_control_plane:
    hosts: "{{ groups.control_plane }}"
    states: "{{ ansible_play_hosts | map('extract', hostvars, 'kubeadm_state') | select('defined') | list }}"
  register: first_control_plane
  run_once: true`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const states = (Array.isArray(args.states) ? args.states : [args.states]).flatMap(heldBy);
    const decision = firstControlPlane(args.hosts, states);
    if ('problem' in decision) return { status: 'failed', result: { msg: decision.problem } };
    return { status: 'ok', result: { ...decision, joining: joiningHosts(states) } };
  },
});
