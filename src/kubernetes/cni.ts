import { KprovError } from '../errors/index.js';
import { parseSubnets, sameSubnet } from './cidr.js';

export type CniName = 'flannel' | 'calico' | 'weave' | 'canal' | 'cilium';

export interface CniPlugin {
  readonly name: CniName;
  /** The version that is applied where none is named. */
  readonly version: string;
  /** URL of the manifest of a version; undefined where the project publishes none. */
  readonly manifestUrl: ((version: string) => string) | undefined;
  /** The pod subnet written in the manifest, or that the plugin uses where nothing is said. */
  readonly podSubnet: string;
  /**
   * How the plugin learns another pod subnet: it reads the cluster's own, or the text of its manifest is changed.
   */
  readonly subnetSource: 'cluster' | 'manifest';
  /** Each of these must be ready before nodes can be: namespace and kind/name. */
  readonly workloads: readonly { readonly namespace: string; readonly name: string }[];
  /** What hosts need besides the base: open ports between nodes as `8472/udp`, and protocol numbers as `ipip`. */
  readonly ports: readonly string[];
  readonly notes: readonly string[];
}

const calicoUrl = (file: string) => (version: string) =>
  `https://raw.githubusercontent.com/projectcalico/calico/v${version}/manifests/${file}`;

const plugins: Readonly<Record<CniName, CniPlugin>> = {
  flannel: {
    name: 'flannel',
    version: '0.28.4',
    manifestUrl: (version) => `https://github.com/flannel-io/flannel/releases/download/v${version}/kube-flannel.yml`,
    podSubnet: '10.244.0.0/16',
    subnetSource: 'manifest',
    workloads: [{ namespace: 'kube-flannel', name: 'daemonset/kube-flannel-ds' }],
    ports: ['8472/udp'],
    notes: ['Needs the br_netfilter module.'],
  },
  calico: {
    name: 'calico',
    version: '3.31.7',
    manifestUrl: calicoUrl('calico.yaml'),
    podSubnet: '192.168.0.0/16',
    // calico-node reads the pod subnet of a kubeadm cluster from kubeadm-config.
    subnetSource: 'cluster',
    workloads: [
      { namespace: 'kube-system', name: 'daemonset/calico-node' },
      { namespace: 'kube-system', name: 'deployment/calico-kube-controllers' },
    ],
    ports: ['179/tcp', '4789/udp', '5473/tcp', 'ipip'],
    notes: [],
  },
  canal: {
    name: 'canal',
    version: '3.31.7',
    manifestUrl: calicoUrl('canal.yaml'),
    podSubnet: '10.244.0.0/16',
    subnetSource: 'manifest',
    workloads: [{ namespace: 'kube-system', name: 'daemonset/canal' }],
    ports: ['8472/udp'],
    notes: [],
  },
  weave: {
    name: 'weave',
    version: '2.8.1',
    manifestUrl: (version) =>
      `https://github.com/weaveworks/weave/releases/download/v${version}/weave-daemonset-k8s.yaml`,
    podSubnet: '10.32.0.0/12',
    subnetSource: 'manifest',
    workloads: [{ namespace: 'kube-system', name: 'daemonset/weave-net' }],
    ports: ['6783/tcp', '6783/udp', '6784/udp'],
    notes: ['Weave Net is archived; its last release is 2.8.1.'],
  },
  cilium: {
    name: 'cilium',
    version: '1.20.1',
    // Since 1.10 Cilium publishes a Helm chart only; its cilium-cli renders it (`cilium install --dry-run`).
    manifestUrl: undefined,
    podSubnet: '10.0.0.0/8',
    subnetSource: 'manifest',
    workloads: [
      { namespace: 'kube-system', name: 'daemonset/cilium' },
      { namespace: 'kube-system', name: 'deployment/cilium-operator' },
    ],
    ports: ['8472/udp', '4240/tcp'],
    notes: ['Needs Linux 5.10 or newer.'],
  },
};

export const cniNames = Object.keys(plugins) as readonly CniName[];

export const cniPlugin = (name: CniName): CniPlugin => plugins[name];

/** The pod subnet that `kubeadm init` is given where the user names a network but no subnet. */
export const defaultPodSubnet = (name: CniName): string => (name === 'weave' ? '10.32.0.0/12' : '10.244.0.0/16');

/** cilium-cli that renders the chart. */
export const CILIUM_CLI_VERSION = '0.19.7';

export const ciliumCliUrl = (version: string, arch: string): string =>
  `https://github.com/cilium/cilium-cli/releases/download/v${version}/cilium-linux-${arch}.tar.gz`;

const mismatch = (name: string, has: string, wants: string): KprovError =>
  new KprovError('pod-subnet-mismatch', `${name} is made for the pod subnet ${has}, the cluster has ${wants}`, {
    why: 'Pods would get addresses that the nodes do not route.',
    fix: `Set pod_subnet to ${has}, or use a manifest for ${wants}.`,
  });

/** The pod subnets that a manifest names: flannel's and canal's net-conf.json, calico's and weave's environment. */
export function manifestSubnets(manifest: string): string[] {
  const patterns = [
    /"(?:Network|IPv6Network)"\s*:\s*"([^"\s]+\/\d+)"/g,
    /^\s*-\s*name:\s*["']?(?:CALICO_IPV[46]POOL_CIDR|IPALLOC_RANGE)["']?\s*\n\s*value:\s*["']?([^"'\s]+)/gm,
    /^\s*cluster-pool-ipv[46]-cidr:\s*["']?([^"'\s]+)/gm,
  ];
  return patterns.flatMap((pattern) => [...manifest.matchAll(pattern)].map((match) => match[1] ?? ''));
}

/**
 * The manifest with the cluster's pod subnet in it. A plugin's own manifest is changed; a manifest of the user's that
 * names another subnet is refused, since it was written on purpose.
 * @throws KprovError `pod-subnet-mismatch`, `bad-subnet`
 */
export function fitManifest(manifest: string, podSubnet: string | undefined, name: CniName | undefined): string {
  if (podSubnet === undefined || podSubnet === '') return manifest;
  const wanted = parseSubnets(podSubnet, 'pod subnet');
  const found = manifestSubnets(manifest);
  const differing = found.filter((text) => {
    const [cidr] = parseSubnets(text, 'subnet in the manifest');
    return cidr !== undefined && !wanted.some((one) => sameSubnet(one, cidr));
  });
  if (differing.length === 0)
    return name === 'weave' && found.length === 0 ? withWeaveRange(manifest, podSubnet) : manifest;
  if (name === undefined || wanted.length > 1) throw mismatch(name ?? 'the manifest', differing.join(','), podSubnet);
  return differing.reduce((text, subnet) => text.replaceAll(subnet, podSubnet), manifest);
}

/** Weave takes its range from an environment variable that its manifest leaves out. */
function withWeaveRange(manifest: string, podSubnet: string): string {
  const { podSubnet: own } = plugins.weave;
  const [given, ...more] = parseSubnets(podSubnet, 'pod subnet');
  const [usual] = parseSubnets(own, 'pod subnet');
  if (given === undefined || usual === undefined || sameSubnet(given, usual)) return manifest;
  const anchor = /^([ \t]*)- name: HOSTNAME$/m;
  if (more.length > 0 || !anchor.test(manifest)) throw mismatch('weave', own, podSubnet);
  return manifest.replace(
    anchor,
    (line, indent: string) => `${indent}- name: IPALLOC_RANGE\n${indent}  value: ${podSubnet}\n${line}`,
  );
}
