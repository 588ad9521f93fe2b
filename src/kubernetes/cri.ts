import type { MinorFacts } from './minors.js';

export type Runtime = 'containerd' | 'docker' | 'cri-o';

const sockets = {
  containerd: '/run/containerd/containerd.sock',
  'cri-o': '/var/run/crio/crio.sock',
  'cri-dockerd': '/var/run/cri-dockerd.sock',
  dockershim: '/var/run/dockershim.sock',
} as const;

/** The CRI socket of a runtime as this minor's kubeadm wants it written. */
export function criSocket(runtime: Runtime, facts: MinorFacts): string {
  const path = sockets[runtime === 'docker' ? (facts.hasDockershim ? 'dockershim' : 'cri-dockerd') : runtime];
  return normaliseCriSocket(path, facts);
}

/** Adds or drops the `unix://` that a user's socket has too little or too much for this minor. */
export function normaliseCriSocket(socket: string, facts: MinorFacts): string {
  const path = socket.replace(/^unix:\/\//, '');
  return facts.isCriSocketUrl && path.startsWith('/') ? `unix://${path}` : path;
}
