import { KprovError } from '../../errors/index.js';
import { type JoinParameters, parseJoinCommand } from '../../kubernetes/join.js';
import { renderInitConfig } from '../../kubernetes/kubeadm-config.js';
import { readKubeadmFile } from '../../kubernetes/kubeadm-file.js';
import type { ClusterOptions, InitOptions } from '../../kubernetes/kubeadm-options.js';
import { caCertHash, checkCa } from '../../kubernetes/pki.js';
import { checkSkew } from '../../kubernetes/skew.js';
import { type KubernetesVersion, parseVersion } from '../../kubernetes/version.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { type ArgumentsOf, choice, dictionary, flag, list, type Parameters, text } from '../parameters.js';
import {
  type Diff,
  defineTask,
  type Interpretation,
  type Outcome,
  type Program,
  program,
  type Report,
  type TaskContext,
} from '../task.js';
import {
  ADMIN_CONF,
  extraArgs,
  jobFunctions,
  KUBELET_CONF,
  kubeadmFailure,
  MARKER,
  maskOutput,
  nodeOptions,
  nodeParameters,
  socketOf,
} from './parts/kubeadm.js';
import { steps } from './parts/steps.js';

const parameters = {
  kubernetes_version: text("The version of the control plane. Default: kubeadm's own."),
  config: text('A kubeadm.yaml of your own, as text; passed through as it is.'),
  config_file: text('The same as a file of the control machine.'),
  image_repository: text('Where the images come from.'),
  pod_subnet: text('Subnet of the pods.'),
  service_subnet: text('Subnet of the services.'),
  dns_domain: text('Domain of the services.'),
  control_plane_endpoint: text('host:port in front of all control planes; needed for more than one of them.'),
  apiserver_cert_sans: list("Further names and addresses of the API server's certificate.", { default: [] }),
  apiserver_extra_args: dictionary('Flags of the API server, without dashes.', { default: {} }),
  controller_manager_extra_args: dictionary('Flags of the controller manager.', { default: {} }),
  scheduler_extra_args: dictionary('Flags of the scheduler.', { default: {} }),
  etcd_extra_args: dictionary('Flags of etcd.', { default: {} }),
  feature_gates: dictionary("kubeadm's feature gates, name: boolean.", { default: {} }),
  proxy_mode: choice("kube-proxy's mode.", ['iptables', 'ipvs', 'nftables']),
  cgroup_driver: choice('The cgroup driver of the kubelet: that of the runtime.', ['systemd', 'cgroupfs'], {
    default: 'systemd',
  }),
  kubelet_configuration: dictionary('Further fields of KubeletConfiguration.', { default: {} }),
  kube_proxy_configuration: dictionary('Further fields of KubeProxyConfiguration.', { default: {} }),
  token_ttl: text('How long the bootstrap token lives, as kubeadm writes it.', { default: '24h0m0s' }),
  token: text('A bootstrap token of your own. Default: kubeadm makes one.', { secret: true }),
  upload_certs: flag('Whether certificates are uploaded for further control planes. They live two hours.', {
    default: false,
  }),
  certificate_key: text('The key that they are encrypted with. Default: kubeadm makes one.', { secret: true }),
  ca_cert: text('A CA certificate of your own (PEM).'),
  ca_key: text('Its private key (PEM, not encrypted).', { secret: true }),
  pull_images: flag('Whether images are pulled first, where the runtime lacks one.', { default: true }),
  nodes: list(
    'Names of the nodes that shall be in the cluster. Where all of them are, no fresh join parameters are made.',
  ),
  ...nodeParameters,
} satisfies Parameters;

type Arguments = ArgumentsOf<typeof parameters>;

