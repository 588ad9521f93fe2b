/** Directories are there, with the parents that are missing. */
export const directoriesFunctions = String.raw`
# kp_parent PATH: the directory that PATH stands in is there; else the step fails (in check mode: cannot be judged).
kp_parent() {
  case $1 in /*/*) kp_dir=$\{1%/*} ;; /*) return 0 ;; */*) kp_dir=$\{1%/*} ;; *) return 0 ;; esac
  kp_is_directory "$kp_dir" && return 0
  if [ -n "$kp_dry" ]; then
    kp_unknown "the directory $kp_dir is not there yet"
    return 1
  fi
  kp_fail "the directory $kp_dir does not exist"
}

# kp_directory PATH MODE OWNER GROUP: the directory is there with these attributes; parents that are missing are made alike.
kp_directory() {
  kp_look "$1"
  if [ "$kp_type" = link ] && [ -d "$1" ]; then kp_real "$1" && kp_stat "$kp_path" && set -- "$kp_path" "$2" "$3" "$4"; fi
  case $kp_type in
  directory) kp_attributes "$@"; return ;;
  absent) ;;
  *) kp_fail "$1 already exists as a $kp_type"; return 1 ;;
  esac
  case $1 in
  ?*/*) kp_is_directory "$\{1%/*}" || kp_directory "$\{1%/*}" "$2" "$3" "$4" || return 1 ;;
  esac
  if kp_apply; then
    kp_mkdir "$@" && kp_confirm "$@"
  else
    kp_octal $((0777 & ~$kp_umask))
    kp_type=directory kp_mode=$kp_oct kp_owner= kp_group=
    kp_foresee "$1" directory "$2" "$3" "$4"
  fi
}
# kp_mkdir PATH MODE OWNER GROUP: makes it, with these as far as they are known without looking.
kp_mkdir() {
  kp_octal $kp_umask
  case $2/$3$4 in
  0[0-7][0-7][0-7]/) kp_octal $((0777 & ~$2)) ;;
  0[0-7][0-7][0-7]/*) kp_octal $((0777 & ~$2 | $kp_umask)) ;;
  esac
  umask "$kp_oct"
  kp_try mkdir -- "$1"
  set -- $? "$@"
  umask 077
  [ "$1" = 0 ] || return 1
  [ -z "$4$5" ] || kp_try chown -h -- "$4$\{5:+:$5}" "$2"
}
# kp_confirm PATH MODE OWNER GROUP: what was just made has these. Lists of a directory that files inherit and directories
# with a group of their own have a say in it. What everybody may read is looked at with what else is due.
kp_confirm() {
  case $kp_more/$2 in /0??[4567]) kp_later "$@" && { kp_type=; return; } ;; esac
  local kp_diff kp_m kp_o kp_g
  kp_diff=
  kp_stat "$1"
  kp_made=$1
  kp_attributes "$@"
}
`;
