import { joinScripts, type Script, sh } from '../../shell/index.js';
import { type ArgumentsOf, flag, text } from '../parameters.js';

/** Parameters of Ansible's tasks for files beside mode, owner and group. */
export const fileAttributes = {
  attributes: text('Flags of the file as chattr has them: =, + or - and letters; without a sign as with =.', {
    aliases: ['attr'],
  }),
  seuser: text('User of the SELinux context; _default: what the policy says. Without effect where SELinux is off.'),
  serole: text('Role of the SELinux context, as seuser.'),
  setype: text('Type of the SELinux context, as seuser.'),
  selevel: text('Level of the SELinux context, as seuser.'),
  unsafe_writes: flag('Whether a file that cannot be replaced, a mount point of a container, is written into.', {
    default: false,
  }),
} as const;

export type FileAttributes = Partial<ArgumentsOf<typeof fileAttributes>>;

/** lsattr prints flags and dashes as one word before the path; `e` (extents) is the file system's own matter. */
function flags(wanted: string): Script {
  const [, sign = '', letters = ''] = /^([-+=]?)(.*)$/s.exec(wanted) ?? [];
  const ignored = letters.includes('e') ? '_-' : '_e-';
  const missing = sh`$(printf %s ${letters} | tr -d "_$kp_flags")`;
  const isSo =
    sign === '+'
      ? sh`[ -z "${missing}" ]`
      : sign === '-'
        ? sh`[ "${missing}" = ${letters} ]`
        : sh`[ -z "${missing}$(printf %s "$kp_flags" | tr -d ${`_${letters}`})" ]`;
  return sh`
kp_flags=$(lsattr -d -- "$1" 2>/dev/null)
kp_flags=$(printf %s "$\{kp_flags%% *}" | tr -d ${ignored})
if ! ${isSo}; then
  kp_set "before_attributes$kp_key" "$kp_flags"
  kp_set "after_attributes$kp_key" ${letters}
  command -v chattr >/dev/null 2>&1 || { kp_fail 'Failed to find required executable "chattr"'; return 1; }
  if kp_apply; then
    kp_out=$(chattr ${`${sign === '' ? '=' : sign}${letters}`} "$1" 2>&1) || { kp_fail "chattr failed: $kp_out"; return 1; }
  fi
fi`;
}

export const contextParts = ['seuser', 'serole', 'setype', 'selevel'] as const;

/** A context is user:role:type, and :level where there are levels, which holds colons itself. */
function context(args: FileAttributes): Script {
  const parts = contextParts.map((name) => args[name] ?? '');
  return sh`
if command -v selinuxenabled >/dev/null 2>&1 && selinuxenabled; then
  kp_old=$(stat -c %C -- "$1") || return 1
  kp_default=$kp_old
  case ${parts.join(' ')} in *_default*) kp_default=$(matchpathcon -n -- "$1") || kp_default=$kp_old ;; esac
  set -- "$1" ${parts}
  kp_new= kp_a=$kp_old kp_b=$kp_default
  for kp_i in "$2" "$3" "$4"; do
    case $kp_i in '') kp_i=$\{kp_a%%:*} ;; _default) kp_i=$\{kp_b%%:*} ;; esac
    kp_new=$kp_new$kp_i: kp_a=$\{kp_a#*:} kp_b=$\{kp_b#*:}
  done
  case $5 in '') kp_i=$kp_a ;; _default) kp_i=$kp_b ;; *) kp_i=$5 ;; esac
  case $kp_old in *:*:*:*) kp_new=$kp_new$kp_i ;; *) kp_new=$\{kp_new%:} ;; esac
  if [ "$kp_new" != "$kp_old" ]; then
    kp_set "before_secontext$kp_key" "$kp_old"
    kp_set "after_secontext$kp_key" "$kp_new"
    if kp_apply; then kp_try chcon -h -- "$kp_new" "$1" || return 1; fi
  fi
fi`;
}

/** What the runner is to bring about with every mode and owner: the function kp_more, and how files are replaced. */
export function furtherAttributes(args: FileAttributes): Script {
  const hasContext = contextParts.some((name) => args[name] !== undefined);
  const more = [
    hasContext && context(args),
    args.attributes !== undefined && args.attributes !== '' && flags(args.attributes),
  ].filter((script) => script !== false);
  return joinScripts([
    args.unsafe_writes && sh`kp_unsafe=1`,
    more.length > 0 &&
      joinScripts([
        sh`kp_more=kp_more`,
        sh`kp_more() {
local kp_i kp_a kp_b kp_old kp_new kp_default
[ -e "$1" ] || [ -L "$1" ] || return 0`,
        ...more,
        sh`}`,
      ]),
  ]);
}
