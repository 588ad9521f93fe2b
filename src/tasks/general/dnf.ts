import type { Mapping } from '../../values/index.js';
import { type ArgumentsOf, choice, flag, integer, list, path, text } from '../parameters.js';
import { defineTask, type Interpretation, program, type Report } from '../task.js';
import { dnfPackages } from './dnf-script.js';
import { withFailure } from './reported.js';

/** Programs that do for a backend, the preferred one first. */
const backends: Readonly<Record<string, readonly string[] | undefined>> = {
  auto: undefined,
  yum: ['yum'],
  yum4: ['dnf-3', 'dnf'],
  dnf4: ['dnf-3', 'dnf'],
  dnf: ['dnf'],
  dnf5: ['dnf5'],
};

const parameters = {
  name: list(
    'Packages, with a version where one is wanted (`httpd-2.4.57`, `httpd >= 2.4`), patterns, groups (`@development`), programs by their path, files, URLs. With `state: latest`, `*` stands for everything that is installed.',
    { aliases: ['pkg'] },
  ),
  state: choice('What is wanted; default: present, with `autoremove` absent.', [
    'present',
    'installed',
    'latest',
    'absent',
    'removed',
  ]),
  enablerepo: list('Repositories that are on for this task.', { default: [] }),
  disablerepo: list('Repositories that are off for this task.', { default: [] }),
  exclude: list('Packages that are left out.', { default: [] }),
  disable_gpg_check: flag('Whether signatures are not checked.', { default: false }),
  disable_excludes: text('Excludes of the configuration that are off: all, main, or those of one repository.'),
  update_cache: flag('Whether the package lists are renewed first.', { default: false, aliases: ['expire-cache'] }),
  update_only: flag('Whether `state: latest` leaves alone what is not installed.', { default: false }),
  autoremove: flag('Whether packages go that nothing needs any more; alone, or with `state: absent`.', {
    default: false,
  }),
  allowerasing: flag('Whether packages that are in the way may be removed.', { default: false }),
  allow_downgrade: flag('Whether an older version may replace a newer one.', { default: false }),
  best: flag('Whether only the newest version will do.'),
  nobest: flag('Whether an older version will do where the newest cannot be installed.', { default: false }),
  install_weak_deps: flag('Whether weak dependencies are installed too.', { default: true }),
  skip_broken: flag('Whether packages that cannot be installed are left out.', { default: false }),
  security: flag('Whether only security updates are taken (`state: latest`).', { default: false }),
  bugfix: flag('Whether only bug fixes are taken (`state: latest`).', { default: false }),
  cacheonly: flag('Whether the package lists that are there are used, however old.', { default: false }),
  download_only: flag('Whether packages are only downloaded.', { default: false }),
  download_dir: path('Where to (`download_only`).'),
  enable_plugin: list('Plugins that are on for this task.', { default: [] }),
  disable_plugin: list('Plugins that are off for this task.', { default: [] }),
  sslverify: flag('Whether certificates of repositories are checked.', { default: true }),
  conf_file: path('Configuration file instead of the usual one.'),
  installroot: path('Root of the installation.', { default: '/' }),
  releasever: text('Release to install from.'),
  validate_certs: flag('Whether certificates of servers are checked that URLs in name are of.', { default: true }),
  install_repoquery: flag('Accepted: it has no effect in Ansible either.', { default: true }),
  use_backend: choice('The program that does it; auto: the one that is there.', Object.keys(backends), {
    default: 'auto',
  }),
  lock_timeout: integer('Seconds to wait while another program uses rpm or dnf.', { default: 30 }),
} as const;

type Arguments = ArgumentsOf<typeof parameters>;

function options(args: Arguments): string[] {
  return [
    ...args.disablerepo.map((repo) => `--disablerepo=${repo}`),
    ...args.enablerepo.map((repo) => `--enablerepo=${repo}`),
    ...args.exclude.map((name) => `--exclude=${name}`),
    ...(args.disable_gpg_check ? ['--nogpgcheck'] : []),
    ...(args.disable_excludes === undefined ? [] : [`--disableexcludes=${args.disable_excludes}`]),
    ...(args.allowerasing ? ['--allowerasing'] : []),
    ...(args.nobest || args.best === false ? ['--nobest'] : []),
    ...(args.best ? ['--best'] : []),
    ...(args.install_weak_deps ? [] : ['--setopt=install_weak_deps=False']),
    ...(args.skip_broken ? ['--skip-broken'] : []),
    ...(args.cacheonly ? ['--cacheonly'] : []),
    ...(args.download_only ? ['--downloadonly'] : []),
    ...(args.download_dir === undefined ? [] : [`--downloaddir=${args.download_dir}`]),
    ...args.enable_plugin.map((plugin) => `--enableplugin=${plugin}`),
    ...args.disable_plugin.map((plugin) => `--disableplugin=${plugin}`),
    ...(args.sslverify && args.validate_certs ? [] : ['--setopt=sslverify=False']),
    ...(args.conf_file === undefined ? [] : [`--config=${args.conf_file}`]),
    ...(args.installroot === '/' ? [] : [`--installroot=${args.installroot}`]),
    ...(args.releasever === undefined ? [] : [`--releasever=${args.releasever}`]),
  ];
}

export function interpretDnf(report: Report): Interpretation {
  const output = report.text('transcript');
  const done = report.status === 'failed' ? {} : { rc: 0, results: [] };
  const result: Mapping = withFailure(report, report.status === 'ok' ? { ...done, msg: 'Nothing to do' } : done);
  if (output !== undefined) {
    result.results = [output];
    const errors = output.split('\n').filter((line) => /^(Error|No match|Unable)/i.test(line));
    if (report.status === 'failed') result.failures = errors;
    if (report.status === 'failed' && errors.length > 0) result.msg = errors.join('\n');
    if (
      report.status === 'changed' &&
      /^Nothing to do/m.test(output) &&
      !/^Complete!/m.test(output.replace(/Nothing to do\.?\s*Complete!/g, ''))
    ) {
      return { result, status: 'ok' };
    }
  }
  return { result };
}

export const dnf = defineTask({
  name: 'dnf',
  aliases: ['yum', 'dnf5'],
  summary: 'Installs, upgrades and removes RPM packages, with dnf or yum.',
  parameters,
  atMostOne: [['best', 'nobest']],
  returns: {
    results: 'what dnf printed',
    msg: 'Nothing to do, or what went wrong',
    rc: 'exit code',
    failures: 'what dnf called an error, where it failed',
  },
  refusedParameters: { list: 'it is for the command line of ansible; use package_facts, or command: dnf list' },
  example: `- dnf:
    name: [kubelet, kubeadm]
    disable_excludes: all`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const names = (args.name ?? []).filter((name) => name !== '');
    const state = args.state ?? (args.autoremove ? 'absent' : 'present');
    if (args.autoremove && names.length > 0 && state !== 'absent' && state !== 'removed') {
      return { status: 'failed', result: { msg: 'autoremove goes alone or with state: absent' } };
    }
    return program(
      dnfPackages({
        names,
        state: state === 'installed' ? 'present' : state === 'removed' ? 'absent' : state,
        options: options(args),
        upgradeOptions: [...(args.security ? ['--security'] : []), ...(args.bugfix ? ['--bugfix'] : [])],
        updateCache: args.update_cache,
        autoremove: args.autoremove,
        lockTimeout: args.lock_timeout,
        allowDowngrade: args.allow_downgrade,
        updateOnly: args.update_only,
        installRoot: args.installroot,
        programs: backends[args.use_backend],
      }),
    );
  },
  interpret: interpretDnf,
});
