import { KprovError } from '../errors/index.js';

/** A Kubernetes version as far as it was given: `1.30`, `v1.30.2`, `1.30.0-rc.1`, `1.30.2-1.1` (a package's version). */
export interface KubernetesVersion {
  readonly major: 1;
  readonly minor: number;
  /** Absent where only the minor was given: the newest patch that the repository has. */
  readonly patch?: number;
  /** `alpha.1`, `beta.0`, `rc.1`. */
  readonly prerelease?: string;
  /** What a distribution's package adds: `1.1` in 1.30.2-1.1, `00` in 1.20.2-00, `150500.1.1` in an rpm. */
  readonly packageRevision?: string;
}

const FORM = /^v?(\d+)\.(\d+)(?:\.(\d+))?(?:-((?:alpha|beta|rc)\.\d+))?(?:-([0-9][0-9A-Za-z.+~]*))?$/;

const refuse = (text: string, why: string, fix: string): never => {
  throw new KprovError('bad-kubernetes-version', `"${text}" is not a Kubernetes version kprov can work with`, {
    why,
    fix,
  });
};

/**
 * Reads a version from a playbook or from a program's output. A number is accepted so that its trap can be explained:
 * YAML reads an unquoted 1.30 as the number 1.3.
 * @throws KprovError `bad-kubernetes-version`
 */
export function parseVersion(given: string | number): KubernetesVersion {
  const text = String(given).trim();
  const match = FORM.exec(text);
  if (match === null) {
    return refuse(text, 'Expected a minor or a full version such as 1.30 or 1.30.2.', 'Name the version: "1.30.2".');
  }
  const [, major, minorText, patchText, prerelease, packageRevision] = match;
  const minor = Number(minorText);
  if (major !== '1') return refuse(text, 'Every Kubernetes release so far is 1.x.', 'Name the version: "1.30.2".');
  if (minor < 5 && patchText === undefined) {
    const meant = `1.${minor}0`;
    return refuse(text, `YAML reads an unquoted ${meant} as the number 1.${minor}.`, `Quote it: "${meant}".`);
  }
  if (patchText === undefined && (prerelease !== undefined || packageRevision !== undefined)) {
    return refuse(
      text,
      'A pre-release or package revision belongs to a full version.',
      'Name the patch: "1.30.2-1.1".',
    );
  }
  return {
    major: 1,
    minor,
    ...(patchText === undefined ? {} : { patch: Number(patchText) }),
    ...(prerelease === undefined ? {} : { prerelease }),
    ...(packageRevision === undefined ? {} : { packageRevision }),
  };
}

const comparePrerelease = (a: string | undefined, b: string | undefined): number => {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  const [nameA = '', numberA = '0'] = a.split('.');
  const [nameB = '', numberB = '0'] = b.split('.');
  return nameA === nameB ? Number(numberA) - Number(numberB) : nameA < nameB ? -1 : 1;
};

/** Negative, zero or positive. A missing patch compares as 0; package revisions do not count. */
export const compareVersions = (a: KubernetesVersion, b: KubernetesVersion): number =>
  a.minor - b.minor || (a.patch ?? 0) - (b.patch ?? 0) || comparePrerelease(a.prerelease, b.prerelease);

/** `v1.30.2`, as kubeadm's `kubernetesVersion` wants it; `stable-1.30` where the patch is open. */
export function kubeadmVersion(version: KubernetesVersion): string {
  if (version.patch === undefined) return `stable-1.${version.minor}`;
  const suffix = version.prerelease === undefined ? '' : `-${version.prerelease}`;
  return `v1.${version.minor}.${version.patch}${suffix}`;
}

/** `1.30` */
export const minorName = (minor: number): string => `1.${minor}`;
