import { type Script, sh } from '../../../shell/index.js';
import type { FileArguments as Arguments } from '../file.js';
import { recursion } from './recurse.js';
import { times } from './times.js';

/** Mode, owner and group as `kp_attributes` takes them. */
export const attributes = (args: Arguments) => sh`${args.mode} ${args.owner} ${args.group}`;

/** Goes on with what a link at `kp_p` leads to, where `follow` says so. */
export const follow = (args: Arguments) =>
  args.follow
    ? sh`if [ "$kp_type" = link ]; then kp_real "$kp_p" || return 1; kp_p=$kp_path; kp_stat "$kp_p"; fi`
    : sh``;

/** A file is to be there already; its attributes are brought about. */
export const stateFile = (args: Arguments): Script => sh`
${follow(args)}
case $kp_type in
file | other) ;;
absent)
  if [ -n "$kp_dry" ]; then kp_unknown "$kp_p is not there yet"; return 0; fi
  kp_cannot "file ($kp_p) is absent, cannot continue" ;;
*) kp_cannot "file ($kp_p) is $kp_type, cannot continue" ;;
esac || return 1
kp_bring "$kp_p" ${attributes(args)} || return 1
${times(args, 'other')}`;

/** The directory is there, with its parents. */
export const stateDirectory = (args: Arguments): Script => sh`
${follow(args)}
if [ "$kp_type" = absent ]; then kp_from absent directory
elif [ -n "$kp_nobody" ]; then kp_cannot "chown failed: $kp_nobody"; return 1
fi
kp_directory "$kp_p" ${attributes(args)} || return 1
${args.recurse ? recursion(args) : sh``}
${times(args, 'other')}`;

/** The file is there, empty where it was not, and its times are set. */
export const stateTouch = (args: Arguments): Script => sh`
${follow(args)}
if [ "$kp_type" = absent ]; then
  kp_parent "$kp_p" || return 1
  kp_from absent touch
  kp_write "$kp_p" '' ${attributes(args)} || return 1
else
  kp_bring "$kp_p" ${attributes(args)} || return 1
fi
${times(args, 'touch')}`;

/** Nothing is there any more. */
export const stateAbsent = sh`
[ "$kp_type" != absent ] || { kp_set "stat$kp_key" "absent     /"; return 0; }
kp_from "$kp_type" absent
if [ "$kp_type" = directory ] && [ -d "$kp_p" ]; then
  kp_open directories; find "$kp_p" ! -path "$kp_p" -type d; kp_close
  kp_open files; find "$kp_p" ! -path "$kp_p" ! -type d; kp_close
fi
if kp_apply; then
  if [ "$kp_type" = directory ]; then kp_try rm -rf -- "$kp_p"; else kp_try rm -f -- "$kp_p"; fi || return 1
else kp_predict path "$kp_p" 'absent'
fi`;
