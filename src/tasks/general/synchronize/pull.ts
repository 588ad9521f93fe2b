import { posix } from 'node:path';
import { joinScripts, sh } from '../../../shell/index.js';
import { type Interpretation, type Program, program, type Report, type TaskContext } from '../../task.js';
import { hostPath } from '../host-path.js';
import { withFailure } from '../reported.js';
import type { SynchronizeArguments as Arguments } from '../synchronize.js';
import { hostTree, listing, sumOf, withoutSlash } from './listing.js';
import { isExcluded, type Keeping } from './tree.js';
/** What is brought by a pull: contents come with the second report, and the engine writes them. */
export function pull(args: Arguments, context: TaskContext, keeping: Keeping): Program {
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

/** The files that have come, for the engine to write. */
export function interpretPull(report: Report): Interpretation {
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
