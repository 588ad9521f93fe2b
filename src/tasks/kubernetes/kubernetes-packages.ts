import { KprovError } from '../../errors/index.js';
import { DEFAULT_VERSION, minorFacts } from '../../kubernetes/minors.js';
import { kubernetesPackages, packageVersionPrefix, upstreamRepository } from '../../kubernetes/packages.js';
import { parseVersion } from '../../kubernetes/version.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import { type ArgumentsOf, flag, list, type Parameters, text } from '../parameters.js';
import { type Diff, defineTask, program } from '../task.js';
import { aptSource, packageFunctions, type Repository, yumSource } from './parts/packages.js';
import { plainFields } from './parts/report.js';

const parameters = {
  version: text('The version: a minor (1.35), a patch (1.35.2) or that of a package (1.35.2-1.1). Quote it in YAML.', {
    default: DEFAULT_VERSION,
  }),
  packages: list('The packages.', { default: [...kubernetesPackages] }),
  repository: text(
    'Where they come from: for apt "URL SUITE COMPONENT" or a whole deb line, for dnf the base URL, or "none" to leave the sources alone. Default: the repository of the minor at pkgs.k8s.io.',
  ),
  repository_key: text("URL of the repository's key; without it apt trusts its own keyring, and dnf checks nothing."),
  allow_downgrade: flag('Whether newer packages are replaced by older ones.', { default: false }),
  hold: flag(
    'Whether the packages are held, so that an upgrade of the system leaves them alone: marked for apt, excluded in the repository for dnf, and with `repository: none` locked by its plugin versionlock.',
    { default: true },
  ),
} satisfies Parameters;

type Arguments = ArgumentsOf<typeof parameters>;

function repositoryOf(args: Arguments, manager: 'apt' | 'dnf'): Repository | undefined {
  if (args.repository === 'none') return undefined;
  if (args.repository !== undefined) return { line: args.repository, keyUrl: args.repository_key };
  const upstream = upstreamRepository(parseVersion(args.version), manager);
  return { line: `${upstream.url} ${upstream.aptSuite}`, keyUrl: args.repository_key ?? upstream.keyUrl };
}

const aptText = (args: Arguments) => {
  const repository = repositoryOf(args, 'apt');
  return repository === undefined ? undefined : aptSource('kubernetes', repository);
};

const yumText = (args: Arguments): string | undefined => {
  const repository = repositoryOf(args, 'dnf');
  return repository === undefined ? undefined : yumSource('kubernetes', repository, args.hold ? args.packages : []);
};

function sources(args: Arguments): Script | undefined {
  const apt = aptText(args);
  const yum = yumText(args);
  if (apt === undefined || yum === undefined) return undefined;
  const key = repositoryOf(args, 'apt')?.keyUrl;
  return sh`
if [ "$kp_k_pm" = apt ]; then kp_k_repository kubernetes ${apt.text} ${key} ${apt.keyFile} || return 1
else kp_k_repository kubernetes ${yum} '' '' || return 1
fi`;
}

/** What dnf's plugin versionlock holds; without the plugin nothing can be. */
const readLocks = (args: Arguments): Script => sh`
kp_k_locks=
if [ "$kp_k_pm" != apt ] && ! kp_k_locks=$("$kp_k_pm" $\{kp_check:+-C} -q versionlock list 2>/dev/null) && [ -n ${args.hold} ]; then
  kp_fail "$kp_k_pm holds packages of a repository that is not kprov's with its plugin versionlock only: install it (python3-dnf-plugin-versionlock), or set hold: no"
  return 1
fi`;

const changeLocks = (args: Arguments): Script => sh`
if [ "$kp_k_pm" != apt ]; then
  for kp_k_package in ${args.packages}; do
    kp_k_installed "$kp_k_package"
    # A lock reads NAME-EPOCH:VERSION-RELEASE.*
    case $kp_nl$kp_k_locks in
    *"$kp_nl$kp_k_package-"[0-9]*":$kp_value."*) [ -z ${args.hold} ] || continue ;;
    *"$kp_nl$kp_k_package-"[0-9]*:*) ;;
    *) [ -n ${args.hold} ] || continue ;;
    esac
    kp_apply || continue
    case $kp_nl$kp_k_locks in
    *"$kp_nl$kp_k_package-"[0-9]*:*) kp_k_run "$kp_k_pm" -q versionlock delete "$kp_k_package" || return 1 ;;
    esac
    [ -z ${args.hold} ] || kp_k_run "$kp_k_pm" -q versionlock add "$kp_k_package-$kp_value" || return 1
  done
fi`;

const packageWord = /^[a-z0-9][a-z0-9+._-]*$/;

