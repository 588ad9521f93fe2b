/** Flags of a component, without leading dashes. A list gives the same flag several times (v1beta4 only). */
export type ExtraArgs = Readonly<Record<string, string | readonly string[]>>;

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface ExtraVolume {
  readonly name: string;
  readonly hostPath: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
  readonly pathType?: string;
}

export interface ComponentOptions {
  readonly extraArgs?: ExtraArgs;
  readonly extraVolumes?: readonly ExtraVolume[];
}

/** What init and join say about the node itself. */
export interface NodeOptions {
  /** Default: the host name. */
  readonly name?: string;
  readonly criSocket?: string;
  /** Absent: kubeadm's default. An empty list: no taint, so that a control-plane node runs workloads. */
  readonly taints?: readonly Taint[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly kubeletExtraArgs?: ExtraArgs;
  readonly ignorePreflightErrors?: readonly string[];
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
}

/** What is the same for the whole cluster. */
export interface ClusterOptions {
  readonly clusterName?: string;
  readonly imageRepository?: string;
  readonly podSubnet?: string;
  readonly serviceSubnet?: string;
  readonly dnsDomain?: string;
  /** `address:port` in front of all control-plane nodes. */
  readonly controlPlaneEndpoint?: string;
  readonly certificatesDir?: string;
  readonly apiServer?: ComponentOptions & { readonly certSANs?: readonly string[] };
  readonly controllerManager?: ComponentOptions;
  readonly scheduler?: ComponentOptions;
  readonly etcd?:
    | {
        readonly local: {
          readonly dataDir?: string;
          readonly imageRepository?: string;
          readonly imageTag?: string;
          readonly extraArgs?: ExtraArgs;
          readonly serverCertSANs?: readonly string[];
          readonly peerCertSANs?: readonly string[];
        };
      }
    | {
        readonly external: {
          readonly endpoints: readonly string[];
          readonly caFile?: string;
          readonly certFile?: string;
          readonly keyFile?: string;
        };
      };
  readonly dns?: { readonly imageRepository?: string; readonly imageTag?: string };
  readonly featureGates?: Readonly<Record<string, boolean>>;
  /** v1beta4 only. */
  readonly encryptionAlgorithm?: string;
  /** v1beta4 only: a Go duration, `8760h0m0s`. */
  readonly certificateValidityPeriod?: string;
  readonly caCertificateValidityPeriod?: string;
}

export interface LocalApiEndpoint {
  readonly advertiseAddress?: string;
  /** Default 6443. */
  readonly bindPort?: number;
}

export interface InitOptions extends LocalApiEndpoint {
  readonly cluster?: ClusterOptions;
  readonly node?: NodeOptions;
  readonly bootstrapToken?: { readonly token: string; readonly ttl?: string; readonly description?: string };
  /** 32 bytes in hexadecimal digits. */
  readonly certificateKey?: string;
  readonly skipPhases?: readonly string[];
  /** A directory on the node. */
  readonly patches?: string;
  /** How long to wait for the control plane: a Go duration, `4m0s`. */
  readonly controlPlaneTimeout?: string;
  readonly proxyMode?: 'iptables' | 'ipvs' | 'nftables';
  readonly cgroupDriver?: 'systemd' | 'cgroupfs';
  /** Further fields of KubeletConfiguration; they win over what kprov writes. */
  readonly kubeletConfiguration?: Readonly<Record<string, unknown>>;
  /** Further fields of KubeProxyConfiguration, likewise. */
  readonly kubeProxyConfiguration?: Readonly<Record<string, unknown>>;
}

export interface JoinOptions {
  /** `address:port` of the API server. */
  readonly endpoint: string;
  readonly token: string;
  /** `sha256:…` each. An empty list would trust whoever answers and is refused. */
  readonly caCertHashes: readonly string[];
  readonly node?: NodeOptions;
  /** Makes the node a further control-plane node. */
  readonly controlPlane?: LocalApiEndpoint & { readonly certificateKey?: string };
  readonly discoveryTimeout?: string;
  readonly skipPhases?: readonly string[];
  readonly patches?: string;
}
