import { sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import type { Report } from '../task.js';

/** Reports what `file` says of the path kp_p. */
export const mimeScript = sh`
if command -v file >/dev/null 2>&1 && kp_reply file --brief --mime-type --mime-encoding -- "$kp_p"; then
  kp_set mime "$kp_line"
fi`;

/** Type and character set, each `unknown` where `file` is missing, as Ansible has it. */
export function mimeOf(report: Report): Mapping {
  const [, mimetype, charset] = /^([^;]*); charset=(.*)$/.exec(report.text('mime')?.trim() ?? '') ?? [];
  return { mimetype: mimetype ?? 'unknown', charset: charset ?? 'unknown' };
}

/** Reports the attributes of the path kp_p; file systems without any are passed over. */
export const attributesScript = sh`
if command -v lsattr >/dev/null 2>&1 && kp_reply lsattr -vd -- "$kp_p"; then kp_set attributes "$kp_line"; fi`;

/** Names that Ansible gives the letters of lsattr. */
const names: Readonly<Record<string, string>> = {
  A: 'noatime',
  a: 'append',
  c: 'compressed',
  C: 'nocow',
  d: 'nodump',
  D: 'dirsync',
  e: 'extents',
  E: 'encrypted',
  h: 'blocksize',
  i: 'immutable',
  I: 'indexed',
  j: 'journalled',
  N: 'inline',
  s: 'zero',
  S: 'synchronous',
  t: 'notail',
  T: 'blockroot',
  u: 'undelete',
  X: 'compressedraw',
  Z: 'compresseddirty',
};

/** Version, letters and names; nothing where lsattr said nothing. */
export function attributesOf(report: Report): Mapping {
  const [, version, letters] = /^\s*(\d+)\s+(\S+)\s/.exec(report.text('attributes') ?? '') ?? [];
  if (version === undefined || letters === undefined) return {};
  const flags = letters.replaceAll('-', '');
  return { version, attr_flags: flags, attributes: [...flags].flatMap((letter) => names[letter] ?? []) };
}
