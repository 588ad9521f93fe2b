import { KprovError } from '../errors/index.js';

export interface DockerOptions {
  readonly cgroupDriver: 'systemd' | 'cgroupfs';
  /** URLs of mirrors of Docker Hub. */
  readonly registryMirrors?: readonly string[];
  readonly insecureRegistries?: readonly string[];
  readonly logDriver?: string;
  readonly logOptions?: Readonly<Record<string, string>>;
  /** Further keys; they win. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export const DAEMON_JSON = '/etc/docker/daemon.json';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

const union = (old: unknown, wanted: readonly string[] | undefined): string[] | undefined =>
  wanted === undefined || wanted.length === 0 ? undefined : [...new Set([...wanted, ...strings(old)])];

function read(text: string): Json {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isObject(value)) return value;
  throw new KprovError('bad-daemon-json', `${DAEMON_JSON} on the host is not a JSON object`, {
    why: 'kprov merges its settings into what is there and will not overwrite a file it cannot read.',
    fix: `Correct or remove ${DAEMON_JSON} on the host.`,
  });
}

/**
 * daemon.json with kprov's settings merged in: keys it does not know stay, lists grow, the cgroup driver replaces
 * another one. The text comes back unchanged where it already says everything.
 * @throws KprovError `bad-daemon-json`
 */
export function mergeDaemonJson(existing: string, options: DockerOptions): string {
  const old = read(existing);
  const merged: Json = { ...old };
  const driver = `native.cgroupdriver=${options.cgroupDriver}`;
  const others = strings(old['exec-opts']).filter((option) => !option.startsWith('native.cgroupdriver='));
  merged['exec-opts'] = [driver, ...others];
  const mirrors = union(old['registry-mirrors'], options.registryMirrors);
  if (mirrors !== undefined) merged['registry-mirrors'] = mirrors;
  const insecure = union(old['insecure-registries'], options.insecureRegistries);
  if (insecure !== undefined) merged['insecure-registries'] = insecure;
  if (options.logDriver !== undefined) merged['log-driver'] = options.logDriver;
  if (options.logOptions !== undefined) {
    const before = isObject(old['log-opts']) ? old['log-opts'] : {};
    merged['log-opts'] = { ...before, ...options.logOptions };
  }
  Object.assign(merged, options.settings);
  return JSON.stringify(merged) === JSON.stringify(old) ? existing : `${JSON.stringify(merged, undefined, 2)}\n`;
}