function clusterOptions(args: Arguments): ClusterOptions {
  const etcd = extraArgs(args.etcd_extra_args);
  return {
    ...(args.image_repository !== undefined && { imageRepository: args.image_repository }),
    ...(args.pod_subnet !== undefined && { podSubnet: args.pod_subnet }),
    ...(args.service_subnet !== undefined && { serviceSubnet: args.service_subnet }),
    ...(args.dns_domain !== undefined && { dnsDomain: args.dns_domain }),
    ...(args.control_plane_endpoint !== undefined && { controlPlaneEndpoint: args.control_plane_endpoint }),
    apiServer: { extraArgs: extraArgs(args.apiserver_extra_args), certSANs: args.apiserver_cert_sans },
    controllerManager: { extraArgs: extraArgs(args.controller_manager_extra_args) },
    scheduler: { extraArgs: extraArgs(args.scheduler_extra_args) },
    ...(Object.keys(etcd).length > 0 && { etcd: { local: { extraArgs: etcd } } }),
    featureGates: Object.fromEntries(Object.entries(args.feature_gates).map(([name, value]) => [name, value === true])),
  };
}

const initOptions = (args: Arguments, version: KubernetesVersion): InitOptions => ({
  cluster: clusterOptions(args),
  node: nodeOptions(args, version),
  ...(args.advertise_address !== undefined && { advertiseAddress: args.advertise_address }),
  ...(args.bind_port !== undefined && { bindPort: Number(args.bind_port) }),
  ...(args.token !== undefined && { bootstrapToken: { token: args.token, ttl: args.token_ttl } }),
  ...(args.upload_certs && args.certificate_key !== undefined && { certificateKey: args.certificate_key }),
  skipPhases: args.skip_phases,
  ...(args.patches !== undefined && { patches: args.patches }),
  ...(args.proxy_mode !== undefined && { proxyMode: args.proxy_mode }),
  cgroupDriver: args.cgroup_driver,
  kubeletConfiguration: args.kubelet_configuration,
  kubeProxyConfiguration: args.kube_proxy_configuration,
});

interface Config {
  text: string;
  flags: readonly string[];
  errors: readonly string[];
}

/** The user's own file, or the one made from the arguments. */
function configOf(
  args: Arguments,
  version: KubernetesVersion,
  kubeadm: KubernetesVersion,
  context: TaskContext,
): Config {
  const own =
    args.config_file === undefined ? args.config : context.files.read(context.find('files', args.config_file));
  if (own === undefined) {
    const config = renderInitConfig(version, initOptions(args, kubeadm), kubeadm);
    const errors = config.diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.message}. ${d.why ?? ''}`);
    return { text: config.text, flags: config.flags, errors };
  }
  const file = readKubeadmFile(own, args.config_file ?? 'config', version, kubeadm);
  const ignored = args.ignore_preflight_errors;
  return {
    text: own,
    flags: ignored.length === 0 ? [] : [`--ignore-preflight-errors=${ignored.join(',')}`],
    errors: file.diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.message}. ${d.fix ?? ''}`),
  };
}

/** What state the host is in: field `state` is absent, existing, running or unfinished; and for what exists, the rest. */
function probe(args: Arguments): Script {
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
kp_k_kubectl() { kubectl --kubeconfig ${ADMIN_CONF} --request-timeout=10s "$@"; }
if kp_k_running kubeadm-init; then kp_k_versions; kp_set state running; return 0; fi
kp_k_state=absent
if [ -e ${ADMIN_CONF} ]; then
  # After a reboot the control plane needs a moment; a half-made one never comes.
  kp_k_i=0 kp_k_state=broken
  while :; do
    if kp_k_nodes=$(kp_k_kubectl get nodes -o 'jsonpath={range .items[*]}{.metadata.name}{" "}{end}' 2>&1); then kp_k_state=existing; break; fi
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
kp_k_need=${nodes === undefined ? 'unknown' : ''}
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

/** Makes the cluster: the CA where one is given, images, kubeadm init. */
function initialise(args: Arguments, version: KubernetesVersion, config: Config, state: string): Script {
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
kp_k_missing=
case ${socket} in
*docker*) kp_k_have=$(docker image ls --format '{{.Repository}}:{{.Tag}}' 2>/dev/null) ;;
*containerd*) kp_k_have=$(ctr -n k8s.io images ls -q 2>/dev/null) ;;
*) kp_k_have= ;;
esac
for kp_k_image in $(kubeadm config images list --config "$kp_k_config" 2>/dev/null); do
  case "$kp_nl$kp_k_have$kp_nl" in *"$kp_nl$kp_k_image$kp_nl"*) ;; *) kp_k_missing=1 ;; esac
