import { Buffer } from 'node:buffer';
import { isEndpoint } from '../../kubernetes/join.js';
import { renderJoinConfig } from '../../kubernetes/kubeadm-config.js';
import type { JoinOptions } from '../../kubernetes/kubeadm-options.js';
import { caCertHash } from '../../kubernetes/pki.js';
import { type KubernetesVersion, parseVersion } from '../../kubernetes/version.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import { type ArgumentsOf, dictionary, flag, integer, type Parameters, text } from '../parameters.js';
import { defineTask, type Outcome, type Program, program, type Report } from '../task.js';
import {
  ADMIN_CONF,
  type JoinValue,
  jobFunctions,
  KUBELET_CONF,
  kubeadmFailure,
  localLog,
  MARKER,
  maskOutput,
  nodeOptions,
  nodeParameters,
  readJoinValue,
  socketOf,
} from './parts/kubeadm.js';
import { steps } from './parts/steps.js';

const parameters = {
  join: dictionary('What kubeadm_init returned as join: endpoint, token, ca_cert_hashes, certificate_key.', {
    required: true,
  }),
  control_plane: flag('Whether the node becomes a further control plane.', { default: false }),
  timeout: integer('Seconds to wait until the node is registered.', { default: 120 }),
  discovery_timeout: text('How long kubeadm looks for the cluster, as it writes durations.', { default: '5m0s' }),
  ...nodeParameters,
} satisfies Parameters;

type Arguments = ArgumentsOf<typeof parameters>;

/** Seconds that a cluster may take to sign a new token; a busy one takes a while. */
const SIGNING_SECONDS = 60;

/**
 * Fails where the cluster does not know the token: kubeadm would look for its signature for as long as it looks for the
 * cluster. What anybody may read of a cluster names the tokens that are valid; without curl nobody is asked.
 */
const tokenIsKnown = (join: JoinValue): Script => sh`
kp_k_token_known() {
  command -v curl >/dev/null 2>&1 || return 0
  kp_out=$(curl -ks --max-time 5 ${`https://${join.endpoint}/api/v1/namespaces/kube-public/configmaps/cluster-info`} 2>/dev/null) || return 0
  case $kp_out in
  *'"kind": "ConfigMap"'* | *'"kind":"ConfigMap"'*) ;;
  *) return 0 ;;
  esac
  case $kp_out in *${`jws-kubeconfig-${join.token.slice(0, 6)}`}*) return 0 ;; esac
  return 1
}
kp_k_i=0
until kp_k_token_known; do
  kp_k_i=$((kp_k_i + 1))
  if [ "$kp_k_i" -gt ${SIGNING_SECONDS} ]; then
    kp_fail 'the cluster does not know the bootstrap token: it has expired, or was deleted; another run makes a fresh one'
    return 1
  fi
  sleep 1
done`;

/** Times that a join is repeated, 10 seconds apart, while a Ready node has its name: a dead one is missed after 40. */
const REBUILT_TRIES = 12;

/** What a cluster says about this node, with the kubelet's own credentials. Sets kp_k_member and reports `ca`. */
const membership = (args: Arguments): Script => sh`
kp_k_node=${args.node_name}
[ -n "$kp_k_node" ] || kp_k_node=$(hostname | tr 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' 'abcdefghijklmnopqrstuvwxyz')
kp_k_kubectl() { kubectl --kubeconfig ${KUBELET_CONF} --request-timeout=10s "$@"; }
# kp_k_membership: yes, no (the cluster answers and does not know the node), or unreachable.
kp_k_membership() {
  kp_out=$(kp_k_kubectl get node "$kp_k_node" -o name 2>&1) && { kp_k_member=yes; return; }
  case $kp_out in
  *'(NotFound)'* | *'Unauthorized'* | *'(Forbidden)'* | *'must be logged in'*) kp_k_member=no ;;
  *) kp_k_member=unreachable ;;
  esac
}`;

const probe = (args: Arguments): Script =>
  joinScripts([
    jobFunctions,
    membership(args),
    sh`
if ! command -v kubeadm >/dev/null 2>&1; then
  if [ -n "$kp_check" ] && kp_has kubeadm; then kp_apply; return 0; fi
  kp_fail 'kubeadm is not installed on this host (task kubernetes_packages)'
  return 1
