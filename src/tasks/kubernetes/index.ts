import type { Task } from '../task.js';
import { cni } from './cni.js';
import { containerImages } from './container-images.js';
import { containerRuntime } from './container-runtime.js';
import { etcdDeadMembers } from './etcd-dead-members.js';
import { firewall } from './firewall.js';
import { firstControlPlaneTask, kubeadmState } from './first-control-plane.js';
import { kernel } from './kernel.js';
import { kubeadmInit } from './kubeadm-init.js';
import { kubeadmJoin } from './kubeadm-join.js';
import { kubeadmReset } from './kubeadm-reset.js';
import { kubeconfig } from './kubeconfig.js';
import { kubernetesManifest } from './kubernetes-manifest.js';
import { kubernetesNode } from './kubernetes-node.js';
import { kubernetesPackagesTask } from './kubernetes-packages.js';
import { label, taint } from './node-marks.js';
import { nodesReady } from './nodes-ready.js';
import { preflight, preflightFleet } from './preflight.js';
import { swap } from './swap.js';

/** The tasks that know Kubernetes, in the order in which a cluster comes to be. */
export const kubernetesTasks: readonly Task[] = [
  preflight,
  preflightFleet,
  kubeadmState,
  firstControlPlaneTask,
  swap,
  firewall,
  kernel,
  containerRuntime,
  kubernetesPackagesTask,
  containerImages,
  etcdDeadMembers,
  kubeadmInit,
  kubeadmJoin,
  kubeadmReset,
  kubernetesNode,
  cni,
  nodesReady,
  kubeconfig,
  kubernetesManifest,
  taint,
  label,
];
