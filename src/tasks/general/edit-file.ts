import { type Script, sh } from '../../shell/index.js';

/**
 * Defines `kp_rewrite PATH TEXT MODE`: the file (or what a link leads to) holds TEXT; its path and text are reported for
 * the diff. MODE is for a new file.
 */
export const rewriteFunction: Script = sh`
kp_rewrite() {
  kp_real "$1" || return 1
  kp_set path "$kp_path"
  kp_stat "$kp_path"
  [ "$kp_type" = absent ] || set -- "$1" "$2" ''
  [ -z "$kp_diff" ] || kp_set after "$2"
  kp_write "$kp_path" "$2" "$3" '' ''
}`;