fi
kp_set node "$kp_k_node"
kp_k_state=absent
kp_k_forget_jobs
if kp_k_running kubeadm-join; then kp_k_state=running
elif [ -e ${KUBELET_CONF} ]; then
  kp_k_conf ${KUBELET_CONF} certificate-authority-data; kp_set ca "$kp_value"
  kp_k_i=0
  while :; do
    kp_k_membership
    [ "$kp_k_member" = unreachable ] && [ "$kp_k_i" -lt 6 ] && [ ! -e ${MARKER} ] || break
    kp_k_i=$((kp_k_i + 1)); sleep 5
  done
  case $kp_k_member in
  yes)
    kp_k_state=joined; [ ! -e ${MARKER} ] || kp_k_state=unfinished
    [ ! -e /etc/kubernetes/manifests/kube-apiserver.yaml ] || kp_set control_plane 1 ;;
  no) kp_k_state=unfinished ;;
  *)
    if [ -e ${MARKER} ]; then kp_k_state=unfinished
    else
      kp_set output "$kp_out"
      kp_fail 'this host belongs to a cluster whose API server does not answer'
      return 1
    fi ;;
  esac
elif kp_k_leftovers; then
  if [ ! -e ${MARKER} ] && { [ -e ${ADMIN_CONF} ] || [ -e /var/lib/etcd/member ]; }; then
    kp_fail 'what is left of a control plane is on this host, perhaps with the data of another cluster: take it away with kubeadm_reset if nobody needs it'
    return 1
  fi
  kp_k_state=unfinished
fi
kp_set state "$kp_k_state"
[ "$kp_k_state" != joined ] || return 0
kp_set kubeadm "$(kubeadm version -o short 2>/dev/null)"`,
  ]);

function joinOptions(args: Arguments, join: JoinValue, version: KubernetesVersion): JoinOptions {
  return {
    endpoint: join.endpoint,
    token: join.token,
    caCertHashes: join.ca_cert_hashes,
    node: nodeOptions(args, version),
    discoveryTimeout: args.discovery_timeout,
    skipPhases: args.skip_phases,
    ...(args.patches !== undefined && { patches: args.patches }),
    ...(args.control_plane && {
      controlPlane: {
        ...(args.advertise_address !== undefined && { advertiseAddress: args.advertise_address }),
        ...(args.bind_port !== undefined && { bindPort: args.bind_port }),
        ...(join.certificate_key !== '' && { certificateKey: join.certificate_key }),
      },
    }),
  };
}

/** What is wrong with the parameters before anything is done with them. */
function problemsOf(join: JoinValue, args: Arguments): string[] {
  const problems: string[] = [];
  if (!isEndpoint(join.endpoint)) problems.push('join.endpoint is not host:port');
  if (join.token === '') {
    problems.push(
      'join.token is empty: kubeadm_init made none because every node of its list "nodes" was in the cluster; this node is not one of them',
    );
  }
  if (args.control_plane && join.certificate_key === '') {
    problems.push('join.certificate_key is empty: kubeadm_init needs upload_certs: yes for further control planes');
  }
  return problems;
}

const failed = (problems: readonly string[]): Outcome => ({ status: 'failed', result: { msg: problems.join('\n') } });

function joinProgram(args: Arguments, join: JoinValue, version: KubernetesVersion, state: string): Program | Outcome {
  const config = renderJoinConfig(version, joinOptions(args, join, version));
  const errors = config.diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.message}. ${d.why ?? ''}`);
  if (errors.length > 0) return failed(errors);
  return program(
    joinScripts([
      jobFunctions,
      membership(args),
      sh`
kp_apply || return 0
kp_set node "$kp_k_node"`,
      // Where the connection was lost here, this is the second time, and the first has gone on meanwhile.
      sh`
kp_k_now=${state}
if kp_k_begun kubeadm-join; then kp_k_now=running
elif [ -e ${KUBELET_CONF} ] && [ ! -e ${MARKER} ] && { kp_k_membership; [ "$kp_k_member" = yes ]; }; then return 0
elif [ -e ${MARKER} ] || [ "$kp_k_now" = unfinished ]; then kp_k_reset ${socketOf(args, version)} || return 1
fi
kp_k_prepare() {
  kp_k_job_config kubeadm-join ${config.text} || return 1
  kp_k_mark || { kp_fail 'cannot write below /var/lib/kprov'; return 1; }
}
kp_k_join() { kp_k_job kubeadm-join kubeadm join --config "$kp_k_spool/config.yaml" ${config.flags}; }`,
      sh`
if [ "$kp_k_now" = running ]; then kp_k_job_again kubeadm-join
else`,
      tokenIsKnown(join),
      sh`
kp_k_prepare || return 1
kp_k_join
fi
kp_k_i=0
while :; do
  kp_k_rc=$kp_rc
  # A machine that was made anew under its name: for a while the cluster takes the old one for alive.
  [ "$kp_k_rc" != 0 ] && [ "$kp_k_i" -lt ${REBUILT_TRIES} ] && grep -q 'already exists in the cluster' "$kp_k_spool/output" || break
  kp_k_i=$((kp_k_i + 1)); sleep 10
  kp_k_reset ${socketOf(args, version)} && kp_k_prepare || return 1
  kp_k_join
done
kp_k_job_end join_output
kp_set rc "$kp_k_rc"
kp_set log "$kp_k_log"
if [ "$kp_k_rc" != 0 ]; then kp_k_kubelet_log; kp_fail "kubeadm join failed with exit code $kp_k_rc"; return 1; fi
kp_k_i=0
while kp_k_membership; [ "$kp_k_member" != yes ]; do
  kp_k_i=$((kp_k_i + 1))
  if [ "$kp_k_i" -gt ${args.timeout} ]; then
    kp_k_kubelet_log
    kp_fail "the node $kp_k_node has joined, but the cluster does not know it after "${args.timeout}" s"
    return 1
  fi
  sleep 1
done`,
    ]),
  );
}

