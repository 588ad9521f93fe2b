import { createHash } from 'node:crypto';
import { type Script, sh } from '../../../shell/index.js';
import { isLarge, type PathFacts } from '../../../values/index.js';
import type { Report, TaskContext } from '../../task.js';
import type { Node } from './tree.js';

export const withoutSlash = (name: string): string => name.replace(/(?<=.)\/+$/, '');

/** Reports everything below kp_top: `NAME//numbers`, links with where they lead, files with their checksum where asked for. */
export const listing = (sums: boolean, follow: boolean): Script => sh`
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

/** A node of the host. */
type Found = Node & { user: string; groupName: string };

/** What `listing` has reported, by the names below the top. */
export function hostTree(report: Report): Map<string, Found> {
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

/** SHA-256 of a file of the control machine. */
export function sumOf(context: TaskContext, file: string): string {
  const large = context.files.large?.(file);
  if (large !== undefined && isLarge(large)) return large.sha256;
  return createHash('sha256')
    .update(context.files.readBytes(file) ?? '')
    .digest('hex');
}
