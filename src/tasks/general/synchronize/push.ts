import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { KprovError } from '../../../errors/index.js';
import { joinScripts, type Script, sh } from '../../../shell/index.js';
import type { Mapping } from '../../../values/index.js';
import { type Outcome, type Program, program, type Report, type TaskContext } from '../../task.js';
import { hostPath } from '../host-path.js';
import type { SynchronizeArguments as Arguments } from '../synchronize.js';
import { hostTree, listing, sumOf, withoutSlash } from './listing.js';
import { differences, isExcluded, type Keeping, localTree, type Node, namesById, type Wanted } from './tree.js';

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
            // Once all is in its place nobody looks for what is left of its way there.
            sh`kp_note ${staging}`,
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

/** From the control machine to the host: looks there, and sends what differs. */
export function push(args: Arguments, context: TaskContext, keeping: Keeping): Program | Outcome {
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