export const kubernetesPackagesTask = defineTask({
  name: 'kubernetes_packages',
  collection: 'kprov.kubernetes',
  summary: 'Installs kubelet, kubeadm and kubectl in one version, and holds them there.',
  description:
    'A minor alone is satisfied by any patch of it that is installed; a new host gets the newest. Nothing is downgraded unless allowed.',
  parameters,
  returns: {
    versions: 'the version of each package, as the package manager writes it',
    previous: 'what was installed before',
  },
  example: `- name: Kubernetes 1.35, from the repository of that minor
  kubernetes_packages: {version: "1.35"}

- name: An exact version from a mirror
  kubernetes_packages:
    version: 1.30.2-1.1
    repository: http://mirror.example/kubernetes stable main
    repository_key: http://mirror.example/key.asc`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const version = parseVersion(args.version);
    minorFacts(version);
    const bad = args.packages.filter((name) => !packageWord.test(name));
    if (bad.length > 0) throw new KprovError('bad-package-name', `"${bad[0]}" is not the name of a package`);
    const prefix = packageVersionPrefix(version);
    return program(
      joinScripts([
        packageFunctions,
        sh`
[ -n "$kp_k_pm" ] || { kp_fail 'there is neither apt nor dnf on this host'; return 1; }
kp_set manager "$kp_k_pm"`,
        args.repository === 'none' && readLocks(args),
        sources(args),
        sh`
kp_k_todo= kp_k_versions= kp_k_previous= kp_k_down= kp_k_retried=
for kp_k_package in ${args.packages}; do
  kp_k_installed "$kp_k_package"; kp_k_have=$kp_value
  kp_k_previous="$kp_k_previous$kp_k_package $kp_k_have$kp_nl"
  if kp_k_match "$kp_k_have" ${prefix.text} ${prefix.isExact}; then
    kp_k_versions="$kp_k_versions$kp_k_package $kp_k_have$kp_nl"
    continue
  fi
  if ! kp_k_candidate "$kp_k_package" ${prefix.text} ${prefix.isExact}; then
    if [ -n "$kp_check" ]; then kp_value=${prefix.text}
    else
      # The lists may be old, or of another source.
      if [ -z "$kp_k_retried" ]; then kp_k_retried=1; kp_k_update '' || return 1; fi
      kp_k_candidate "$kp_k_package" ${prefix.text} ${prefix.isExact} || {
        kp_fail "no repository of this host has $kp_k_package "${prefix.text}
        return 1
      }
    fi
  fi
  if [ -n "$kp_k_have" ] && kp_k_older "$kp_value" "$kp_k_have"; then
    if [ -z ${args.allow_downgrade} ]; then
      kp_fail "$kp_k_package $kp_k_have is installed, newer than $kp_value: set allow_downgrade to replace it"
      return 1
    fi
    kp_k_down=1
  fi
  kp_k_versions="$kp_k_versions$kp_k_package $kp_value$kp_nl"
  if [ "$kp_k_pm" = apt ]; then kp_k_todo="$kp_k_todo $kp_k_package=$kp_value"; else kp_k_todo="$kp_k_todo $kp_k_package-$kp_value"; fi
  if [ -n "$kp_check" ]; then
    kp_predict package "$kp_k_package" "$kp_value"
    kp_predict command "$kp_k_package" present
    kp_predict path "/usr/bin/$kp_k_package" 'file 0755 root root'
  fi
done
kp_set versions "$kp_k_versions"
kp_set previous "$kp_k_previous"
if [ -n "$kp_k_todo" ] && kp_apply; then
  if [ "$kp_k_pm" = apt ]; then
    kp_k_install --allow-change-held-packages $\{kp_k_down:+--allow-downgrades} $kp_k_todo || return 1
  elif [ -n "$kp_k_down" ] && [ "$kp_k_pm" = yum ]; then
    kp_k_run yum -q downgrade -y --disableplugin=versionlock --disableexcludes=all $kp_k_todo || return 1
  else
    kp_k_install --disableplugin=versionlock --disableexcludes=all $kp_k_todo || return 1
  fi
fi
${args.repository === 'none' ? changeLocks(args) : sh`:`}
if [ "$kp_k_pm" = apt ]; then
  # Not apt-mark: as root it would write apt's caches, in a dry run too.
  kp_k_held=$kp_nl$(dpkg-query -W -f ${'${db:Status-Want}:${Package}\\n'} -- ${args.packages} 2>/dev/null)$kp_nl
  kp_k_change=
  for kp_k_package in ${args.packages}; do
    case $kp_k_held in
    *"$kp_nl"hold:"$kp_k_package$kp_nl"*) [ -n ${args.hold} ] || kp_k_change="$kp_k_change $kp_k_package" ;;
    *) [ -z ${args.hold} ] || kp_k_change="$kp_k_change $kp_k_package" ;;
    esac
  done
  if [ -n "$kp_k_change" ] && kp_apply; then
    kp_try apt-mark ${args.hold ? 'hold' : 'unhold'} $kp_k_change || return 1
  fi
fi
case " "${args.packages.join(' ')}" " in
*' kubelet '*)
  if [ -n "$kp_check" ] && [ -n "$kp_k_todo" ]; then kp_predict service kubelet enabled
  elif command -v systemctl >/dev/null 2>&1; then
    case $(systemctl is-enabled kubelet 2>/dev/null) in
    enabled | enabled-runtime) ;;
    *) if kp_apply; then kp_try systemctl enable kubelet || return 1; fi ;;
    esac
  fi ;;
esac`,
      ]),
    );
  },
  interpret: (report, args) => {
    const read = (field: string) =>
      Object.fromEntries(
        (report.text(field) ?? '')
          .split('\n')
          .filter(Boolean)
          .map((line) => line.split(' '))
          .map(([name = '', version = '']) => [name, version]),
      );
    const before = report.text('before');
    const isApt = report.text('manager') === 'apt';
    const path = isApt ? '/etc/apt/sources.list.d/kubernetes.list' : '/etc/yum.repos.d/kubernetes.repo';
    const after = (isApt ? aptText(args)?.text : yumText(args)) ?? '';
    const diff: Diff[] = before === undefined ? [] : [{ before, after, beforeHeader: path, afterHeader: path }];
    return {
      result: {
        versions: read('versions'),
        previous: read('previous'),
        ...plainFields(report, ['msg', 'cmd', 'output']),
      },
      diff,
    };
  },
});
