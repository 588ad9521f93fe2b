import { renderInitConfig } from '../../../kubernetes/kubeadm-config.js';
import { readKubeadmFile } from '../../../kubernetes/kubeadm-file.js';
import type { ClusterOptions, InitOptions } from '../../../kubernetes/kubeadm-options.js';
import type { KubernetesVersion } from '../../../kubernetes/version.js';
import type { ArgumentsOf, Parameters } from '../../parameters.js';
import { choice, dictionary, flag, list, text } from '../../parameters.js';
import type { TaskContext } from '../../task.js';
import { extraArgs, nodeOptions, nodeParameters } from './kubeadm.js';

/** Parameters of kubeadm_init. */
export const parameters = {
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
  joining: list(
    'Hosts that are known to have still to join, even where a node has their name; see first_control_plane.',
    {
      default: [],
    },
  ),
  ...nodeParameters,
} satisfies Parameters;

export type Arguments = ArgumentsOf<typeof parameters>;

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
  ...(args.bind_port !== undefined && { bindPort: args.bind_port }),
  ...(args.token !== undefined && { bootstrapToken: { token: args.token, ttl: args.token_ttl } }),
  ...(args.upload_certs && args.certificate_key !== undefined && { certificateKey: args.certificate_key }),
  skipPhases: args.skip_phases,
  ...(args.patches !== undefined && { patches: args.patches }),
  ...(args.proxy_mode !== undefined && { proxyMode: args.proxy_mode }),
  cgroupDriver: args.cgroup_driver,
  kubeletConfiguration: args.kubelet_configuration,
  kubeProxyConfiguration: args.kube_proxy_configuration,
});

export interface Config {
  text: string;
  flags: readonly string[];
  errors: readonly string[];
}

/** The user's own file, or the one made from the arguments. */
export function configOf(
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
