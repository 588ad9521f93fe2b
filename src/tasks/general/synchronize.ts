import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { KprovError } from '../../errors/index.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import { isLarge, type Mapping, type PathFacts } from '../../values/index.js';
import { type ArgumentsOf, choice, flag, integer, list, path } from '../parameters.js';
import {
  defineTask,
  type Interpretation,
  type Outcome,
  type Program,
  program,
  type Report,
  type TaskContext,
} from '../task.js';
import { hostPath } from './host-path.js';
import { withFailure } from './reported.js';
import {
  differences,
  isExcluded,
  type Keeping,
  localTree,
  type Node,
  namesById,
  type Wanted,
} from './synchronize-tree.js';

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

type Arguments = ArgumentsOf<typeof parameters>;

function keepingOf(args: Arguments): Keeping {
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

const withoutSlash = (name: string): string => name.replace(/(?<=.)\/+$/, '');

/** Reports everything below kp_top: `NAME//numbers`, links with where they lead, files with their checksum where asked for. */
const listing = (sums: boolean, follow: boolean): Script => sh`
kp_open entries
[ ! -e "$kp_top" ] || find ${follow ? '-L' : '-H'} "$kp_top" -exec stat ${follow ? ['-L'] : []} -c '%n//%f %a %s %Y %u %g %U %G' {} + 2>/dev/null
kp_close
kp_open links
[ ! -e "$kp_top" ] || find -H "$kp_top" -type l -exec sh -c 'for l; do printf "%s//%s//\n" "$l" "$(readlink -- "$l")"; done' sh {} + 2>/dev/null
kp_close
${
  sums
    ? sh`kp_open sums
[ ! -e "$kp_top" ] || find ${follow ? '-L' : '-H'} "$kp_top" -type f -exec sh -c 'for f; do s=$(sha256sum <"$f"); printf "%s//%s\n" "$f" "$\{s%% *}"; done' sh {} + 2>/dev/null
kp_close`
    : sh``
}
kp_set top "$kp_top"`;

type Found = Node & { user: string; groupName: string };

function hostTree(report: Report): Map<string, Found> {
  const top = report.text('top') ?? '';
  const below = (name: string): string => name.slice(top.length).replace(/^\/+/, '');
  const found = new Map<string, Found>();
  const pattern = /([\s\S]*?)\/\/([0-9a-f]+) (\d+) (\d+) (\d+) (\d+) (\d+) (\S+) (.+)\n/g;
  for (const [, name = '', raw = '0', , size, mtime, uid, gid, user = '', groupName = ''] of (
    report.text('entries') ?? ''
  ).matchAll(pattern)) {
    const bits = Number.parseInt(raw, 16);
    const kind: PathFacts['kind'] = ({ 4: 'directory', 8: 'file', 10: 'link' } as const)[bits >> 12] ?? 'other';
    const facts = {
      kind,
      mode: bits & 0o7777,
      size: Number(size),
      mtime: Number(mtime),
      uid: Number(uid),
      gid: Number(gid),
    };
    found.set(below(name), { name: below(name), ...facts, user, groupName });
  }
  for (const [, name = '', target = ''] of (report.text('links') ?? '').matchAll(/([\s\S]*?)\/\/([\s\S]*?)\/\/\n/g)) {
    const node = found.get(below(name));
    if (node?.kind === 'link') node.target = target;
  }
  for (const [, name = '', sum = ''] of (report.text('sums') ?? '').matchAll(/([\s\S]*?)\/\/([0-9a-f]{64})\n/g)) {
    const node = found.get(below(name));
    if (node !== undefined) node.sha256 = sum;
  }
  return found;
}

function sumOf(context: TaskContext, file: string): string {
  const large = context.files.large?.(file);
  if (large !== undefined && isLarge(large)) return large.sha256;
  return createHash('sha256')
    .update(context.files.readBytes(file) ?? '')
    .digest('hex');
}

const letters = { file: 'f', directory: 'd', link: 'L', other: 'S' } as const;

/** As rsync itemizes it. */
const itemized = (node: Node, what: readonly string[], isNew: boolean): string => {
  const mark =
    node.kind === 'directory' ? (isNew ? 'c' : '.') : node.kind === 'link' ? 'c' : what.includes('content') ? '<' : '.';
  const of = (name: string, letter: string) => (what.includes(name) ? letter : '.');
  const flags = isNew
    ? '+++++++++'
    : `${of('content', 's')}.${of('time', 't')}${of('mode', 'p')}${of('owner', 'o')}${of('group', 'g')}...`;
  return `${mark}${letters[node.kind]}${flags} ${node.name || './'}`;
};

function settle(node: Wanted, at: Script, keeping: Keeping): Script {
  const owner = `${keeping.owner ? node.user : ''}${keeping.group ? `:${node.groupName}` : ''}`;
  return joinScripts([
    // Who is not root cannot give files away: rsync passes over that, too.
    owner !== '' && sh`[ "$(id -u)" != 0 ] || kp_try chown -h -- ${owner} ${at} || return 1`,
    keeping.perms &&
      node.kind !== 'link' &&
      sh`kp_try chmod -- ${node.mode.toString(8).padStart(4, '0')} ${at} || return 1`,
    keeping.times && node.kind === 'file' && sh`kp_try touch -d ${`@${node.mtime}`} -- ${at} || return 1`,
  ]);
}

interface Push {
  top: string;
  source: string;
  keeping: Keeping;
  context: TaskContext;
}

function pushing(push: Push, nodes: readonly Wanted[], report: Report): Program | Outcome {
  const { keeping, context, source } = push;
  const top = report.text('top') ?? push.top;
  const have = hostTree(report);
  const changes = nodes
    .map((node) => ({ node, have: have.get(node.name), what: differences(node, have.get(node.name), keeping) }))
    .filter(({ what, have: there }) => what.length > 0 && !(keeping.existingOnly && there === undefined));
  const wanted = new Set(nodes.map(({ name }) => name));
  const excluded = isExcluded(keeping.excludes);
  const gone = keeping.delete
    ? [...have.values()]
        .filter(({ name, kind }) => name !== '' && !wanted.has(name) && !excluded(name, kind === 'directory'))
        .map(({ name }) => name)
    : [];
  const topGone = gone.filter((name) => !gone.some((other) => name.startsWith(`${other}/`)));
  const lines = [
    ...topGone.map((name) => `*deleting   ${name}`),
    ...changes.map(({ node, have: there, what }) => itemized(node, what, there === undefined)),
  ];
  const result: Mapping = { msg: lines.map((line) => `${line}\n`).join(''), stdout_lines: lines, rc: 0, cmd: '' };
  if (lines.length === 0) return { status: 'ok', result };
  const diff = [{ before: '', after: `${lines.join('\n')}\n`, beforeHeader: top, afterHeader: top }];
  if (context.checkMode) return { status: 'changed', result, diff };
  const at = (name: string): string => (name === '' ? top : posix.join(top, name));
  const isTree = nodes[0]?.kind === 'directory';
  const parent = isTree ? top : posix.dirname(top);
  const staging = posix.join(parent, `.kprov-sync-${createHash('sha256').update(source).digest('hex').slice(0, 12)}`);
  const files = changes.filter(({ node, what }) => node.kind === 'file' && what.includes('content'));
  const prepare = program(
    sh`kp_apply
${isTree ? sh`[ -d ${top} ] || kp_try mkdir -p -- ${top} || return 1` : sh`[ -d ${parent} ] || kp_try mkdir -p -- ${parent} || return 1`}
rm -rf -- ${staging}
kp_try mkdir -m 700 -- ${staging}`,
    {
      next: () =>
        program(
          joinScripts([
            sh`kp_apply`,
            ...topGone.map((name) => sh`kp_try rm -rf -- ${at(name)} || return 1`),
            ...changes.map(({ node, have: there, what }) => {
              const path = sh`${at(node.name)}`;
              const index = files.findIndex((each) => each.node === node);
              const clear =
                there !== undefined && there.kind !== node.kind ? sh`kp_try rm -rf -- ${path} || return 1` : undefined;
              if (node.kind === 'directory')
                return joinScripts([clear, sh`[ -d ${path} ] || kp_try mkdir -- ${path} || return 1`]);
              if (node.kind === 'link') {
                const set = sh`rm -f -- ${path}; kp_try ln -s -- ${node.target ?? ''} ${path} || return 1`;
                return joinScripts([clear, set, settle(node, path, { ...keeping, perms: false })]);
              }
              if (!what.includes('content')) return settle(node, path, keeping);
              const arrived = sh`${`${staging}/${index}`}`;
              const plain = sh`chmod -- ${keeping.perms ? '0600' : (there?.mode ?? 0o644).toString(8).padStart(4, '0')} ${arrived}`;
              return joinScripts([
                clear,
                plain,
                settle(node, arrived, keeping),
                sh`kp_rename ${arrived} ${path} || return 1`,
              ]);
            }),
            // A directory's permissions may keep its owner from writing into it: they come last.
            ...[...changes]
              .reverse()
              .filter(({ node }) => node.kind === 'directory')
              .map(({ node }) => settle(node, sh`${at(node.name)}`, keeping)),
            sh`rm -rf -- ${staging}`,
          ]),
          {
            uploads: files.map(({ node }, index) => {
              const file = node.name === '' ? source : posix.join(source, node.name);
              const content = context.files.large?.(file) ?? context.files.readBytes(file);
              if (content === undefined) throw new KprovError('missing-file', `cannot read ${file}`);
              return { path: `${staging}/${index}`, content };
            }),
            next: () => ({ status: 'changed', result, diff }),
          },
        ),
    },
  );
  return prepare;
}

function push(args: Arguments, context: TaskContext, keeping: Keeping): Program | Outcome {
  const source = withoutSlash(context.find('files', args.src));
  const nodes = localTree(context.files, source, keeping);
  const [first] = nodes;
  if (first === undefined) return { status: 'failed', result: { msg: `there is nothing at ${source}` } };
  const users = namesById(context.files.read('/etc/passwd'));
  const groups = namesById(context.files.read('/etc/group'));
  const needsSums = keeping.checksum || !keeping.times;
  const wanted = nodes.map((node): Wanted => {
    const named = {
      ...node,
      user: users.get(node.uid) ?? String(node.uid),
      groupName: groups.get(node.gid) ?? String(node.gid),
    };
    if (!needsSums || node.kind !== 'file') return named;
    return { ...named, sha256: sumOf(context, node.name === '' ? source : posix.join(source, node.name)) };
  });
  const inside = posix.join(withoutSlash(args.dest), posix.basename(source));
  const isWhole = first.kind === 'directory' && args.src.endsWith('/');
  const script = sh`
kp_top=${hostPath(isWhole || first.kind !== 'directory' ? withoutSlash(args.dest) : inside)}
${first.kind === 'directory' ? sh`` : sh`if [ -n ${args.dest.endsWith('/')} ] || [ -d "$kp_top" ]; then kp_top=${hostPath(inside)}; fi`}
case $kp_top in [/.]*) ;; *) kp_top=./$kp_top ;; esac
if [ -n "$kp_check" ] && kp_foreseen "$kp_top"; then case $kp_value in absent*) ;; *) [ -e "$kp_top" ] || { kp_set top "$kp_top"; return 0; } ;; esac; fi
${listing(needsSums, false)}`;
  return program(script, { next: (report) => pushing({ top: args.dest, source, keeping, context }, wanted, report) });
}

/** What is brought by a pull: contents come with the second report, and the engine writes them. */
function pull(args: Arguments, context: TaskContext, keeping: Keeping): Program {
  const script = sh`
kp_top=${hostPath(withoutSlash(args.src))}
case $kp_top in [/.]*) ;; *) kp_top=./$kp_top ;; esac
if [ ! -e "$kp_top" ]; then
  if [ -n "$kp_dry" ]; then kp_unknown "$kp_top is not there yet"; return 0; fi
  kp_fail "there is nothing at $kp_top"; return 1
fi
${listing(true, true)}`;
  return program(script, {
    next: (report) => {
      const { files } = pulled(args, context, keeping, report);
      return program(
        joinScripts([
          sh`kp_set listing ${JSON.stringify(files)}`,
          files.length > 0 && sh`kp_apply`,
          ...(context.checkMode
            ? []
            : files.map(({ from }, index) => sh`kp_open ${`file.${index}`}; cat -- ${from} || return 1; kp_close`)),
          sh`return 0`,
        ]),
      );
    },
  });
}

interface Pulled {
  from: string;
  to: string;
  mode: number;
}

function pulled(args: Arguments, context: TaskContext, keeping: Keeping, report: Report): { files: Pulled[] } {
  const tree = hostTree(report);
  const top = report.text('top') ?? args.src;
  const base = context.local(args.dest);
  const first = tree.get('');
  const isDirectory = first?.kind === 'directory';
  const intoDirectory = args.dest.endsWith('/') || context.files.kind(base) === 'directory';
  const place = isDirectory
    ? args.src.endsWith('/')
      ? base
      : posix.join(base, posix.basename(top))
    : intoDirectory
      ? posix.join(base, posix.basename(top))
      : base;
  const excluded = isExcluded(keeping.excludes);
  const within = (name: string): boolean => {
    const parts = name.split('/');
    return parts.some((_, index) => excluded(parts.slice(0, index + 1).join('/'), index < parts.length - 1));
  };
  const files = [...tree.values()].flatMap((node) => {
    if (node.kind !== 'file' || (node.name !== '' && within(node.name))) return [];
    const to = node.name === '' ? place : posix.join(place, node.name);
    const here = context.files.look?.(to);
    if (keeping.existingOnly && here === undefined) return [];
    const isSame = here?.kind === 'file' && here.size === node.size && sumOf(context, to) === node.sha256;
    const hasMode = !keeping.perms || here?.mode === node.mode;
    if (isSame && hasMode) return [];
    return [
      {
        from: node.name === '' ? top : posix.join(top, node.name),
        to,
        mode: keeping.perms ? node.mode : (here?.mode ?? 0o644),
      },
    ];
  });
  return { files };
}

function interpretPull(report: Report): Interpretation {
  const files = JSON.parse(report.text('listing') ?? '[]') as Pulled[];
  const lines = files.map(({ to }) => `>f+++++++++ ${to}`);
  return {
    result: withFailure(report, {
      msg: lines.map((line) => `${line}\n`).join(''),
      stdout_lines: lines,
      rc: 0,
      cmd: '',
    }),
    save: files.flatMap(({ to, mode }, index) => {
      const content = report.bytes(`file.${index}`);
      return content === undefined ? [] : [{ path: to, content, mode }];
    }),
  };
}

export const synchronize = defineTask({
  name: 'synchronize',
  collection: 'ansible.posix',
  summary: 'Makes a tree on the host like one on the control machine, or the other way.',
  description:
    'Over the connection of the task, without rsync on either side; whole files are sent, those alone that differ in size or ' +
    'time (checksum: in content). Pulling compares contents, follows links, keeps no times and deletes nothing. ' +
    'delegate_to is refused: both ends are the control machine and the host of the task.',
  parameters,
  returns: {
    msg: 'what was changed, as rsync itemizes it',
    stdout_lines: 'the same, line by line',
    rc: '0',
    cmd: 'empty: no program is called',
  },
  example: `- synchronize:
    src: manifests/
    dest: /srv/manifests
    delete: true
    rsync_opts: [--exclude=.git]`,
  inCheckMode: 'predicts',
  compile: (args, context) => {
    const wrong = (msg: string): Outcome => ({ status: 'failed', result: { msg } });
    if (context.delegateTo !== undefined) {
      return wrong(
        'synchronize cannot be delegated: it brings files from the control machine to the host of the task; on one host use copy with remote_src',
      );
    }
    const keeping = keepingOf(args);
    if (/^[\w.@-]+:|^rsync:\/\//.test(args.src) || /^[\w.@-]+:|^rsync:\/\//.test(args.dest)) {
      return wrong('src and dest are paths; a third host is not reached');
    }
    if (args.delete && !keeping.recursive) return wrong('delete needs recursive');
    if (args.mode === 'push') return push(args, context, keeping);
    if (args.delete) return wrong('pulling deletes nothing on the control machine');
    return pull(args, context, keeping);
  },
  interpret: (report, args) => {
    if (args.mode === 'pull' && report.text('listing') !== undefined) return interpretPull(report);
    return { result: withFailure(report, {}) };
  },
});
