import { isMap, parseAllDocuments } from 'yaml';
import type { Diagnostic, Position } from '../errors/index.js';
import { minorFacts } from './minors.js';
import { type KubernetesVersion, kubeadmVersion, minorName, parseVersion } from './version.js';

/** What kprov needs to know of a user's own kubeadm.yaml; the file itself is passed through untouched. */
export interface KubeadmFile {
  readonly kinds: readonly string[];
  readonly podSubnet?: string;
  readonly controlPlaneEndpoint?: string;
  readonly criSocket?: string;
  /** True where the file brings its own bootstrap token. */
  readonly hasBootstrapToken: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

const known: Readonly<Record<string, readonly string[]>> = {
  'kubeadm.k8s.io': [
    'InitConfiguration',
    'ClusterConfiguration',
    'JoinConfiguration',
    'ResetConfiguration',
    'UpgradeConfiguration',
  ],
  'kubelet.config.k8s.io': ['KubeletConfiguration'],
  'kubeproxy.config.k8s.io': ['KubeProxyConfiguration'],
};

const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

const text = (value: unknown, ...path: string[]): string | undefined => {
  const found = path.reduce(member, value);
  return typeof found === 'string' && found !== '' ? found : undefined;
};

/** Recognises the documents of a kubeadm config file and says what does not fit the version that is installed. */
export function readKubeadmFile(
  source: string,
  file: string,
  version: KubernetesVersion,
  kubeadm: KubernetesVersion = version,
): KubeadmFile {
  const facts = minorFacts(kubeadm);
  const diagnostics: Diagnostic[] = [];
  const kinds: string[] = [];
  const seen = new Map<string, unknown>();
  const lineStarts = [0, ...[...source.matchAll(/\n/g)].map((match) => match.index + 1)];
  const place = (offset: number): Position => {
    const line = lineStarts.filter((start) => start <= offset).length;
    return { file, line, column: offset - (lineStarts[line - 1] ?? 0) + 1 };
  };
  const report = (
    severity: Diagnostic['severity'],
    code: string,
    offset: number,
    message: string,
    fix: string,
  ): void => {
    diagnostics.push({ severity, code, message, fix, position: place(offset) });
  };
  for (const document of parseAllDocuments(source)) {
    for (const error of document.errors) {
      report('error', 'bad-kubeadm-file', error.pos[0], error.message.split('\n')[0] ?? '', 'Correct the YAML.');
    }
    if (document.errors.length > 0 || document.contents === null) continue;
    const start = document.contents.range?.[0] ?? 0;
    if (!isMap(document.contents)) {
      report('error', 'bad-kubeadm-file', start, 'a document is not a mapping', 'Begin it with apiVersion and kind.');
      continue;
    }
    const value: unknown = document.toJS();
    const kind = text(value, 'kind') ?? '';
    const [group = '', api = ''] = (text(value, 'apiVersion') ?? '').split('/');
    if (!Object.hasOwn(known, group) || !(known[group] ?? []).includes(kind)) {
      const message = `kubeadm does not know the kind ${kind || '(none)'} of ${group || '(no apiVersion)'}`;
      report('warning', 'unknown-kubeadm-kind', start, message, 'kubeadm ignores it: remove or correct it.');
      continue;
    }
    kinds.push(kind);
    seen.set(kind, value);
    if (group === 'kubeadm.k8s.io' && !(facts.configApisRead as readonly string[]).includes(api)) {
      report(
        'error',
        'kubeadm-api-mismatch',
        start,
        `kubeadm of Kubernetes ${minorName(facts.minor)} does not read kubeadm.k8s.io/${api}`,
        `Use kubeadm.k8s.io/${facts.configApi}; kubeadm config migrate rewrites an old file.`,
      );
    }
  }
  const cluster = seen.get('ClusterConfiguration');
  checkFileVersion(text(cluster, 'kubernetesVersion'), version, file, diagnostics);
  const init = seen.get('InitConfiguration');
  const podSubnet = text(cluster, 'networking', 'podSubnet');
  const controlPlaneEndpoint = text(cluster, 'controlPlaneEndpoint');
  const criSocket = text(init, 'nodeRegistration', 'criSocket');
  const tokens = member(init, 'bootstrapTokens');
  return {
    kinds,
    ...(podSubnet === undefined ? {} : { podSubnet }),
    ...(controlPlaneEndpoint === undefined ? {} : { controlPlaneEndpoint }),
    ...(criSocket === undefined ? {} : { criSocket }),
    hasBootstrapToken: Array.isArray(tokens) && tokens.length > 0,
    diagnostics,
  };
}

function checkFileVersion(
  given: string | undefined,
  version: KubernetesVersion,
  file: string,
  diagnostics: Diagnostic[],
): void {
  if (given === undefined || !/^v?\d/.test(given)) return;
  const named = parseVersion(given);
  if (named.minor === version.minor && (version.patch === undefined || named.patch === version.patch)) return;
  diagnostics.push({
    severity: 'warning',
    code: 'kubeadm-version-mismatch',
    message: `${file} asks for Kubernetes ${given}, the packages are of ${kubeadmVersion(version)}`,
    why: 'kubeadm makes the control plane of the version in its file.',
    fix: `Write kubernetesVersion: ${kubeadmVersion(version)}.`,
  });
}
