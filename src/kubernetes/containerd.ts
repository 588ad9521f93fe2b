/** What kprov sets in containerd; everything else stays at containerd's own defaults. */
export interface ContainerdOptions {
  /** As `containerd --version` says it: `1.7.24`, `2.1.4`, `v1.6.20~ds1`. */
  readonly version: string;
  readonly isSystemdCgroup: boolean;
  readonly sandboxImage: string;
}

export interface RegistryMirror {
  /** The registry that is mirrored: `docker.io`, `registry.k8s.io`, `10.0.0.5:5000`. */
  readonly registry: string;
  /** URLs to try in this order before the registry itself. */
  readonly endpoints: readonly string[];
  readonly skipVerify?: boolean;
  /** A CA file on the host. */
  readonly ca?: string;
  readonly overridePath?: boolean;
}

export const CONTAINERD_CONFIG = '/etc/containerd/config.toml';
const CERTS_D = '/etc/containerd/certs.d';

/** A TOML basic string. */
export const tomlString = (text: string): string =>
  `"${text.replace(/["\\]/g, '\\$&').replace(/[\x00-\x1f\x7f]/g, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)}"`;

/** 2 for containerd 1.x, 3 from 2.0 on; containerd 2 would still migrate a 2 at each start. */
export const configSchema = (version: string): 2 | 3 => (/^v?[01]\./.test(version.trim()) ? 2 : 3);

/**
 * A complete config.toml that says only what differs from containerd's defaults. It replaces the file that a
 * distribution brings: Debian's looks for CNI plugins in /usr/lib/cni and Docker's disables CRI, and both stop a
 * cluster. What an operator wants to add lives in /etc/containerd/conf.d.
 */
export function containerdConfig(options: ContainerdOptions): string {
  const isV3 = configSchema(options.version) === 3;
  const runtime = isV3 ? 'io.containerd.cri.v1.runtime' : 'io.containerd.grpc.v1.cri';
  const images = isV3 ? 'io.containerd.cri.v1.images' : 'io.containerd.grpc.v1.cri';
  const runc = `plugins."${runtime}".containerd.runtimes.runc`;
  const sandbox = tomlString(options.sandboxImage);
  const lines = [
    '# Managed by kprov. Add settings of your own in /etc/containerd/conf.d/*.toml.',
    `version = ${isV3 ? 3 : 2}`,
    'imports = ["/etc/containerd/conf.d/*.toml"]',
    '',
    ...(isV3
      ? [`[plugins."${images}".pinned_images]`, `  sandbox = ${sandbox}`]
      : [`[plugins."${runtime}"]`, `  sandbox_image = ${sandbox}`]),
    '',
    `[plugins."${images}".registry]`,
    `  config_path = ${tomlString(CERTS_D)}`,
    '',
    // Distributions move the default away from where CNI manifests install their plugins; 2.x has it under another name.
    ...(isV3 ? [] : [`[plugins."${runtime}".cni]`, '  bin_dir = "/opt/cni/bin"', '  conf_dir = "/etc/cni/net.d"', '']),
    `[${runc}]`,
    '  runtime_type = "io.containerd.runc.v2"',
    '',
    `[${runc}.options]`,
    `  SystemdCgroup = ${options.isSystemdCgroup}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The registry a plain name stands for; docker.io is served from another host. */
const registryServer = (registry: string): string =>
  registry === 'docker.io' ? 'https://registry-1.docker.io' : `https://${registry}`;

/** Path and text of a mirror's hosts.toml: https://github.com/containerd/containerd/blob/main/docs/hosts.md */
export function registryHosts(mirror: RegistryMirror): { path: string; text: string } {
  const lines = [`server = ${tomlString(registryServer(mirror.registry))}`];
  for (const endpoint of mirror.endpoints) {
    lines.push('', `[host.${tomlString(endpoint)}]`, '  capabilities = ["pull", "resolve"]');
    if (mirror.skipVerify === true) lines.push('  skip_verify = true');
    if (mirror.ca !== undefined) lines.push(`  ca = ${tomlString(mirror.ca)}`);
    if (mirror.overridePath === true) lines.push('  override_path = true');
  }
  return { path: `${CERTS_D}/${mirror.registry}/hosts.toml`, text: `${lines.join('\n')}\n` };
}

/** `1.6.20` out of `containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3`. */
export const readContainerdVersion = (output: string): string | undefined =>
  /\bv?(\d+\.\d+\.\d+)/.exec(output.replace(/^\S+\s+\S+\s+/, ''))?.[1];
