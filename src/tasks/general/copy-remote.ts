import { posix } from 'node:path';
import { joinScripts, sh } from '../../shell/index.js';
import { type Interpretation, type Program, program, type Report } from '../task.js';
import type { CopyArguments } from './copy.js';
import { placeLink } from './place-link.js';
import { withFailure } from './reported.js';
import { backupOf, factsOf, fileDiffs, safeguards } from './written-file.js';

/**
 * kp_copy SRC DEST MODE OWNER GROUP: one file of the host. kp_copy_tree SRC DEST DIRECTORY_MODE MODE OWNER GROUP: a
 * directory with all that is in it; what is at the destination beside that stays.
 */
const functions = sh`
kp_copy() {
  kp_as=$3
  if [ "$3" = preserve ]; then kp_stat "$1"; kp_as=$kp_mode; fi
  if kp_foreseen "$1"; then
    kp_read "$1" && kp_write "$2" "$kp_text" "$kp_as" "$4" "$5"
    return
  fi
  kp_stat "$2"
  case $kp_type in
  file) if kp_same_content "$1" "$2"; then kp_attributes "$2" "$kp_as" "$4" "$5"; return; fi ;;
  absent | link) ;;
  *) kp_fail "$2 is a $kp_type, not a file"; return 1 ;;
  esac
  kp_parent "$2" || return 1
  kp_before "$2"
  [ "$kp_type" != file ] || kp_differ "$kp_as" "$4" "$5"
  if [ -n "$kp_diff" ]; then kp_open "after$kp_key"; head -c 104449 <"$1"; kp_close; fi
  if kp_apply; then
    kp_temp "$2"
    cat -- "$1" >"$kp_tmp" || { rm -f -- "$kp_tmp"; kp_fail "cannot copy $1 to $kp_tmp"; return 1; }
    kp_install "$kp_tmp" "$2" "$kp_as" "$4" "$5"
  else
    kp_foresee_file "$2" "$kp_as" "$4" "$5"
    kp_line=$(sha256sum <"$1")
    kp_predict hash "$2" "$\{kp_line%% *}"
  fi
}
kp_same_content() {
  if kp_foreseen "$2"; then kp_read "$2" && printf %s "$kp_text" | cmp -s -- "$1" -; else cmp -s -- "$1" "$2"; fi
}
kp_stays_link() {
  [ -n "$kp_follows" ] && [ -e "$1" ] || return 0
  [ -d "$1" ] || return 1
  # One that leads to a directory that it stands in would have no end.
  case $(cd -P -- "$\{1%/*}" && pwd)/ in "$(cd -P -- "$1" && pwd)"/*) return 0 ;; esac
  return 1
}
kp_copy_tree() {
  local kp_f
  kp_is_directory "$2" || kp_directory "$2" "$3" "$5" "$6" || return 1
  for kp_f in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ -L "$kp_f" ] && kp_stays_link "$kp_f"; then kp_place_link "$(readlink -- "$kp_f")" "$2/$\{kp_f##*/}" "$5" "$6" || return 1
    elif [ -d "$kp_f" ]; then kp_copy_tree "$kp_f" "$2/$\{kp_f##*/}" "$3" "$4" "$5" "$6" || return 1
    elif [ -e "$kp_f" ]; then
      kp_count=$((kp_count + 1)) kp_key=.$kp_count
      kp_set "dest$kp_key" "$2/$\{kp_f##*/}"
      kp_copy "$kp_f" "$2/$\{kp_f##*/}" "$4" "$5" "$6" || return 1
    fi
  done
}
`;

const notThere = sh`
kp_src=$1
kp_stat "$kp_src"
if [ "$kp_type" = absent ]; then
  if [ -n "$kp_dry" ]; then kp_unknown "$kp_src is not there yet"; else kp_fail "Source $kp_src not found"; fi
  return 1
fi`;

/** `remote_src`: both ends are on the host. Whether src is a file or a directory shows there. */
export function remoteCopy(args: CopyArguments): Program {
  const src = args.src ?? '';
  const dest = args.dest.replace(/(?<=.)\/+$/, '');
  const name = posix.basename(src);
  const treeTop = src.endsWith('/') ? dest : posix.join(dest, name);
  const attributes = sh`${args.mode} ${args.owner} ${args.group}`;
  return program(
    joinScripts([
      placeLink,
      functions,
      safeguards(args),
      sh`set -- ${src}`,
      notThere,
      sh`kp_count=0 kp_follows=${args.local_follow}
if kp_is_directory "$kp_src"; then
  kp_set tree 1
  kp_copy_tree ${src.replace(/(?<=.)\/+$/, '')} ${treeTop} ${args.directory_mode} ${attributes}
  return
fi
if ! kp_foreseen "$kp_src" && [ ! -f "$kp_src" ]; then kp_fail "Cannot copy invalid source '$kp_src': not a file"; return 1; fi
kp_dest=${dest}`,
      args.dest.endsWith('/')
        ? sh`kp_is_directory "$kp_dest" || kp_directory "$kp_dest" ${args.directory_mode} ${args.owner} ${args.group} || return 1
kp_dest=${posix.join(dest, name)}`
        : sh`if kp_is_directory "$kp_dest"; then kp_dest=${posix.join(dest, name)}; fi`,
      args.follow && sh`kp_real "$kp_dest" || return 1; kp_dest=$kp_path`,
      sh`kp_set dest "$kp_dest"`,
      !args.force &&
        sh`kp_stat "$kp_dest"; if [ "$kp_type" != absent ]; then kp_set msg 'file already exists'; return 0; fi`,
      sh`kp_sum=
if [ -f "$kp_src" ]; then kp_sum=$(sha1sum <"$kp_src") && kp_set checksum "$\{kp_sum%% *}"; fi`,
      args.checksum !== undefined &&
        sh`if [ "$\{kp_sum%% *}" != ${args.checksum} ]; then
  kp_fail 'Copied file does not match the expected checksum. Transfer failed.'; return 1
fi`,
      sh`kp_copy "$kp_src" "$kp_dest" ${attributes} && kp_facts "$kp_dest"`,
    ]),
  );
}

export function interpretRemoteCopy(report: Report, args: CopyArguments): Interpretation {
  const src = args.src ?? '';
  if (report.text('tree') !== undefined) {
    const diff = [];
    for (let i = 1; ; i++) {
      const dest = report.text(`dest.${i}`);
      if (dest === undefined) break;
      diff.push(...fileDiffs(report, dest, report.bytes(`after.${i}`) ?? '', `.${i}`));
    }
    return { result: withFailure(report, { src, dest: args.dest }), diff };
  }
  const dest = report.text('dest') ?? args.dest;
  const checksum = report.text('checksum');
  return {
    result: withFailure(report, {
      src,
      dest,
      ...factsOf(report),
      ...(checksum !== undefined && { checksum }),
      ...backupOf(report),
    }),
    diff: fileDiffs(report, dest, report.bytes('after') ?? ''),
  };
}