function belongsTo(report: Report, join: JoinValue): string[] {
  const ca = report.text('ca');
  if (ca === undefined || ca === '' || join.ca_cert_hashes.length === 0) return [];
  const hash = caCertHash(Buffer.from(ca, 'base64').toString('utf8'));
  if (join.ca_cert_hashes.includes(hash)) return [];
  return [`this host is a node of another cluster (its CA is ${hash}): take it out first with kubeadm_reset`];
}

const hasRole = (report: Report, args: Arguments): boolean =>
  (report.text('control_plane') !== undefined) === args.control_plane;

/** kubeadm makes no control plane of a worker, and no worker of a control plane. */
const otherRole = (args: Arguments): string => {
  const [is, wanted] = args.control_plane ? ['worker', 'control plane'] : ['control plane', 'worker'];
  return `this host is a ${is} of the cluster, and is to be a ${wanted}: take it out of the cluster first (kprov reset --limit HOST), then run this again`;
};

function continueWith(report: Report, args: Arguments, isDryRun: boolean): Program | Outcome | undefined {
  const state = report.text('state');
  if (state === undefined) return undefined;
  const join = readJoinValue(args.join);
  const kubeadm = report.text('kubeadm');
  const foreign = belongsTo(report, join);
  if (foreign.length > 0) return failed(foreign);
  if (state === 'joined') return hasRole(report, args) ? undefined : failed([otherRole(args)]);
  if (kubeadm === undefined) return undefined;
  // A dry run makes no token: that it would be made is enough to know that the node would join.
  if (isDryRun && join.token === '' && isEndpoint(join.endpoint)) return program(sh`kp_apply || return 0`);
  const problems = problemsOf(join, args);
  return problems.length > 0 ? failed(problems) : joinProgram(args, join, parseVersion(kubeadm), state);
}

export const kubeadmJoin = defineTask({
  name: 'kubeadm_join',
  collection: 'kprov.kubernetes',
  summary: 'Makes the host a node of the cluster with kubeadm join.',
  description:
    'Whether it is one is asked of the cluster, with the credentials of its kubelet. A join that was interrupted is taken back and repeated; a node of another cluster is left alone. Further control planes have to join one at a time (throttle: 1, or serial: 1). The output is kept in /var/log/kprov/kubeadm-join.log.',
  parameters,
  returns: { node: 'name of the node', output: 'what kubeadm printed', log: 'where it is kept on the host' },
  example: `- name: Workers join as soon as the first control plane is there
  kubeadm_join: {join: "{{ hostvars[groups.control_plane[0]].init.join }}"}`,
  inCheckMode: 'predicts',
  compile: (args, context) => steps(probe(args), (report) => continueWith(report, args, context.checkMode)),
  interpret: (report, args, context) => {
    const output = report.text('join_output');
    const { token, certificate_key } = readJoinValue(args.join);
    const secrets = [token, certificate_key].filter(Boolean);
    const save = localLog(context, 'kubeadm-join', output);
    if (report.status === 'failed') return { result: kubeadmFailure(report, output), secrets, save };
    const node = report.text('node');
    const log = report.text('log');
    return {
      result: {
        ...(node !== undefined && { node }),
        ...(output !== undefined && { output: maskOutput(output), stdout: maskOutput(output) }),
        ...(log !== undefined && { log }),
      },
      secrets,
      save,
    };
  },
});
