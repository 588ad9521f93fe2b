import { stringify } from 'yaml';
import { type Diagnostic, KprovError } from '../errors/index.js';
import { checkFeatureGates } from './feature-gates.js';
import type {
  ClusterOptions,
  ComponentOptions,
  ExtraArgs,
  InitOptions,
  JoinOptions,
  LocalApiEndpoint,
  NodeOptions,
} from './kubeadm-options.js';
import { type ConfigApi, type MinorFacts, minorFacts } from './minors.js';
import { checkClusterSubnets } from './subnets.js';
import { isBootstrapToken, isCaCertHash, isCertificateKey } from './tokens.js';
import { type KubernetesVersion, kubeadmVersion } from './version.js';

/** A rendered configuration. The text holds secrets (tokens, certificate keys) where the options do. */
export interface KubeadmConfig {
  readonly text: string;
  /** Flags for what this config API has no field for; they never carry a secret. */
  readonly flags: readonly string[];
  /** Errors are things kubeadm would refuse; with any of them the text is not to be used. */
  readonly diagnostics: readonly Diagnostic[];
}

type Fields = Record<string, unknown>;

/** kubeadm reads YAML 1.1, where `on`, `y`, `0777` and `12:30:00` are not strings unless they are quoted. */
const yamlOptions = { version: '1.1', lineWidth: 0 } as const;

/** Drops what is not set: undefined and empty objects; empty lists are kept, they mean something (`taints: []`). */
function compact(fields: Fields): Fields {
  const isSet = (value: unknown): boolean =>
    value !== undefined &&
    (value === null || typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length > 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isSet(value)));
}

class Renderer {
  readonly diagnostics: Diagnostic[] = [];
  readonly flags: string[] = [];

  constructor(
    readonly version: KubernetesVersion,
    readonly facts: MinorFacts,
  ) {}

  get api(): ConfigApi {
    return this.facts.configApi;
  }

  refuse(message: string, why: string, fix: string): void {
    this.diagnostics.push({ severity: 'error', code: 'bad-kubeadm-option', message, why, fix });
  }

  document(kind: string, fields: Fields): string {
    return stringify({ apiVersion: `kubeadm.k8s.io/${this.api}`, kind, ...compact(fields) }, yamlOptions);
  }

  /** A map up to v1beta3, a list of name and value from v1beta4 on. */
  args(args: ExtraArgs | undefined, what: string): unknown {
    if (args === undefined || Object.keys(args).length === 0) return undefined;
    if (this.api === 'v1beta4') {
      return Object.entries(args).flatMap(([name, value]) =>
        (typeof value === 'string' ? [value] : value).map((one) => ({ name, value: one })),
      );
    }
    return Object.fromEntries(
      Object.entries(args).map(([name, value]) => {
        if (typeof value === 'string') return [name, value];
        if (value.length > 1) {
          this.refuse(
            `${what} gives ${name} more than once`,
            `kubeadm of Kubernetes 1.${this.facts.minor} (${this.api}) takes each flag once.`,
            `Join the values of ${name} as its component expects, mostly by commas.`,
          );
        }
        return [name, value[0] ?? ''];
      }),
    );
  }

  component(options: ComponentOptions | undefined, what: string, more: Fields = {}): Fields {
    return compact({
      extraArgs: this.args(options?.extraArgs, what),
      extraVolumes: options?.extraVolumes?.map((volume) => ({ ...volume })),
      ...more,
    });
  }

  node(options: NodeOptions = {}): Fields {
    const labels = Object.entries(options.labels ?? {}).map(([key, value]) => `${key}=${value}`);
    const given = options.kubeletExtraArgs ?? {};
    const more = given['node-labels'];
    const nodeLabels = [...(more === undefined ? [] : [more].flat()), ...labels].join(',');
    const ignored = options.ignorePreflightErrors;
    if (this.api === 'v1beta1' && ignored !== undefined && ignored.length > 0) {
      this.flags.push(`--ignore-preflight-errors=${ignored.join(',')}`);
    }
    const hasPullPolicy = this.api === 'v1beta3' || this.api === 'v1beta4';
    if (!hasPullPolicy && options.imagePullPolicy !== undefined) {
      this.refuse('imagePullPolicy is not supported', 'kubeadm knows it from 1.22 on.', 'Remove it.');
    }
    return compact({
      name: options.name,
      criSocket: options.criSocket,
      taints: options.taints?.map((taint) => ({ ...taint })),
      kubeletExtraArgs: this.args({ ...given, ...(nodeLabels === '' ? {} : { 'node-labels': nodeLabels }) }, 'kubelet'),
      ignorePreflightErrors:
        this.api === 'v1beta1' || ignored === undefined || ignored.length === 0 ? undefined : [...ignored],
      imagePullPolicy: hasPullPolicy ? options.imagePullPolicy : undefined,
    });
  }

