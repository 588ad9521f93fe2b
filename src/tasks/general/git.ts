import { anything, flag, integer, list, path, text } from '../parameters.js';
import { defineTask, program } from '../task.js';
import { gitScript } from './git-script.js';
import { settingsDiff, texts, withFailure } from './reported.js';

/** The umask as octal digits: YAML reads 0022 as a number. */
function umaskOf(value: unknown): string | undefined | null {
  if (value === undefined || value === null) return undefined;
  const digits = typeof value === 'number' ? value.toString(8) : String(value);
  return /^[0-7]{1,4}$/.test(digits) ? digits.padStart(4, '0') : null;
}

export const git = defineTask({
  name: 'git',
  summary: 'Checks a git repository out.',
  description:
    'With the git of the host. A branch is reset to what the remote side has: local commits are lost, and local changes ' +
    'where force is set. A dry run asks the remote side, and fetches nothing.',
  parameters: {
    repo: text('Address of the repository.', { required: true, aliases: ['name'] }),
    dest: path('Where it goes.', { required: true }),
    version: text('Branch, tag or commit; HEAD is the default branch.', { default: 'HEAD' }),
    remote: text('What the remote side is called.', { default: 'origin' }),
    refspec: text('What is fetched in addition.'),
    force: flag('Whether local changes of tracked files are thrown away; otherwise they are a failure.', {
      default: false,
    }),
    depth: integer('How many commits of the history are fetched.'),
    clone: flag('Whether a repository that is not there is cloned.', { default: true }),
    update: flag('Whether one that is there is updated.', { default: true }),
    bare: flag('Whether there is no work tree.', { default: false }),
    single_branch: flag('Whether only the branch is fetched.', { default: false }),
    recursive: flag('Whether submodules are checked out.', { default: true }),
    track_submodules: flag('Whether submodules follow their branches.', { default: false }),
    accept_hostkey: flag('Whether any key of the SSH server is trusted.', { default: false }),
    accept_newhostkey: flag('Whether a key that is not known yet is trusted.', { default: false }),
    key_file: path('Private key on the host.'),
    ssh_opts: text('Further options of ssh.'),
    reference: text('A repository on the host that objects are borrowed from.'),
    separate_git_dir: path('Where the repository itself goes, apart from the work tree.'),
    umask: anything('Permissions that new files do not get, octal.'),
    executable: path('The git to call. Default: the one that is found.'),
    verify_commit: flag('Whether the signature is checked.', { default: false }),
    gpg_whitelist: list('Fingerprints of keys that may have signed.', { default: [], aliases: ['gpg_allowlist'] }),
    archive: path('An archive of the work tree that is made: .zip, .tar, .tar.gz, .tgz.'),
    archive_prefix: text('What names in the archive begin with.'),
  },
  returns: {
    before: 'the commit that was checked out; null where the repository was not there',
    after: 'the commit that is checked out',
    git_dir_before: 'where the repository was, where separate_git_dir has moved it',
    git_dir_now: 'where it is then',
    remote_url_changed: 'whether the remote side had another address',
  },
  example: `- git:
    repo: https://example.com/manifests.git
    dest: /srv/manifests
    version: v1.2.0
    depth: 1`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const wrong = (msg: string) => ({ status: 'failed' as const, result: { msg } });
    const umask = umaskOf(args.umask);
    if (umask === null) return wrong('umask must be an octal integer');
    for (const name of ['repo', 'version', 'remote', 'refspec'] as const) {
      if (args[name]?.startsWith('-')) return wrong(`${name} must not begin with a dash: ${args[name]}`);
    }
    if (args.archive_prefix !== undefined && args.archive === undefined) return wrong('archive_prefix needs archive');
    if (args.separate_git_dir !== undefined && args.bare) return wrong('a bare repository has no separate_git_dir');
    return program(gitScript({ ...args, umask }));
  },
  interpret: (report, args) => {
    const before = report.text('before') ?? null;
    const after = report.text('after');
    const result = {
      before,
      ...(after !== undefined && { after: after === '' ? null : after }),
      remote_url_changed: report.text('url_changed') !== undefined,
      ...texts(report, ['git_dir_before', 'git_dir_now']),
    };
    const diff =
      after === undefined
        ? []
        : settingsDiff(`git ${args.dest}`, [['commit', before ?? undefined, after || undefined]]);
    return { result: withFailure(report, result), diff };
  },
});
