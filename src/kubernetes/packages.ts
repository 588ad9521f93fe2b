import { KprovError } from '../errors/index.js';
import { minorFacts } from './minors.js';
import { type KubernetesVersion, minorName } from './version.js';

export type PackageManager = 'apt' | 'dnf';

export interface KubernetesRepository {
  /** Base URL of the repository. */
  readonly url: string;
  readonly keyUrl: string;
  /** The line of an apt source without its options: `URL /`. */
  readonly aptSuite: string;
}

const HOST = 'https://pkgs.k8s.io/core:/stable:';

/**
 * The upstream repository of a minor: one each, so that a new minor means a new source. Its key is taken from the
 * newest minor: the one served for 1.27 and older expired, and all are the same key otherwise.
 * @throws KprovError `no-upstream-packages` for minors before 1.24, which upstream no longer serves.
 */
export function upstreamRepository(
  version: Pick<KubernetesVersion, 'minor'>,
  manager: PackageManager,
): KubernetesRepository {
  const facts = minorFacts(version);
  const name = minorName(facts.minor);
  if (!facts.hasUpstreamPackages) {
    throw new KprovError('no-upstream-packages', `There is no upstream package repository for Kubernetes ${name}`, {
      why: 'pkgs.k8s.io begins with 1.24; the older repositories were removed in 2024.',
      fix: 'Set kubernetes_repository (and kubernetes_repository_key) to a mirror that has it.',
    });
  }
  const folder = manager === 'apt' ? 'deb' : 'rpm';
  const url = `${HOST}/v${name}/${folder}/`;
  const keyMinor = facts.minor < 28 ? 'v1.28' : `v${name}`;
  const key = `${HOST}/${keyMinor}/${folder}/`;
  return {
    url,
    keyUrl: manager === 'apt' ? `${key}Release.key` : `${key}repodata/repomd.xml.key`,
    aptSuite: '/',
  };
}

export const kubernetesPackages = ['kubelet', 'kubeadm', 'kubectl'] as const;

/**
 * The start of the package version that a Kubernetes version stands for; the newest package that begins with it is
 * meant. `1.30.` for a minor, `1.30.2-` for a patch, the whole text where the revision is named.
 */
export function packageVersionPrefix(version: KubernetesVersion): { readonly text: string; readonly isExact: boolean } {
  const { minor, patch, prerelease, packageRevision } = version;
  if (patch === undefined) return { text: `1.${minor}.`, isExact: false };
  const base = `1.${minor}.${patch}${prerelease === undefined ? '' : `~${prerelease}`}`;
  if (packageRevision === undefined) return { text: `${base}-`, isExact: false };
  return { text: `${base}-${packageRevision}`, isExact: true };
}

export interface RuntimePackages {
  readonly names: readonly string[];
  readonly service: string;
}

/**
 * Package names of a runtime: `distribution` is what the distribution itself ships, `docker` is Docker's own
 * repository, whose containerd is called containerd.io.
 */
export function runtimePackages(
  runtime: 'containerd' | 'docker',
  source: 'distribution' | 'docker',
  family: 'debian' | 'redhat',
): RuntimePackages {
  const service = runtime;
  if (source === 'docker') {
    const names = runtime === 'docker' ? ['docker-ce', 'docker-ce-cli', 'containerd.io'] : ['containerd.io'];
    return { names, service };
  }
  if (runtime === 'containerd') return { names: ['containerd'], service };
  return { names: [family === 'debian' ? 'docker.io' : 'docker'], service };
}

/** Docker's repository by distribution (`ID` of os-release). */
export function dockerRepository(id: string): { readonly url: string; readonly keyUrl: string } | undefined {
  const known: Readonly<Record<string, string>> = {
    debian: 'debian',
    ubuntu: 'ubuntu',
    raspbian: 'raspbian',
    fedora: 'fedora',
    centos: 'centos',
    rhel: 'rhel',
    rocky: 'rhel',
    almalinux: 'rhel',
  };
  const folder = Object.hasOwn(known, id) ? known[id] : undefined;
  if (folder === undefined) return undefined;
  const url = `https://download.docker.com/linux/${folder}`;
  return { url, keyUrl: `${url}/gpg` };
}
