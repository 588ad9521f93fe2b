import { KprovError } from '../../../errors/index.js';
import { CONTAINERD_CONFIG, containerdConfig, type RegistryMirror } from '../../../kubernetes/containerd.js';
import { DEFAULT_VERSION, pauseImage } from '../../../kubernetes/minors.js';
import { parseVersion } from '../../../kubernetes/version.js';
import { isMapping, type Value } from '../../../values/index.js';
import type { ArgumentsOf, Parameters } from '../../parameters.js';
import { anything, choice, dictionary, list, path, text } from '../../parameters.js';

export const parameters = {
  name: choice('The runtime.', ['containerd', 'docker'], { default: 'containerd' }),
  packages: list('Its packages. Default: those of the distribution, or of Docker where a repository is given.'),
  version: text('Version of the first package, as its repository writes it, or the beginning of it.'),
  repository: text('Repository of the packages, as with kubernetes_packages. Default: the distribution.'),
  repository_key: text("URL of that repository's key."),
  cgroup_driver: choice('Who manages cgroups; the kubelet has to be told the same.', ['systemd', 'cgroupfs'], {
    default: 'systemd',
  }),
  kubernetes_version: text('Version of Kubernetes, for the default of sandbox_image.', { default: DEFAULT_VERSION }),
  image_repository: text('Where the sandbox image comes from, for the default of sandbox_image.'),
  sandbox_image: text('Image of the pause container. Default: the one that kubeadm of the version uses.'),
  mirrors: anything(
    'containerd: list of {registry, endpoints, skip_verify, ca, override_path}. Docker: list of URLs that mirror Docker Hub.',
  ),
  insecure_registries: list('Docker: registries that are spoken to without TLS.'),
  log_driver: text('Docker: log driver of containers.', { default: 'json-file' }),
  log_options: dictionary('Docker: options of the log driver.', { default: { 'max-size': '100m' } }),
  settings: dictionary('Docker: further keys of daemon.json.', { default: {} }),
  config: text('containerd: a config.toml of your own instead of the one that kprov writes.'),
  config_path: path('containerd: where its config is.', { default: CONTAINERD_CONFIG }),
} satisfies Parameters;

export type Arguments = ArgumentsOf<typeof parameters>;

const bad = (message: string, why: string): KprovError => new KprovError('bad-argument', message, { why });

export const texts = (value: Value | undefined, what: string): string[] => {
  const items = value === undefined ? [] : Array.isArray(value) ? value : [value];
  if (items.every((item): item is string => typeof item === 'string')) return items;
  throw bad(`${what} is not a list of texts`, 'Docker has mirrors of Docker Hub only, as URLs.');
};

function mirrorOf(value: Value): RegistryMirror {
  if (!isMapping(value) || typeof value.registry !== 'string') {
    throw bad('a mirror of containerd is {registry, endpoints}', 'Each registry has mirrors of its own.');
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*(:\d+)?$/.test(value.registry)) {
    throw bad(`"${value.registry}" is not a registry`, 'Expected a host name, with a port where it has one.');
  }
  return {
    registry: value.registry,
    endpoints: texts(value.endpoints, 'endpoints'),
    ...(typeof value.ca === 'string' && { ca: value.ca }),
    skipVerify: value.skip_verify === true,
    overridePath: value.override_path === true,
  };
}

export const containerdMirrors = (args: Arguments): RegistryMirror[] =>
  args.mirrors === undefined || args.mirrors === null ? [] : [args.mirrors].flat().map(mirrorOf);

const sandboxImage = (args: Arguments): string =>
  args.sandbox_image ?? pauseImage(parseVersion(args.kubernetes_version), args.image_repository);

export const containerdText = (args: Arguments, version: string): string =>
  args.config ??
  containerdConfig({ version, isSystemdCgroup: args.cgroup_driver === 'systemd', sandboxImage: sandboxImage(args) });

export function packagesOf(args: Arguments): readonly string[] {
  if (args.packages !== undefined) return args.packages;
  if (args.name === 'docker')
    return args.repository === undefined ? ['docker.io'] : ['docker-ce', 'docker-ce-cli', 'containerd.io'];
  return [args.repository === undefined ? 'containerd' : 'containerd.io'];
}
