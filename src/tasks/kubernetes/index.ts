import type { Task } from '../task.js';

/** The tasks that know Kubernetes. */
export const kubernetesTasks: readonly Task[] = [];
