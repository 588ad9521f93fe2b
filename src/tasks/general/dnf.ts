import type { Mapping } from '../../values/index.js';
import { type ArgumentsOf, choice, flag, integer, list, path, text } from '../parameters.js';
import { defineTask, type Interpretation, program, type Report } from '../task.js';
import { dnfPackages } from './dnf-script.js';
import { withFailure } from './reported.js';

const parameters = {
  name: list('Packages, with a version where one is wanted (`httpd-2.4.57`), groups (`@development`), URLs, files.', {
    aliases: ['pkg'],
  }),
  state: choice('What is wanted.', ['present', 'installed', 'latest', 'absent', 'removed'], { default: 'present' }),
  enablerepo: list('Repositories that are on for this task.', { default: [] }),
  disablerepo: list('Repositories that are off for this task.', { default: [] }),
  exclude: list('Packages that are left out.', { default: [] }),
  disable_gpg_check: flag('Whether signatures are not checked.', { default: false }),
  disable_excludes: choice('Excludes of the configuration that are off: all, main, or a repository.', ['all', 'main']),
  update_cache: flag('Whether the package lists are renewed first.', { default: false, aliases: ['expire-cache'] }),
  autoremove: flag('Whether packages go that nothing needs any more.', { default: false }),
  allowerasing: flag('Whether packages that are in the way may be removed.', { default: false }),
  allow_downgrade: flag('Whether an older version may replace a newer one.', { default: false }),
  nobest: flag('Whether an older version will do where the newest cannot be installed.', { default: false }),
  install_weak_deps: flag('Whether weak dependencies are installed too.', { default: true }),
  skip_broken: flag('Whether packages that cannot be installed are left out.', { default: false }),
  security: flag('Whether only security updates are taken (`state: latest`).', { default: false }),
  bugfix: flag('Whether only bug fixes are taken (`state: latest`).', { default: false }),
  conf_file: path('Configuration file instead of the usual one.'),
  installroot: path('Root of the installation.', { default: '/' }),
  releasever: text('Release to install from.'),
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
    ...(args.nobest ? ['--nobest'] : []),
    ...(args.install_weak_deps ? [] : ['--setopt=install_weak_deps=False']),
    ...(args.skip_broken ? ['--skip-broken'] : []),
    ...(args.security ? ['--security'] : []),
    ...(args.bugfix ? ['--bugfix'] : []),
    ...(args.conf_file === undefined ? [] : [`--config=${args.conf_file}`]),
    ...(args.installroot === '/' ? [] : [`--installroot=${args.installroot}`]),
    ...(args.releasever === undefined ? [] : [`--releasever=${args.releasever}`]),
  ];
}

export function interpretDnf(report: Report): Interpretation {
  const output = report.text('transcript');
  const result: Mapping = withFailure(report);
  if (output !== undefined) {
    result.results = [output];
    const errors = output.split('\n').filter((line) => /^(Error|No match|Unable)/i.test(line));
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
  returns: { results: 'what dnf printed' },
  example: `- dnf:
    name: [kubelet, kubeadm]
    disable_excludes: all`,
  inCheckMode: 'predicts',
  compile: (args) =>
    program(
      dnfPackages({
        names: (args.name ?? []).filter((name) => name !== ''),
        state: args.state === 'installed' ? 'present' : args.state === 'removed' ? 'absent' : args.state,
        options: options(args),
        updateCache: args.update_cache,
        autoremove: args.autoremove,
        lockTimeout: args.lock_timeout,
        allowDowngrade: args.allow_downgrade,
      }),
    ),
  interpret: interpretDnf,
});