  /** `skipPhases` and `patches`: fields from v1beta3 on, flags before. */
  phases(options: Pick<InitOptions, 'skipPhases' | 'patches'>): Fields {
    if (this.api === 'v1beta3' || this.api === 'v1beta4') {
      return {
        skipPhases: options.skipPhases?.length ? [...options.skipPhases] : undefined,
        patches: options.patches === undefined ? undefined : { directory: options.patches },
      };
    }
    if (options.skipPhases?.length) this.flags.push(`--skip-phases=${options.skipPhases.join(',')}`);
    if (options.patches !== undefined) {
      if (this.facts.patchesFlag === '--experimental-patches')
        this.flags.push(`--experimental-patches=${options.patches}`);
      else this.refuse('patches are not supported', 'kubeadm takes patches from 1.19 on.', 'Remove patches.');
    }
    return {};
  }

  endpoint(options: LocalApiEndpoint): Fields {
    return compact({ advertiseAddress: options.advertiseAddress, bindPort: options.bindPort });
  }

  etcd(options: ClusterOptions['etcd']): Fields | undefined {
    if (options === undefined) return undefined;
    if ('external' in options) {
      const { endpoints, caFile = '', certFile = '', keyFile = '' } = options.external;
      return { external: { endpoints: [...endpoints], caFile, certFile, keyFile } };
    }
    const { extraArgs, dataDir = '/var/lib/etcd', ...rest } = options.local;
    return { local: compact({ dataDir, ...rest, extraArgs: this.args(extraArgs, 'etcd') }) };
  }

  cluster(options: ClusterOptions, controlPlaneTimeout: string | undefined): string {
    const gates = options.featureGates ?? {};
    this.diagnostics.push(...checkFeatureGates(Object.keys(gates), this.facts.minor), ...checkClusterSubnets(options));
    const isV4 = this.api === 'v1beta4';
    const onlyV4 = ['encryptionAlgorithm', 'certificateValidityPeriod', 'caCertificateValidityPeriod'] as const;
    for (const field of onlyV4) {
      if (!isV4 && options[field] !== undefined) {
        this.refuse(`${field} is not supported`, 'kubeadm knows it from 1.31 on (v1beta4).', `Remove ${field}.`);
      }
    }
    return this.document('ClusterConfiguration', {
      kubernetesVersion: kubeadmVersion(this.version),
      clusterName: options.clusterName,
      imageRepository: options.imageRepository,
      controlPlaneEndpoint: options.controlPlaneEndpoint,
      certificatesDir: options.certificatesDir,
      networking: compact({
        podSubnet: options.podSubnet,
        serviceSubnet: options.serviceSubnet,
        dnsDomain: options.dnsDomain,
      }),
      apiServer: this.component(options.apiServer, 'apiServer', {
        certSANs: options.apiServer?.certSANs?.length ? [...options.apiServer.certSANs] : undefined,
        timeoutForControlPlane: isV4 ? undefined : controlPlaneTimeout,
      }),
      controllerManager: this.component(options.controllerManager, 'controllerManager'),
      scheduler: this.component(options.scheduler, 'scheduler'),
      etcd: this.etcd(options.etcd),
      // Before v1beta3 the add-on's type has no default when `dns` is given.
      dns:
        options.dns === undefined
          ? undefined
          : { ...(this.api === 'v1beta1' || this.api === 'v1beta2' ? { type: 'CoreDNS' } : {}), ...options.dns },
      featureGates: { ...gates },
      ...(isV4 ? Object.fromEntries(onlyV4.map((field) => [field, options[field]])) : {}),
    });
  }

  checkToken(token: string): void {
    if (isBootstrapToken(token)) return;
    this.refuse(
      'the bootstrap token is malformed',
      'A token is six characters, a dot and sixteen characters out of a-z and 0-9.',
      'kubeadm token generate',
    );
  }

  checkCertificateKey(key: string): void {
    if (!isCertificateKey(key)) {
      this.refuse('the certificate key is malformed', 'It is 64 hexadecimal digits.', 'kubeadm certs certificate-key');
    }
  }
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
