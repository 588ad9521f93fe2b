import { KprovError } from '../../errors/index.js';
import { type ArgumentsOf, choice, flag, integer, list, path } from '../parameters.js';
import { defineTask, type Outcome } from '../task.js';
import { withFailure } from './reported.js';
import { interpretPull, pull } from './synchronize/pull.js';
import { push } from './synchronize/push.js';
import type { Keeping } from './synchronize/tree.js';
import { interpretWithin, within } from './synchronize/within.js';

const parameters = {
  src: path(
    'What is brought; with a / at its end only what is in it. Of the control machine, or of the host with pull.',
    { required: true },
  ),
  dest: path('Where it goes.', { required: true }),
  mode: choice('push: from the control machine to the host; pull: the other way.', ['push', 'pull'], {
    default: 'push',
  }),
  archive: flag('Whether everything is kept: recursive, links, perms, times, owner, group.', { default: true }),
  recursive: flag('Whether directories are entered. Default: archive.'),
  links: flag('Whether links are brought as links. Default: archive.'),
  copy_links: flag('Whether what a link leads to is brought instead.', { default: false }),
  perms: flag('Whether permissions are kept. Default: archive.'),
  times: flag('Whether times are kept. Default: archive.'),
  owner: flag('Whether owners are kept, by name; root only. Default: archive.'),
  group: flag('Whether groups are kept, by name. Default: archive.'),
  checksum: flag('Whether files are compared by their content rather than by size and time.', { default: false }),
  delete: flag('Whether what is not in src is removed from dest.', { default: false }),
  existing_only: flag('Whether only files that are there already are brought up to date.', { default: false }),
  dirs: flag('Whether directories are made without what is in them.', { default: false }),
  rsync_opts: list('Further options of rsync, of which --exclude=PATTERN is known.', { default: [] }),
  compress: flag('Accepted: the connection decides about compression.', { default: true }),
  partial: flag('Accepted: a file is put in place only when it is whole.', { default: false }),
  delay_updates: flag('Accepted: files are put in place after all of them have come.', { default: true }),
  rsync_timeout: integer('Accepted: the `timeout` keyword limits a task.', { default: 0 }),
} as const;

export type SynchronizeArguments = ArgumentsOf<typeof parameters>;

/** What of the files is kept, and what is left alone. Throws KprovError for an option of rsync that is not known. */
function keepingOf(args: SynchronizeArguments): Keeping {
  const has = (value: boolean | undefined): boolean => value ?? args.archive;
  const excludes = args.rsync_opts.map((option) => {
    const pattern = /^--exclude=(.+)$/s.exec(option)?.[1];
    if (pattern === undefined) {
      throw new KprovError('bad-argument', `synchronize does not know the option ${option} of rsync`, {
        fix: 'of rsync_opts --exclude=PATTERN is known; there is a parameter for most of the others',
      });
    }
    return pattern;
  });
  return {
    recursive: has(args.recursive) && !args.dirs,
    links: has(args.links),
    copyLinks: args.copy_links,
    perms: has(args.perms),
    times: has(args.times),
    owner: has(args.owner),
    group: has(args.group),
    checksum: args.checksum,
    existingOnly: args.existing_only,
    delete: args.delete,
    excludes,
  };
}

export const synchronize = defineTask({
  name: 'synchronize',
  collection: 'ansible.posix',
  summary: 'Makes a tree on the host like one on the control machine, or the other way.',
  description:
    'Over the connection of the task, without rsync on either side; whole files are sent, those alone that differ in size or ' +
    'time (checksum: in content). Pulling compares contents, follows links, keeps no times and deletes nothing. ' +
    'With delegate_to: "{{ inventory_hostname }}" both paths are of the host, whose own rsync is called; another host is ' +
    'refused: it would have to log in to the host of the task, and kprov lends no keys.',
  parameters,
  returns: {
    msg: 'what was changed, as rsync itemizes it',
    stdout_lines: 'the same, line by line',
    rc: '0',
    cmd: 'what was called on the host; empty where nothing is',
  },
  example: `- synchronize:
    src: manifests/
    dest: /srv/manifests
    delete: true
    rsync_opts: [--exclude=.git]`,
  inCheckMode: 'predicts',
  compile: (args, context) => {
    const wrong = (msg: string): Outcome => ({ status: 'failed', result: { msg } });
    const { delegateTo } = context;
    if (delegateTo !== undefined && delegateTo !== context.host) {
      return wrong(
        `synchronize cannot be delegated to ${delegateTo}: a login from there to ${context.host} would need a key, and kprov lends none; fetch to the control machine, then push`,
      );
    }
    const keeping = keepingOf(args);
    if (/^[\w.@-]+:|^rsync:\/\//.test(args.src) || /^[\w.@-]+:|^rsync:\/\//.test(args.dest)) {
      return wrong('src and dest are paths; a third host is not reached');
    }
    if (args.delete && !keeping.recursive) return wrong('delete needs recursive');
    if (delegateTo !== undefined) return within(args, keeping);
    if (args.mode === 'push') return push(args, context, keeping);
    if (args.delete) return wrong('pulling deletes nothing on the control machine');
    return pull(args, context, keeping);
  },
  interpret: (report, args) => {
    if (report.text('rsync') !== undefined) return interpretWithin(report, args.dest);
    if (args.mode === 'pull' && report.text('listing') !== undefined) return interpretPull(report);
    return { result: withFailure(report, {}) };
  },
});
