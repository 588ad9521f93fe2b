import type { Task } from '../task.js';
import { containerImages } from './container-images.js';
import { containerRuntime } from './container-runtime.js';
import { kernel } from './kernel.js';
import { kubernetesPackagesTask } from './kubernetes-packages.js';
import { swap } from './swap.js';

/** The tasks that know Kubernetes. */
export const kubernetesTasks: readonly Task[] = [
  swap,
  kernel,
  containerRuntime,
  kubernetesPackagesTask,
  containerImages,
];
