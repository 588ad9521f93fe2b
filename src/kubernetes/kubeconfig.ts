import { parse, stringify } from 'yaml';
import { KprovError } from '../errors/index.js';

interface Entry {
  name: string;
  [key: string]: unknown;
}

export interface MergeOptions {
  /** Name of cluster, user and context in the merged file. */
  readonly name: string;
  /** Another address of the API server, as seen from the control machine: `https://k8s.example:6443`. */
  readonly server?: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const entries = (value: unknown): Entry[] =>
  Array.isArray(value) ? value.filter((item): item is Entry => isObject(item) && typeof item.name === 'string') : [];

function read(text: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 });
  } catch {
    value = undefined;
  }
  if (isObject(value)) return value;
  throw new KprovError('bad-kubeconfig', `${what} is not a kubeconfig`, { fix: 'Correct it or move it away.' });
}

/** Secrets in a kubeconfig: keys and tokens, as they stand in it. */
export function kubeconfigSecrets(text: string): string[] {
  const users = entries(read(text, 'admin.conf').users).map((entry) => entry.user);
  return users
    .filter(isObject)
    .flatMap((user) => [user['client-key-data'], user.token, user.password])
    .filter((secret): secret is string => typeof secret === 'string' && secret !== '');
}

/**
 * `existing` (empty: none yet) with the cluster of `incoming` in it, under its own name; entries of other clusters stay.
 * The current context becomes the new one where there was none or it is the same.
 * @throws KprovError `bad-kubeconfig`
 */
export function mergeKubeconfig(existing: string, incoming: string, options: MergeOptions): string {
  const old = existing.trim() === '' ? {} : read(existing, 'the local kubeconfig');
  const added = read(incoming, 'admin.conf');
  const cluster = entries(added.clusters)[0]?.cluster;
  const user = entries(added.users)[0]?.user;
  if (!isObject(cluster) || !isObject(user)) {
    throw new KprovError('bad-kubeconfig', 'admin.conf has no cluster or no user');
  }
  const { name, server } = options;
  const put = (list: unknown, entry: Entry): Entry[] => {
    const rest = entries(list);
    const at = rest.findIndex((one) => one.name === entry.name);
    return at < 0 ? [...rest, entry] : rest.with(at, entry);
  };
  const current = old['current-context'];
  const merged = {
    apiVersion: 'v1',
    kind: 'Config',
    ...old,
    clusters: put(old.clusters, { name, cluster: { ...cluster, ...(server !== undefined && { server }) } }),
    users: put(old.users, { name, user }),
    contexts: put(old.contexts, { name, context: { cluster: name, user: name } }),
    'current-context': typeof current === 'string' && current !== '' ? current : name,
  };
  const isSame = JSON.stringify(merged) === JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...old });
  return isSame ? existing : stringify(merged, { lineWidth: 0 });
}
