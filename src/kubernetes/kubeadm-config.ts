import { stringify } from 'yaml';
import { type Diagnostic, KprovError } from '../errors/index.js';
import type { InitOptions, JoinOptions } from './kubeadm-options.js';
import { compact, Renderer, yamlOptions } from './kubeadm-renderer.js';
import { minorFacts } from './minors.js';
import { isCaCertHash } from './tokens.js';
import type { KubernetesVersion } from './version.js';

/** A rendered configuration. The text holds secrets (tokens, certificate keys) where the options do. */
export interface KubeadmConfig {
  readonly text: string;
  /** Flags for what this config API has no field for; they never carry a secret. */
  readonly flags: readonly string[];
  /** Errors are things kubeadm would refuse; with any of them the text is not to be used. */
  readonly diagnostics: readonly Diagnostic[];
}

const begin = (version: KubernetesVersion, kubeadm: KubernetesVersion): Renderer =>
  new Renderer(version, minorFacts(kubeadm));

const finish = (renderer: Renderer, documents: readonly (string | undefined)[]): KubeadmConfig => ({
  text: documents.filter((document) => document !== undefined).join('---\n'),
  flags: renderer.flags,
  diagnostics: renderer.diagnostics,
});

/**
 * The file for `kubeadm init --config`: InitConfiguration, ClusterConfiguration and, where something is said about
 * them, KubeletConfiguration and KubeProxyConfiguration, for a control plane of this version, in the config API of the
 * kubeadm that will read it.
 */
export function renderInitConfig(
  version: KubernetesVersion,
  options: InitOptions,
  kubeadm: KubernetesVersion = version,
): KubeadmConfig {
  const r = begin(version, kubeadm);
  const { bootstrapToken, certificateKey, controlPlaneTimeout } = options;
  if (bootstrapToken !== undefined) r.checkToken(bootstrapToken.token);
  if (certificateKey !== undefined) r.checkCertificateKey(certificateKey);
  if (certificateKey !== undefined && r.api === 'v1beta1') {
    r.refuse(
      'a certificate key cannot be given to this kubeadm',
      'Before 1.15 it could only be a command-line argument, which every user of the host can read.',
      'Copy the certificates by hand or use Kubernetes 1.15 or newer.',
    );
  }
  const isV4 = r.api === 'v1beta4';
  const init = r.document('InitConfiguration', {
    bootstrapTokens:
      bootstrapToken === undefined
        ? undefined
        : [
            compact({
              token: bootstrapToken.token,
              description: bootstrapToken.description,
              ttl: bootstrapToken.ttl ?? '24h0m0s',
              usages: ['signing', 'authentication'],
              groups: ['system:bootstrappers:kubeadm:default-node-token'],
            }),
          ],
    localAPIEndpoint: r.endpoint(options),
    nodeRegistration: r.node(options.node),
    certificateKey: r.api === 'v1beta1' ? undefined : certificateKey,
    ...r.phases(options),
    timeouts:
      isV4 && controlPlaneTimeout !== undefined ? { controlPlaneComponentHealthCheck: controlPlaneTimeout } : undefined,
  });
  const cluster = r.cluster(options.cluster ?? {}, controlPlaneTimeout);
  return finish(r, [init, cluster, kubeletDocument(options), kubeProxyDocument(options)]);
}

function kubeletDocument(options: InitOptions): string | undefined {
  const fields = compact({ cgroupDriver: options.cgroupDriver, ...options.kubeletConfiguration });
  if (Object.keys(fields).length === 0) return undefined;
  return stringify(
    { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration', ...fields },
    yamlOptions,
  );
}

function kubeProxyDocument(options: InitOptions): string | undefined {
  const fields = compact({ mode: options.proxyMode, ...options.kubeProxyConfiguration });
  if (Object.keys(fields).length === 0) return undefined;
  return stringify(
    { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration', ...fields },
    yamlOptions,
  );
}

/**
 * The file for `kubeadm join --config`, in the config API of a kubeadm of this version.
 * @throws KprovError `unsafe-join` without a CA hash: the node would trust whoever answers at the endpoint.
 */
export function renderJoinConfig(version: KubernetesVersion, options: JoinOptions): KubeadmConfig {
  const r = begin(version, version);
  if (options.caCertHashes.length === 0) {
    throw new KprovError('unsafe-join', 'Refusing to join without a CA certificate hash', {
      why: 'The node would trust whoever answers at the endpoint.',
      fix: 'kubeadm token create --print-join-command',
    });
  }
  r.checkToken(options.token);
  for (const hash of options.caCertHashes) {
    if (!isCaCertHash(hash)) {
      r.refuse(`"${hash}" is not a CA certificate hash`, 'Expected sha256: and 64 hexadecimal digits.', 'Correct it.');
    }
  }
  const { controlPlane, discoveryTimeout } = options;
  const key = controlPlane?.certificateKey;
  if (key !== undefined) r.checkCertificateKey(key);
  if (key !== undefined && r.api === 'v1beta1') {
    r.refuse('a certificate key cannot be given to this kubeadm', 'The config file has it from 1.15 on.', 'Upgrade.');
  }
  const isV4 = r.api === 'v1beta4';
  const join = r.document('JoinConfiguration', {
    discovery: compact({
      bootstrapToken: {
        apiServerEndpoint: options.endpoint,
        token: options.token,
        caCertHashes: [...options.caCertHashes],
      },
      tlsBootstrapToken: options.token,
      timeout: isV4 ? undefined : discoveryTimeout,
    }),
    nodeRegistration: r.node(options.node),
    controlPlane:
      controlPlane === undefined
        ? undefined
        : compact({
            localAPIEndpoint: r.endpoint(controlPlane),
            certificateKey: r.api === 'v1beta1' ? undefined : key,
          }),
    ...r.phases(options),
    timeouts: isV4 && discoveryTimeout !== undefined ? { discovery: discoveryTimeout } : undefined,
  });
  return finish(r, [join]);
}
