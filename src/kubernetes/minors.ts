import { KprovError } from '../errors/index.js';
import { type KubernetesVersion, minorName } from './version.js';

export type ConfigApi = 'v1beta1' | 'v1beta2' | 'v1beta3' | 'v1beta4';

/** What differs between the minors of Kubernetes, as far as somebody who provisions it has to care. */
export interface MinorFacts {
  readonly minor: number;
  /** The kubeadm config API version to write. */
  readonly configApi: ConfigApi;
  /** Those that this kubeadm still reads. */
  readonly configApisRead: readonly ConfigApi[];
  /** Tag of the sandbox (pause) image that this kubeadm asks for. */
  readonly pauseTag: string;
  readonly imageRepository: 'k8s.gcr.io' | 'registry.k8s.io';
  /** Keys of the taints that kubeadm puts on a control-plane node (effect NoSchedule). */
  readonly controlPlaneTaints: readonly string[];
  /** Labels that kubeadm puts on a control-plane node. */
  readonly controlPlaneLabels: readonly string[];
  /** Whether a CRI socket has to be written as a URL (`unix:///run/…`) rather than as a path. */
  readonly isCriSocketUrl: boolean;
  /** Whether the kubelet can talk to Docker by itself (dockershim); without it Docker needs cri-dockerd. */
  readonly hasDockershim: boolean;
  /** Prefix of the flags for more than one control-plane node. */
  readonly haFlagPrefix: '--experimental-' | '--';
  /** How `kubeadm certs …` is called. */
  readonly certsCommand: readonly string[];
  /** The cgroup driver that a kubeadm cluster's kubelet uses where nothing is said, init and join alike. */
  readonly defaultCgroupDriver: 'cgroupfs' | 'systemd';
  /** Flag for a directory of patches, where the config API has no field for it. */
  readonly patchesFlag: '--experimental-kustomize' | '--experimental-patches' | undefined;
  /** Kubelet flags that stop the kubelet from starting when they are still somewhere in its environment file. */
  readonly removedKubeletFlags: readonly string[];
  /** How many minors a kubelet may be behind the API server. */
  readonly kubeletSkew: 2 | 3;
  /** Whether pkgs.k8s.io has a repository for it; older ones need a mirror of one's own. */
  readonly hasUpstreamPackages: boolean;
  /** The oldest containerd that its kubelet works with. */
  readonly minimumContainerd: string;
  /** The kubelet refuses cgroup v1 unless `failCgroupV1: false` is configured. */
  readonly refusesCgroupV1: boolean;
  /** What an operator should know about this minor. */
  readonly notes: readonly string[];
}

const MASTER = 'node-role.kubernetes.io/master';
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

const oldest: MinorFacts = {
  minor: 13,
  configApi: 'v1beta1',
  configApisRead: ['v1beta1'],
  pauseTag: '3.1',
  imageRepository: 'k8s.gcr.io',
  controlPlaneTaints: [MASTER],
  controlPlaneLabels: [MASTER],
  isCriSocketUrl: false,
  hasDockershim: true,
  haFlagPrefix: '--experimental-',
  certsCommand: ['alpha', 'certs'],
  defaultCgroupDriver: 'cgroupfs',
  patchesFlag: undefined,
  removedKubeletFlags: [],
  kubeletSkew: 2,
  hasUpstreamPackages: false,
  minimumContainerd: '1.2.0',
  refusesCgroupV1: false,
  notes: [],
};

/** Dockershim's own flags, gone with it: https://kubernetes.io/blog/2022/05/03/kubernetes-1-24-release-announcement/ */
const dockershimFlags = ['--network-plugin', '--cni-conf-dir', '--cni-bin-dir', '--image-pull-progress-deadline'];

