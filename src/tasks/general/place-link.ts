import { sh } from '../../shell/index.js';

/** kp_place_link TARGET PATH OWNER GROUP: PATH is a link to TARGET, in place of any file or link, but of no directory. */
export const placeLink = sh`
kp_place_link() {
  kp_stat "$2"
  case $kp_type in
  link)
    kp_to=$(readlink -- "$2")
    if kp_predicted link "$2"; then kp_to=$kp_value; fi
    if [ "$kp_to" = "$1" ]; then kp_attributes "$2" '' "$3" "$4"; return; fi ;;
  directory) kp_fail "$2 is a directory, not a link"; return 1 ;;
  esac
  if kp_apply; then
    kp_temp "$2"
    kp_try ln -s -- "$1" "$kp_tmp" && kp_replace_link "$kp_tmp" "$2" || { rm -f -- "$kp_tmp"; return 1; }
    [ -z "$3$4" ] || kp_try chown -h -- "$3$\{4:+:$4}" "$2"
  else
    kp_foresee "$2" link 0777 "$3" "$4"
    kp_predict link "$2" "$1"
  fi
}`;
