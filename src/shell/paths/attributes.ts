/** Mode, owner and group: what differs, and bringing them about by `kp_apply`. */
export const attributesFunctions = String.raw`
# kp_want_mode MODE: into kp_want. MODE is octal, or decimal masks on kp_mode, made from a symbolic mode: "AND:OR", or
# "AND:OR/AND:OR" where the second pair is for directories and what somebody may execute.
kp_want_mode() {
  case $1 in
  *:*)
    set -- "$1" "$\{1%%/*}"
    case $kp_type/$kp_mode in directory/* | */?[1357]?? | */??[1357]? | */???[1357]) set -- "$1" "$\{1#*/}" ;; esac
    case $kp_mode in
    [0-7]*) kp_octal $((0$kp_mode & $\{2%:*} | $\{2#*:})); kp_want=$kp_oct ;;
    *) kp_want= ;;
    esac ;;
  *) kp_want=$1 ;;
  esac
}

# kp_differ MODE OWNER GROUP, after kp_stat: what of them is to be changed, into kp_m, kp_o, kp_g; reported for a diff.
kp_differ() {
  kp_m= kp_o= kp_g=
  kp_want_mode "$1"
  if [ -n "$kp_want" ] && [ "$kp_mode" != "$kp_want" ] && [ "$kp_type" != link ]; then
    kp_m=$kp_want
    [ -z "$kp_diff" ] || { kp_set "before_mode$kp_key" "$kp_mode"; kp_set "after_mode$kp_key" "$kp_m"; }
  fi
  if [ -n "$2" ] && [ "$kp_owner" != "$2" ] && [ "$kp_uid" != "$2" ]; then
    kp_o=$2
    [ -z "$kp_diff" ] || { kp_set "before_owner$kp_key" "$kp_owner"; kp_set "after_owner$kp_key" "$2"; }
  fi
  if [ -n "$3" ] && [ "$kp_group" != "$3" ] && [ "$kp_gid" != "$3" ]; then
    kp_g=$3
    [ -z "$kp_diff" ] || { kp_set "before_group$kp_key" "$kp_group"; kp_set "after_group$kp_key" "$3"; }
  fi
}
# kp_attributes PATH MODE OWNER GROUP (each may be empty): brings them about. To be called after kp_stat PATH.
kp_attributes() {
  kp_differ "$2" "$3" "$4"
  if [ -z "$kp_m$kp_o$kp_g" ]; then :
  elif kp_apply; then
    if [ -n "$kp_o$kp_g" ]; then kp_try chown -h -- "$kp_o$\{kp_g:+:$kp_g}" "$1" || return 1; fi
    # chown takes away set-id bits; one zero more makes GNU chmod clear those of a directory.
    case $kp_m in '') case $kp_o$kp_g/$kp_mode in ?*/[1-7]*) kp_m=$kp_mode ;; esac ;; esac
    if [ -n "$kp_m" ] && [ "$kp_type" != link ]; then kp_try chmod -- "0$kp_m" "$1" || return 1; fi
  else
    kp_foresee "$1" "$kp_type" "$kp_m" "$kp_o" "$kp_g"
  fi
  [ -z "$kp_more" ] || "$kp_more" "$1"
}
`;
