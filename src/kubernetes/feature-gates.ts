import { type Diagnostic, nearest } from '../errors/index.js';

/**
 * kubeadm's own feature gates with the minors that know them: [first, last]. kubeadm stops at a name that it does not
 * know, so one that is right for a neighbouring minor must not reach it.
 * Source: cmd/kubeadm/app/features of the releases. `last` is left open where a release without it was not seen.
 */
const gates: Readonly<Record<string, readonly [first: number, last?: number]>> = {
  IPv6DualStack: [16, 24],
  PublicKeysECDSA: [19],
  RootlessControlPlane: [22],
  UnversionedKubeletConfigMap: [22, 25],
  EtcdLearnerMode: [27, 32],
  UpgradeAddonsBeforeControlPlane: [28, 30],
  WaitForAllControlPlaneComponents: [30],
  ControlPlaneKubeletLocalMode: [31, 35],
  NodeLocalCRISocket: [32, 36],
};

/** Gates that this minor's kubeadm refuses (errors) or that kprov has never heard of (warnings). */
export function checkFeatureGates(names: Iterable<string>, minor: number): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const gate of names) {
    const range = Object.hasOwn(gates, gate) ? gates[gate] : undefined;
    if (range === undefined) {
      const near = nearest(gate, Object.keys(gates));
      found.push({
        severity: 'warning',
        code: 'unknown-feature-gate',
        message: `kubeadm feature gate ${gate} is not one that kprov knows`,
        why: 'kubeadm stops at a feature gate it does not know.',
        ...(near === undefined ? {} : { fix: `Did you mean ${near}?` }),
      });
      continue;
    }
    const [first, last] = range;
    if (minor >= first && (last === undefined || minor <= last)) continue;
    found.push({
      severity: 'error',
      code: 'bad-feature-gate',
      message: `kubeadm 1.${minor} has no feature gate ${gate}`,
      why: last === undefined ? `It exists from 1.${first} on.` : `It exists in 1.${first} to 1.${last}.`,
      fix: `Remove ${gate} from the feature gates.`,
    });
  }
  return found;
}
