import { stringify } from 'yaml';
import type { Diagnostic } from '../errors/index.js';
import { checkFeatureGates } from './feature-gates.js';
import type {
  ClusterOptions,
  ComponentOptions,
  ExtraArgs,
  InitOptions,
  LocalApiEndpoint,
  NodeOptions,
} from './kubeadm-options.js';
import type { ConfigApi, MinorFacts } from './minors.js';
import { checkClusterSubnets } from './subnets.js';
import { isBootstrapToken, isCertificateKey } from './tokens.js';
import { type KubernetesVersion, kubeadmVersion } from './version.js';

export type Fields = Record<string, unknown>;

/** kubeadm reads YAML 1.1, where `on`, `y`, `0777` and `12:30:00` are not strings unless they are quoted. */
export const yamlOptions = { version: '1.1', lineWidth: 0 } as const;

/** Drops what is not set: undefined and empty objects; empty lists are kept, they mean something (`taints: []`). */
export function compact(fields: Fields): Fields {
  const isSet = (value: unknown): boolean =>
    value !== undefined &&
    (value === null || typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length > 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isSet(value)));
}

/** Collects what one config file needs: its documents, flags for what the API lacks, and what kubeadm would refuse. */
export class Renderer {
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
