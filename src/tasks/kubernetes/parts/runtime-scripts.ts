import { registryHosts } from '../../../kubernetes/containerd.js';
import { DAEMON_JSON, type DockerOptions, mergeDaemonJson } from '../../../kubernetes/docker.js';
import { joinScripts, type Script, sh } from '../../../shell/index.js';
import { program, type Report } from '../../task.js';
import { aptSource, packageFunctions, yumSource } from './packages.js';
import { type Arguments, containerdMirrors, containerdText, packagesOf, texts } from './runtime-options.js';
import { serviceFunctions } from './service.js';
import { steps } from './steps.js';

/** The packages, from the repository that is asked for. */
export function install(args: Arguments): Script {
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
  elif [ -n "$kp_k_wanted" ] && [ "$kp_k_pm" = apt ]; then kp_k_missing="$kp_k_missing $kp_k_package=$kp_k_wanted"
  elif [ -n "$kp_k_wanted" ]; then kp_k_missing="$kp_k_missing $kp_k_package-$kp_k_wanted"
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
        apt-cache -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= show -- "$\{1%%=*}" >/dev/null 2>&1 || kp_k_update '' || return 1
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
export function containerdScript(args: Arguments): Script {
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
export function dockerProgram(args: Arguments) {
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
