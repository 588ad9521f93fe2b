import type { Diagnostic } from '../errors/index.js';
import { minorFacts } from './minors.js';
import { type KubernetesVersion, kubeadmVersion } from './version.js';

export interface SkewInput {
  /** The version of the control plane: what runs, or what is to be made. */
  readonly apiServer: KubernetesVersion;
  readonly kubeadm?: KubernetesVersion | undefined;
  readonly kubelet?: KubernetesVersion | undefined;
}

const name = (v: KubernetesVersion): string => (v.patch === undefined ? `1.${v.minor}` : kubeadmVersion(v).slice(1));

const finding = (message: string, why: string, fix: string): Diagnostic => ({
  severity: 'error',
  code: 'version-skew',
  message,
  why,
  fix,
});

/** What https://kubernetes.io/releases/version-skew-policy/ and kubeadm itself refuse, collected. */
export function checkSkew({ apiServer, kubeadm, kubelet }: SkewInput): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (kubeadm !== undefined && kubeadm.minor < apiServer.minor) {
    found.push(
      finding(
        `kubeadm ${name(kubeadm)} cannot make a Kubernetes ${name(apiServer)} node`,
        'kubeadm has to be of the same minor as the control plane, or one newer.',
        `Install kubeadm ${name(apiServer)}.`,
      ),
    );
  } else if (kubeadm !== undefined && kubeadm.minor > apiServer.minor + 1) {
    found.push(
      finding(
        `kubeadm ${name(kubeadm)} is too new for Kubernetes ${name(apiServer)}`,
        'kubeadm works with its own minor and the one before.',
        `Install kubeadm ${name(apiServer)}.`,
      ),
    );
  }
  if (kubelet !== undefined && kubelet.minor > apiServer.minor) {
    found.push(
      finding(
        `kubelet ${name(kubelet)} is newer than the control plane ${name(apiServer)}`,
        'A kubelet must never be newer than the API server it talks to.',
        `Install kubelet ${name(apiServer)}.`,
      ),
    );
  } else if (kubelet !== undefined) {
    const { kubeletSkew } = minorFacts(apiServer);
    if (apiServer.minor - kubelet.minor > kubeletSkew) {
      found.push(
        finding(
          `kubelet ${name(kubelet)} is too old for the control plane ${name(apiServer)}`,
          `Its kubelets may be at most ${kubeletSkew} minors behind.`,
          `Install kubelet ${name(apiServer)}.`,
        ),
      );
    }
  }
  return found;
}