done
if [ -n "$kp_k_missing" ]; then
  kp_out=$(kubeadm config images pull --config "$kp_k_config" 2>&1) || {
    kp_set output "$kp_out"; rm -rf -- "$kp_k_spool"; kp_fail 'the images of the control plane cannot be pulled'; return 1; }
fi`;
  return joinScripts([
    jobFunctions,
    sh`
kp_apply || { kp_predict cluster ${ADMIN_CONF} present; kp_predict path ${ADMIN_CONF} 'file 0600 root root'; return 0; }`,
    state === 'unfinished' && sh`kp_k_reset ${socket} || return 1`,
    ca,
    state !== 'running' && sh`kp_k_job_config kubeadm-init ${config.text} || return 1`,
    state !== 'running' && pull,
    state !== 'running' && sh`kp_k_mark || { kp_fail 'cannot write below /var/lib/kprov'; return 1; }`,
    sh`
kp_k_job kubeadm-init kubeadm init --config "$kp_k_spool/config.yaml" ${flags}
kp_k_rc=$kp_rc
kp_k_job_end init_output
kp_set rc "$kp_k_rc"
kp_set log "$kp_k_log"
kp_set kubeadm "$(kubeadm version -o short 2>/dev/null)"
if [ "$kp_k_rc" != 0 ]; then kp_k_kubelet_log; kp_fail "kubeadm init failed with exit code $kp_k_rc"; return 1; fi
kp_open ca_crt; cat /etc/kubernetes/pki/ca.crt; kp_close`,
  ]);
}

function continueWith(report: Report, args: Arguments, context: TaskContext): Program | Outcome | undefined {
  const state = report.text('state');
  const kubeadm = report.text('kubeadm');
  if (state === undefined || kubeadm === undefined || state === 'existing') return undefined;
  const installed = parseVersion(kubeadm);
  const asked = args.kubernetes_version === undefined ? installed : parseVersion(args.kubernetes_version);
  const version = asked.patch === undefined && asked.minor === installed.minor ? installed : asked;
  const kubelet = /v\d+\.\d+\.\d+/.exec(report.text('kubelet') ?? '')?.[0];
  const problems = checkSkew({
    apiServer: version,
    kubeadm: installed,
    kubelet: kubelet === undefined ? undefined : parseVersion(kubelet),
  }).map((d) => `${d.message}. ${d.fix ?? ''}`);
  const config = configOf(args, version, installed, context);
  problems.push(...config.errors);
  if (args.ca_cert !== undefined && args.ca_key !== undefined) {
    const now = new Date(Number(report.text('now')) * 1000);
    problems.push(
      ...checkCa({ certificate: args.ca_cert, key: args.ca_key }, now).map((d) => `${d.message}. ${d.fix ?? ''}`),
    );
  }
  if (problems.length > 0) return { status: 'failed', result: { msg: problems.join('\n') } };
  return program(initialise(args, installed, config, state));
}

/** The configuration that init gets, for the diff, as far as the version is known. */
function plannedConfig(report: Report, args: Arguments, context: TaskContext): Diff[] {
  const known = report.text('kubeadm') ?? args.kubernetes_version;
  if (known === undefined) return [];
  const version = parseVersion(known);
  const after = maskOutput(configOf(args, version, version, context).text);
  return [{ before: '', after, beforeHeader: 'kubeadm init', afterHeader: 'kubeadm init' }];
}

const joinResult = (join: Partial<JoinParameters>): Mapping => ({
  endpoint: join.endpoint ?? '',
  token: join.token ?? '',
  ca_cert_hashes: [...(join.caCertHashes ?? [])],
  certificate_key: join.certificateKey ?? '',
});

const secretsOf = (join: Partial<JoinParameters>): string[] =>
  [join.token, join.certificateKey].filter((secret) => secret !== undefined && secret !== '') as string[];

/** After init: what it printed, checked against the CA certificate on the host. */
function afterInit(output: string, report: Report): Interpretation {
  const join = parseJoinCommand(output);
  const hash = caCertHash(report.text('ca_crt') ?? '');
  if (!join.caCertHashes.includes(hash)) {
    throw new KprovError('ca-hash-mismatch', 'the CA hash that kubeadm printed is not that of ca.crt', {
      why: `ca.crt has ${hash}, kubeadm printed ${join.caCertHashes.join(', ')}.`,
      fix: 'Look at /etc/kubernetes/pki on the host: something changed it.',
    });
  }
  const log = report.text('log');
  const masked = maskOutput(output);
  return {
    result: { join: joinResult(join), output: masked, stdout: masked, ...(log !== undefined && { log }) },
    secrets: secretsOf(join),
  };
}

/** For a cluster that was there: fresh parameters, or the endpoint and hashes alone where nobody has to join. */
function ofExisting(report: Report): Interpretation {
  const endpoint = (report.text('server') ?? '').replace(/^https:\/\//, '');
  const certificate = report.text('ca_crt') ?? '';
  const key = /certificate key:\s*([0-9a-f]{64})/.exec(report.text('certs_output') ?? '')?.[1];
  const join = {
    endpoint,
    token: report.text('token') ?? '',
    caCertHashes: certificate === '' ? [] : [caCertHash(certificate)],
    ...(key !== undefined && { certificateKey: key }),
  };
  const nodes = (report.text('nodes') ?? '').split(' ').filter(Boolean);
  return { result: { join: joinResult(join), nodes }, secrets: secretsOf(join) };
}

export const kubeadmInit = defineTask({
  name: 'kubeadm_init',
  collection: 'kprov.kubernetes',
  summary: 'Makes the first control-plane node of a cluster with kubeadm init.',
  description:
    'The configuration is generated in the API version of the installed kubeadm, or is your own. Init runs detached on the host and is waited for again after a broken connection; an init that was interrupted is taken back and repeated. A cluster that is there is left alone, and fresh join parameters are made where a node has still to join. The whole output is kept in /var/log/kprov/kubeadm-init.log, without tokens and keys.',
  parameters,
  atMostOne: [['config', 'config_file']],
  returns: {
    join: 'what nodes join with: endpoint, token, ca_cert_hashes, certificate_key',
    output: 'what kubeadm printed, without tokens and keys',
    log: 'where it is kept on the host',
    nodes: 'names of the nodes, where the cluster was there already',
    findings: "what kubeadm's preflight checks found, where it failed: name, severity, message, hint",
  },
  example: `- name: The first control plane
  kubeadm_init:
    pod_subnet: 10.244.0.0/16
    nodes: "{{ groups.cluster }}"
  register: init`,
  inCheckMode: 'predicts',
  repeatable: true,
  compile: (args, context) => {
    if ((args.ca_cert === undefined) !== (args.ca_key === undefined)) {
      return { status: 'failed', result: { msg: 'ca_cert and ca_key are given together' } };
    }
    // What kubeadm would refuse is said before anything is done, in a dry run too.
    if (args.kubernetes_version !== undefined) {
      const version = parseVersion(args.kubernetes_version);
      const { errors } = configOf(args, version, version, context);
      if (errors.length > 0) return { status: 'failed', result: { msg: errors.join('\n') } };
    }
    return steps(probe(args), (report) => continueWith(report, args, context));
  },
  interpret: (report, args, context) => {
    const output = report.text('init_output');
    if (report.status === 'failed') return { result: kubeadmFailure(report, output) };
    const diff = report.text('server') === undefined ? plannedConfig(report, args, context) : [];
    if (output !== undefined) return { ...afterInit(output, report), diff };
    // Check mode: the cluster is not made, nobody knows its token.
    if (report.text('server') === undefined) return { result: {}, incomplete: true, diff };
    return ofExisting(report);
  },
});
