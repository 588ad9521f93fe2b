import type { Task } from '../task.js';
import { cni } from './cni.js';
import { containerImages } from './container-images.js';
import { containerRuntime } from './container-runtime.js';
import { kernel } from './kernel.js';
import { kubeadmInit } from './kubeadm-init.js';
import { kubeadmJoin } from './kubeadm-join.js';
import { kubernetesPackagesTask } from './kubernetes-packages.js';
import { swap } from './swap.js';

/** The tasks that know Kubernetes. */
export const kubernetesTasks: readonly Task[] = [
  swap,
  kernel,
  containerRuntime,
  kubernetesPackagesTask,
  containerImages,
  kubeadmInit,
  kubeadmJoin,
  cni,
];
