import { joinScripts, type Script, sh } from '../../shell/index.js';
import { type ArgumentsOf, choice, flag, integer, list, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { interpretApt } from './apt-report.js';
import {
  aptCommand,
  aptFunctions,
  aptInstall,
  aptRemove,
  markManual,
  type PackageRequest,
  parsePackage,
} from './apt-script.js';
import { aptUpdate, policyFunctions } from './apt-update.js';
import { downloadFunction } from './download.js';

const states = ['present', 'installed', 'latest', 'absent', 'removed', 'build-dep', 'fixed'] as const;

const parameters = {
  name: list('Packages; `name=version` pins a version (`nginx=1.22*`), `name>=version` asks for at least that one.', {
    aliases: ['package', 'pkg'],
  }),
  state: choice('What is wanted; `latest` upgrades, `build-dep` installs what is needed to build it.', states, {
    default: 'present',
  }),
  update_cache: flag('Whether the package lists are renewed first.', { aliases: ['update-cache'] }),
  cache_valid_time: integer('Seconds for which the package lists count as fresh; implies update_cache.', {
    default: 0,
  }),
  update_cache_retries: integer('How often a failed renewal is tried again.', { default: 5 }),
  update_cache_retry_max_delay: integer('Longest pause between two tries, in seconds.', { default: 12 }),
  upgrade: choice('Upgrades all packages: `dist` and `full` may remove some, `yes` and `safe` do not.', [
    'no',
    'yes',
    'safe',
    'full',
    'dist',
  ]),
  deb: path('A .deb file on the host, or its URL.'),
  default_release: text('Release to prefer, as with `-t`.', { aliases: ['default-release'] }),
  install_recommends: flag('Whether recommended packages are installed too; default: as the host is configured.', {
    aliases: ['install-recommends'],
  }),
  only_upgrade: flag('Whether only packages are upgraded that are installed already.', { default: false }),
  purge: flag('Whether configuration files are removed too.', { default: false }),
  autoremove: flag('Whether packages go that nothing needs any more.', { default: false }),
  autoclean: flag('Whether downloaded packages go that can no longer be downloaded.', { default: false }),
  clean: flag('Whether all downloaded packages go.', { default: false }),
  force: flag('Allows what apt-get refuses: unauthenticated packages, downgrades, changes of held ones.', {
    default: false,
  }),
  force_apt_get: flag('Accepted; apt-get is always used.', { default: false }),
  allow_unauthenticated: flag('Whether packages may come from unsigned sources.', {
    default: false,
    aliases: ['allow-unauthenticated'],
  }),
  allow_downgrade: flag('Whether an older version may replace a newer one.', {
    default: false,
    aliases: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'],
  }),
  allow_change_held_packages: flag('Whether held packages may change.', { default: false }),
  fail_on_autoremove: flag('Whether it is an error when a package would be removed.', { default: false }),
  dpkg_options: text('Options of dpkg, without the dashes, separated by commas.', {
    default: 'force-confdef,force-confold',
  }),
  lock_timeout: integer('Seconds to wait while another program uses apt.', { default: 60 }),
  policy_rc_d: integer('Exit code of policy-rc.d meanwhile; 101: no service is started.'),
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

/** apt-get's options for a command that installs. */
function installOptions(args: Arguments): string[] {
  const all = args.force;
  return [
    ...args.dpkg_options.split(',').flatMap((o) => (o.trim() === '' ? [] : ['-o', `Dpkg::Options::=--${o.trim()}`])),
    ...(args.default_release === undefined ? [] : ['-t', args.default_release]),
    ...(args.install_recommends === undefined
      ? []
      : ['-o', `APT::Install-Recommends=${args.install_recommends ? 'yes' : 'no'}`]),
    ...(all || args.allow_unauthenticated ? ['--allow-unauthenticated'] : []),
    ...(all || args.allow_downgrade ? ['--allow-downgrades'] : []),
    ...(all || args.allow_change_held_packages ? ['--allow-change-held-packages'] : []),
    ...(all ? ['--allow-remove-essential'] : []),
    ...(args.fail_on_autoremove ? ['--no-remove'] : []),
    ...(args.autoremove ? ['--auto-remove'] : []),
    ...(args.only_upgrade ? ['--only-upgrade'] : []),
  ];
}

const removeOptions = (args: Arguments): string[] => [
  ...(args.purge ? ['--purge'] : []),
  ...(args.autoremove ? ['--auto-remove'] : []),
  ...(args.force || args.allow_change_held_packages ? ['--allow-change-held-packages'] : []),
  ...(args.force ? ['--allow-remove-essential'] : []),
];

/** A .deb file: compared with what is installed, then given to apt-get, which brings its dependencies. */
function installDeb(args: Arguments, deb: string): Script {
  const isUrl = /^(https?|ftp):\/\//.test(deb);
  const remove = isUrl ? sh`rm -f -- "$kp_deb"` : sh`:`;
  return joinScripts([
    isUrl
      ? joinScripts([
          downloadFunction,
          sh`
if [ -n "$kp_check" ]; then kp_unknown ${`${deb} is not downloaded in check mode`}; return 0; fi
kp_deb=/var/cache/apt/archives/kprov-$$-$kp_n.deb
kp_download ${deb} "$kp_deb" || { ${remove}; return 1; }`,
        ])
      : sh`
kp_deb=${deb.startsWith('/') ? deb : `./${deb}`}
if [ ! -f "$kp_deb" ]; then
  if [ -n "$kp_dry" ]; then kp_unknown "$kp_deb is not there yet"; return 0; fi
  kp_fail "$kp_deb does not exist"
  return 1
fi`,
    sh`
kp_try dpkg-deb -W ${'--showformat=${Package} ${Version}'} "$kp_deb" || { ${remove}; return 1; }
kp_v=$\{kp_out#* }
kp_pkgs=$(dpkg-query -W -f ${'${Package}\\t${db:Status-Status}\\t${Version}\\n'} -- "$\{kp_out%% *}" 2>/dev/null)
kp_deb "$\{kp_out%% *}"
if [ "$kp_have" = "$kp_v" ]; then ${remove}; return 0; fi
if [ -n "$kp_check$kp_diff" ] && kp_apt_simulate ${installOptions(args)} install -- "$kp_deb"; then kp_apt_foretell; fi
if kp_apply; then
  kp_policy
  kp_apt ${installOptions(args)} install -- "$kp_deb" || kp_failure=1
  kp_policy_end
fi
${remove}
[ -z "$kp_failure" ]`,
  ]);
}

/** The step for the packages by name, if any. */
function packagesScript(args: Arguments, requests: readonly PackageRequest[], updates: boolean): Script | undefined {
  if (requests.length === 0) return undefined;
  const install = installOptions(args);
  if (args.state === 'absent' || args.state === 'removed') return aptRemove(requests, args.purge, removeOptions(args));
  if (args.state === 'build-dep') return aptCommand([...install, 'build-dep', '--', ...(args.name ?? [])]);
  if (args.state === 'latest' && requests.some(({ name }) => name === '*')) return aptCommand([...install, 'upgrade']);
  return aptInstall({
    requests,
    latest: args.state === 'latest',
    onlyUpgrade: args.only_upgrade,
    mayUpdate: updates,
    install,
  });
}

/** Several steps of one task: each one is a function, so that its `return` ends only itself. */
const steps = (parts: readonly (Script | undefined)[]): Script => {
  const scripts = parts.filter((part) => part !== undefined);
  return joinScripts(
    scripts.map(
      (part, i) => sh`kp_step_${i}() {
:
${part}
}
kp_step_${i} || return 1`,
    ),
  );
};

/** The whole program of the apt task. */
export function compileApt(args: Arguments): Script {
  const requests = (args.name ?? []).filter((name) => name !== '').map(parsePackage);
  const updates = (args.update_cache ?? false) || args.cache_valid_time > 0;
  const upgrade = args.upgrade === undefined || args.upgrade === 'no' ? undefined : args.upgrade;
  const alone = requests.length === 0 && upgrade === undefined && args.deb === undefined;
  const install = installOptions(args);
  return joinScripts([
    aptFunctions({ lockTimeout: args.lock_timeout, options: [] }),
    policyFunctions(args.policy_rc_d),
    markManual,
    steps([
      updates
        ? aptUpdate({
            cacheValidTime: args.cache_valid_time,
            retries: args.update_cache_retries,
            maxDelay: args.update_cache_retry_max_delay,
            lockTimeout: args.lock_timeout,
            alone,
            options: args.force || args.allow_unauthenticated ? ['--allow-insecure-repositories'] : [],
          })
        : undefined,
      args.clean
        ? sh`
for kp_p in /var/cache/apt/archives/*.deb; do
  [ ! -e "$kp_p" ] || ! kp_apply || kp_try apt-get clean
  return
done`
        : undefined,
      args.state === 'fixed' ? aptCommand([...install, '-f', 'install']) : undefined,
      upgrade === undefined
        ? undefined
        : aptCommand([
            ...install,
            ...(upgrade === 'dist' || upgrade === 'full' ? ['dist-upgrade'] : ['--with-new-pkgs', 'upgrade']),
          ]),
      args.deb === undefined ? undefined : installDeb(args, args.deb),
      packagesScript(args, requests, updates),
      args.autoremove && alone ? aptCommand([...(args.purge ? ['--purge'] : []), 'autoremove']) : undefined,
      args.autoclean
        ? sh`
kp_out=$(apt-get -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -s autoclean 2>&1)
case $kp_out in *"$\{kp_nl}Del "*) ! kp_apply || kp_try apt-get autoclean ;; esac`
        : undefined,
    ]),
  ]);
}

/** What Ansible says of the package lists where they are not asked for. */
export const cacheUntouched = { cache_updated: false, cache_update_time: 0 } as const;

export const apt = defineTask({
  name: 'apt',
  summary: 'Installs, upgrades and removes Debian packages.',
  description: `All packages are given to one apt-get call. Where everything is there already, one dpkg-query finds that out. Waits
for other users of apt, and names the one that does not let go.`,
  parameters,
  returns: {
    stdout: 'what apt-get printed',
    stdout_lines: 'its lines',
    stderr: 'the empty text: what apt-get prints is one text',
    cache_updated: 'true when the package lists were renewed',
    cache_update_time: 'when they were renewed last, in seconds since 1970',
  },
  example: `- apt:
    name: [curl, "nginx=1.22*"]
    update_cache: yes
    cache_valid_time: 3600`,
  inCheckMode: 'predicts',
  compile: (args) => program(compileApt(args)),
  interpret: (report) => interpretApt(report, cacheUntouched),
});
