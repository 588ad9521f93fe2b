import { KprovError } from '../../errors/index.js';
import {
  CONTAINERD_CONFIG,
  containerdConfig,
  type RegistryMirror,
  registryHosts,
} from '../../kubernetes/containerd.js';
import { DAEMON_JSON, type DockerOptions, mergeDaemonJson } from '../../kubernetes/docker.js';
import { DEFAULT_VERSION, pauseImage } from '../../kubernetes/minors.js';
import { parseVersion } from '../../kubernetes/version.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import { isMapping, type Value } from '../../values/index.js';
import { type ArgumentsOf, anything, choice, dictionary, list, type Parameters, path, text } from '../parameters.js';
import { type Diff, defineTask, program, type Report } from '../task.js';
import { aptSource, packageFunctions, yumSource } from './parts/packages.js';
import { plainFields } from './parts/report.js';
import { serviceFunctions } from './parts/service.js';
import { steps } from './parts/steps.js';

const parameters = {
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

type Arguments = ArgumentsOf<typeof parameters>;

const bad = (message: string, why: string): KprovError => new KprovError('bad-argument', message, { why });

const texts = (value: Value | undefined, what: string): string[] => {
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

const containerdMirrors = (args: Arguments): RegistryMirror[] =>
  args.mirrors === undefined || args.mirrors === null ? [] : [args.mirrors].flat().map(mirrorOf);

const sandboxImage = (args: Arguments): string =>
  args.sandbox_image ?? pauseImage(parseVersion(args.kubernetes_version), args.image_repository);

const containerdText = (args: Arguments, version: string): string =>
  args.config ??
  containerdConfig({ version, isSystemdCgroup: args.cgroup_driver === 'systemd', sandboxImage: sandboxImage(args) });

function packagesOf(args: Arguments): readonly string[] {
  if (args.packages !== undefined) return args.packages;
  if (args.name === 'docker')
    return args.repository === undefined ? ['docker.io'] : ['docker-ce', 'docker-ce-cli', 'containerd.io'];
  return [args.repository === undefined ? 'containerd' : 'containerd.io'];
}

function install(args: Arguments): Script {
  const packages = packagesOf(args);
  const repository = args.repository;
  const source = repository === undefined ? undefined : { line: repository, keyUrl: args.repository_key };
  const apt = source === undefined ? undefined : aptSource('container-runtime', source);
  return joinScripts([
    packageFunctions,
    serviceFunctions,
    source !== undefined &&
      apt !== undefined &&
      sh`
if [ "$kp_k_pm" = apt ]; then kp_k_repository container-runtime ${apt.text} ${source.keyUrl} ${apt.keyFile} || return 1
else kp_k_repository container-runtime ${yumSource('container-runtime', source, [])} '' '' || return 1
fi`,
    sh`
kp_k_missing= kp_k_first=
for kp_k_package in ${packages}; do
  kp_k_installed "$kp_k_package"
  kp_k_wanted=
  if [ -z "$kp_k_first" ]; then kp_k_first=1; kp_k_wanted=${args.version}; fi
  if [ -n "$kp_value" ] && { [ -z "$kp_k_wanted" ] || kp_k_match "$kp_value" "$kp_k_wanted" ''; }; then continue; fi
  if [ -n "$kp_k_wanted" ] && kp_k_candidate "$kp_k_package" "$kp_k_wanted" ''; then
    if [ "$kp_k_pm" = apt ]; then kp_k_missing="$kp_k_missing $kp_k_package=$kp_value"; else kp_k_missing="$kp_k_missing $kp_k_package-$kp_value"; fi
  elif [ -n "$kp_k_wanted" ]; then kp_k_missing="$kp_k_missing $kp_k_package=$kp_k_wanted"
  else kp_k_missing="$kp_k_missing $kp_k_package"
  fi
done
if [ -n "$kp_k_missing" ]; then
  # A runtime that came some other way (a binary in /usr/local/bin) needs no package.
  if [ -z ${args.packages === undefined ? undefined : '1'} ] && [ -z ${args.version} ] && command -v ${args.name === 'docker' ? 'dockerd' : 'containerd'} >/dev/null 2>&1; then :
  else
    [ -n "$kp_k_pm" ] || { kp_fail 'there is neither apt nor dnf on this host'; return 1; }
    if kp_apply; then
      # A bare machine has no package lists yet.
      if [ "$kp_k_pm" = apt ] && [ -z "$kp_k_lists" ]; then
        set -- $kp_k_missing
        apt-cache show -- "$\{1%%=*}" >/dev/null 2>&1 || kp_k_update '' || return 1
      fi
      kp_k_install $kp_k_missing || return 1
    else
      for kp_k_package in $kp_k_missing; do kp_predict package "$\{kp_k_package%%=*}" new; done
    fi
  fi
fi`,
  ]);
}

/** containerd: the config for the version that is there, mirrors, service; restarted where the config changed. */
function containerdScript(args: Arguments): Script {
  const v2 = containerdText(args, '1.6.0');
  const v3 = containerdText(args, '2.0.0');
  return joinScripts([
    sh`
kp_k_line=$(containerd --version 2>/dev/null) || kp_k_line=
kp_k_schema=2
if [ -n "$kp_k_line" ]; then
  set -- $kp_k_line; kp_k_v=$\{3#v}
else
  # Not there yet: what would be installed?
  kp_k_v=; ! kp_k_candidate ${packagesOf(args)[0]} ${args.version} '' || kp_k_v=$\{kp_value#*:}
fi
case $kp_k_v in [01].*) ;; [2-9]*) kp_k_schema=3 ;; esac
kp_set version "$kp_k_v"
kp_set schema "$kp_k_schema"
if [ "$kp_k_schema" = 3 ]; then kp_k_config=${v3}; else kp_k_config=${v2}; fi
kp_k_dir=${args.config_path}; kp_k_dir=$\{kp_k_dir%/*}
if [ ! -d "$kp_k_dir" ]; then
  if [ -z "$kp_check" ]; then mkdir -p -m 755 -- "$kp_k_dir"; else kp_predict path "$kp_k_dir" 'directory 0755 root root'; fi
fi
kp_k_before=$kp_changes; kp_changes=
kp_write ${args.config_path} "$kp_k_config" 0644 root root || return 1
kp_k_restart=$kp_changes; kp_changes=$kp_k_before$kp_changes
kp_k_diff=$kp_diff; kp_diff=`,
    ...containerdMirrors(args).map((mirror) => {
      const { path: file, text: content } = registryHosts(mirror);
      // Read at each pull: no restart.
      return sh`
kp_k_file=${file}
if [ -n "$kp_check" ]; then kp_predict path "$\{kp_k_file%/*}" 'directory 0755 root root'; else mkdir -p -m 755 -- "$\{kp_k_file%/*}"; fi
kp_write "$kp_k_file" ${content} 0644 root root || return 1`;
    }),
    sh`
kp_diff=$kp_k_diff
if [ -n "$kp_check" ]; then
  kp_predict command ctr present
  if [ -n "$kp_k_missing" ]; then kp_apply; kp_predict service containerd 'started enabled'; return 0; fi
fi
# Its package starts it with the distribution's config before ours is there.
kp_k_service containerd "$kp_k_restart" || return 1
[ -z "$kp_check" ] || return 0
kp_k_i=0
until ctr --connect-timeout 2s version >/dev/null 2>&1; do
  kp_k_i=$((kp_k_i + 1))
  if [ "$kp_k_i" -gt 30 ]; then
    kp_set output "$(journalctl -u containerd -n 20 --no-pager 2>/dev/null)"
    kp_fail 'containerd does not answer'
    return 1
  fi
  sleep 1
done`,
  ]);
}

/** Docker: daemon.json has to be read first, since it is merged; the second step writes it. */
function dockerSecondStep(report: Report, args: Arguments): Script {
  const options: DockerOptions = {
    cgroupDriver: args.cgroup_driver,
    registryMirrors: texts(args.mirrors, 'mirrors'),
    insecureRegistries: args.insecure_registries ?? [],
    logDriver: args.log_driver,
    logOptions: Object.fromEntries(Object.entries(args.log_options).map(([key, value]) => [key, String(value)])),
    settings: args.settings,
  };
  const merged = mergeDaemonJson(report.text('daemon_json') ?? '', options);
  return joinScripts([
    packageFunctions,
    serviceFunctions,
    sh`
[ -n "$kp_check" ] || [ -d /etc/docker ] || mkdir -p -m 755 /etc/docker
[ -z "$kp_check" ] || [ -d /etc/docker ] || kp_predict path /etc/docker 'directory 0755 root root'
kp_write ${DAEMON_JSON} ${merged} 0644 root root || return 1
kp_set daemon_json_after ${merged}
kp_k_restart=$kp_changes`,
  ]);
}

const dockerStart: Script = sh`
if [ -n "$kp_check" ] && [ -n "$kp_k_missing" ]; then
  kp_apply
  kp_predict command docker present
  kp_predict service docker 'started enabled'
  return 0
fi
kp_k_service docker "$kp_k_restart" || return 1
[ -z "$kp_check" ] || return 0
kp_set version "$(docker version --format '{{.Server.Version}}' 2>/dev/null)"`;

/**
 * The cgroup driver is set before the package is installed, so that Docker starts once, and right: a Docker that runs
 * containers under another driver cannot change it.
 */
function dockerProgram(args: Arguments) {
  return steps(sh`kp_read ${DAEMON_JSON}; kp_set daemon_json "$kp_text"`, (report) =>
    program(
      joinScripts([
        dockerSecondStep(report, args),
        install(args),
        sh`[ -z "$kp_k_missing" ] || kp_k_restart=`,
        dockerStart,
      ]),
    ),
  );
}

export const containerRuntime = defineTask({
  name: 'container_runtime',
  collection: 'kprov.kubernetes',
  summary: 'Installs and configures the container runtime: containerd or Docker.',
  description:
    'containerd gets a config of its own (by the schema of its version) with cgroup driver, sandbox image and mirrors. For Docker the settings are merged into daemon.json; from Kubernetes 1.24 on it needs cri-dockerd beside it (packages).',
  parameters,
  returns: { version: "the runtime's version, where it is known", config: 'the configuration that was written' },
  example: `- name: containerd from the distribution, with a mirror of Docker Hub
  container_runtime:
    name: containerd
    kubernetes_version: "1.35"
    mirrors:
      - {registry: docker.io, endpoints: [https://mirror.example]}

- name: Docker
  container_runtime: {name: docker, log_options: {max-size: 50m}}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    if (args.name === 'docker') return dockerProgram(args);
    return program(joinScripts([install(args), containerdScript(args)]));
  },
  interpret: (report, args) => {
    const result = plainFields(report, ['version', 'msg', 'cmd', 'output']);
    const isDocker = args.name === 'docker';
    const after = isDocker
      ? report.text('daemon_json_after')
      : containerdText(args, report.text('schema') === '3' ? '2.0.0' : '1.6.0');
    if (after !== undefined) result.config = after;
    const before = report.text('before');
    const header = isDocker ? DAEMON_JSON : args.config_path;
    const diff: Diff[] =
      before === undefined || after === undefined ? [] : [{ before, after, beforeHeader: header, afterHeader: header }];
    return { result, diff };
  },
});
