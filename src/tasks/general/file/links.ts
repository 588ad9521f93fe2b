import { posix } from 'node:path';
import { type Script, sh } from '../../../shell/index.js';
import type { FileArguments as Arguments } from '../file.js';
import { attributes, follow } from './states.js';
import { times } from './times.js';

/** Attributes of what the link points to, or of the link itself; of a link to nothing there are none to set. */
export const linkAttributes = (args: Arguments): Script =>
  [args.owner, args.group, args.mode, args.attributes, args.seuser, args.serole, args.setype, args.selevel].every(
    (wanted) => wanted === undefined,
  )
    ? times(args, 'other')
    : sh`
kp_link=$kp_p
kp_stat "$kp_p"
${follow(args)}
if [ "$kp_type" != absent ]; then
  kp_bring "$kp_p" ${attributes(args)} || return 1
  ${times(args, 'other')}
fi
kp_p=$kp_link`;

/** A symbolic link to `src`, or as it is where none is given. */
export function stateLink(args: Arguments): Script {
  if (args.src === undefined) {
    return sh`
case $kp_type in
link) ;;
*) kp_fail 'src is required for creating new symlinks'; return 1 ;;
esac
${linkAttributes(args)}`;
  }
  const target = posix.isAbsolute(args.src) ? args.src : posix.join(posix.dirname(args.path), args.src);
  return sh`
kp_src=${args.src}
if [ -z ${args.force} ] && ! kp_is_there ${target}; then
  if [ -n "$kp_dry" ]; then kp_unknown ${`${target} is not there yet`}; return 0; fi
  kp_fail ${`src file does not exist, use "force=yes" if you really want to create the link: ${target}`}
  return 1
fi
case $kp_type in
absent) ;;
link)
  kp_old=$(readlink -- "$kp_p")
  if kp_predicted link "$kp_p"; then kp_old=$kp_value; fi ;;
directory)
  [ -n ${args.force} ] || { kp_cannot "refusing to convert from directory to symlink for $kp_p"; return 1; }
  if [ -n "$(ls -A -- "$kp_p" 2>/dev/null)" ]; then
    kp_cannot "the directory $kp_p is not empty, refusing to convert it"; return 1
  fi ;;
*) [ -n ${args.force} ] || { kp_cannot "refusing to convert from $kp_type to symlink for $kp_p"; return 1; } ;;
esac
if [ "$kp_type" != link ] || [ "$kp_old" != "$kp_src" ]; then
  [ "$kp_type" != link ] || { kp_set before_src "$kp_old"; kp_set after_src "$kp_src"; }
  [ "$kp_type" = link ] || kp_from "$kp_type" link
  kp_parent "$kp_p" || return 1
  if kp_apply; then
    if [ "$kp_type" = directory ]; then kp_try rmdir -- "$kp_p" || return 1; fi
    kp_try ln -sfn -- "$kp_src" "$kp_p" || return 1
  else
    kp_foresee "$kp_p" link 0777 '' ''
    kp_predict link "$kp_p" "$kp_src"
    return 0
  fi
fi
${linkAttributes(args)}`;
}

/** Another name of the file `src`. */
export function stateHard(args: Arguments): Script {
  if (args.src === undefined) {
    return sh`
if [ "$kp_type" != file ] || [ "$(stat -c %h -- "$kp_p")" -lt 2 ]; then
  kp_fail 'src is required for creating new hardlinks'; return 1
fi
kp_bring "$kp_p" ${attributes(args)} || return 1
${times(args, 'other')}`;
  }
  return sh`
kp_src=${args.src}
if ! kp_is_there "$kp_src"; then
  if [ -n "$kp_dry" ]; then kp_unknown "$kp_src is not there yet"; return 0; fi
  kp_fail 'src does not exist'; return 1
fi
if ! { [ "$kp_type" = file ] && [ "$kp_p" -ef "$kp_src" ]; } && ! { kp_predicted hard "$kp_p" && [ "$kp_value" = "$kp_src" ]; }; then
  case $kp_type in
  absent | link) ;;
  file) [ -n ${args.force} ] || { kp_fail 'Cannot link, file exists at destination'; return 1; } ;;
  *) kp_fail "Cannot link, $kp_type exists at destination"; return 1 ;;
  esac
  kp_from "$kp_type" hard
  kp_parent "$kp_p" || return 1
  if kp_apply; then
    kp_temp "$kp_p"
    kp_try ln -- "$kp_src" "$kp_tmp" || return 1
    kp_replace_link "$kp_tmp" "$kp_p" || { rm -f -- "$kp_tmp"; return 1; }
    kp_stat "$kp_p"
  else
    kp_foresee_file "$kp_p" '' '' ''
    kp_predict hard "$kp_p" "$kp_src"
    return 0
  fi
fi
kp_bring "$kp_p" ${attributes(args)} || return 1
${times(args, 'other')}`;
}