/** Each row says only what is new since the row above. */
const changes: readonly (Partial<MinorFacts> & { readonly minor: number })[] = [
  { minor: 14 },
  { minor: 15, configApi: 'v1beta2', configApisRead: ['v1beta1', 'v1beta2'], haFlagPrefix: '--' },
  { minor: 16, patchesFlag: '--experimental-kustomize' },
  { minor: 17 },
  { minor: 18, pauseTag: '3.2' },
  { minor: 19, patchesFlag: '--experimental-patches', minimumContainerd: '1.3.0' },
  {
    minor: 20,
    controlPlaneLabels: [MASTER, CONTROL_PLANE],
    certsCommand: ['certs'],
    notes: ['Docker as a runtime without cri-dockerd (dockershim) is deprecated.'],
  },
  { minor: 21, pauseTag: '3.4.1' },
  {
    minor: 22,
    configApi: 'v1beta3',
    configApisRead: ['v1beta2', 'v1beta3'],
    pauseTag: '3.5',
    defaultCgroupDriver: 'systemd',
    patchesFlag: undefined,
    notes: ['The kubelet uses the systemd cgroup driver unless its configuration says otherwise.'],
  },
  { minor: 23, pauseTag: '3.6', notes: ['The last minor with dockershim.'] },
  {
    minor: 24,
    pauseTag: '3.7',
    controlPlaneTaints: [MASTER, CONTROL_PLANE],
    controlPlaneLabels: [CONTROL_PLANE],
    isCriSocketUrl: true,
    hasDockershim: false,
    removedKubeletFlags: dockershimFlags,
    hasUpstreamPackages: true,
    notes: ['Docker needs cri-dockerd.', 'Control-plane nodes carry the old and the new taint.'],
  },
  {
    minor: 25,
    pauseTag: '3.8',
    imageRepository: 'registry.k8s.io',
    controlPlaneTaints: [CONTROL_PLANE],
    notes: ['Only an upgrade to 1.25 removes the old control-plane taint.'],
  },
  { minor: 26, pauseTag: '3.9', minimumContainerd: '1.6.0', notes: ['Runtimes must speak CRI v1 (containerd 1.6).'] },
  {
    minor: 27,
    configApisRead: ['v1beta3'],
    removedKubeletFlags: [...dockershimFlags, '--container-runtime'],
  },
  { minor: 28, kubeletSkew: 3 },
  { minor: 29, notes: ['admin.conf is bound to kubeadm:cluster-admins; super-admin.conf is on the first node only.'] },
  { minor: 30 },
  { minor: 31, configApi: 'v1beta4', configApisRead: ['v1beta3', 'v1beta4'], pauseTag: '3.10' },
  { minor: 32 },
  { minor: 33 },
  { minor: 34, pauseTag: '3.10.1' },
  {
    minor: 35,
    removedKubeletFlags: [...dockershimFlags, '--container-runtime', '--pod-infra-container-image'],
    refusesCgroupV1: true,
    minimumContainerd: '1.7.0',
    notes: ['The kubelet refuses cgroup v1 by default.', 'containerd 1.x is deprecated.'],
  },
  { minor: 36, pauseTag: '3.10.2', notes: ['containerd 2.2 or newer is recommended.'] },
  { minor: 37, configApisRead: ['v1beta4'] },
];

export const minors: ReadonlyMap<number, MinorFacts> = (() => {
  const table = new Map([[oldest.minor, oldest]]);
  let last = oldest;
  for (const change of changes) {
    last = { ...last, notes: [], ...change };
    table.set(last.minor, last);
  }
  return table;
})();

export const OLDEST_MINOR = 13;
export const NEWEST_MINOR = 37;

/**
 * What `up` installs where no version is named. 1.35 is the newest minor whose kubelet still runs on the containerd 1.7
 * that Debian 13 and Ubuntu 24.04 ship; 1.36 recommends containerd 2.2 or newer, which most distributions lack.
 */
export const DEFAULT_VERSION = '1.35';

/**
 * The row of a version.
 * @throws KprovError `unsupported-kubernetes-version` for minors outside of the table.
 */
export function minorFacts(version: Pick<KubernetesVersion, 'minor'>): MinorFacts {
  const facts = minors.get(version.minor);
  if (facts !== undefined) return facts;
  const range = `${minorName(OLDEST_MINOR)} to ${minorName(NEWEST_MINOR)}`;
  throw new KprovError('unsupported-kubernetes-version', `Kubernetes ${minorName(version.minor)} is not supported`, {
    why: `kprov knows kubeadm of ${range}.`,
    fix: `Choose a version of ${range}.`,
  });
}

/** The sandbox image as kubeadm names it for this version: `registry.k8s.io/pause:3.10`. */
export function pauseImage(version: Pick<KubernetesVersion, 'minor'>, imageRepository?: string): string {
  const facts = minorFacts(version);
  return `${imageRepository ?? facts.imageRepository}/pause:${facts.pauseTag}`;
}
