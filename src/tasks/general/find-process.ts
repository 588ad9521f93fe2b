import { type Script, sh } from '../../shell/index.js';

/** kp_process TEXT: is there a process, but for the shell itself, in whose command line the text stands? */
export const findProcess: Script = sh`
kp_process() {
  for kp_p in /proc/[0-9]*/cmdline; do
    [ "$kp_p" != "/proc/$$/cmdline" ] || continue
    kp_line=$(tr '\0' ' ' <"$kp_p" 2>/dev/null)
    case $kp_line in *"$1"*) return 0 ;; esac
  done
  return 1
}`;
