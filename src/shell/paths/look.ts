/** How the runner looks at a path: as it is, or in a check run as it would be by now. */
export const lookFunctions = String.raw`
# kp_foreseen PATH: will an earlier step of this check run have made, changed or removed it? Prediction into kp_value.
kp_foreseen() {
  [ -n "$kp_check" ] || return 1
  kp_predicted path "$1" && return 0
  case $kp_ov in *"$kp_nl"path:*) ;; *) return 1 ;; esac
  kp_i=$1
  while :; do
    case $kp_i in ?*/*) kp_i=$\{kp_i%/*} ;; *) return 1 ;; esac
    if kp_predicted path "$kp_i"; then
      case $kp_value in absent*) return 0 ;; *) return 1 ;; esac
    fi
  done
}
# kp_foresee PATH TYPE MODE OWNER GROUP: predicts it, empty ones as kp_stat found them or as a new file has them.
kp_foresee() {
  [ -n "$kp_me" ] || kp_me="$(id -un) $(id -gn)"
  kp_want_mode "$3"
  kp_i=$((0777 & ~$kp_umask))
  [ "$2" = directory ] || kp_i=$((kp_i & 0666))
  kp_octal $kp_i
  kp_predict path "$1" "$2 $\{kp_want:-$\{kp_mode:-$kp_oct}} $\{4:-$\{kp_owner:-$\{kp_me% *}}} $\{5:-$\{kp_group:-$\{kp_me#* }}}"
}
# kp_octal NUMBER: its four octal digits into kp_oct.
kp_octal() { kp_oct=$(($1 >> 9 & 7))$(($1 >> 6 & 7))$(($1 >> 3 & 7))$(($1 & 7)); }

# kp_stat PATH: type (absent, file, directory, link, other), mode (4 octal digits), owner, group, uid, gid, size, mtime
# into kp_type, kp_mode, ... A predicted path has what its prediction says, and "?" for what that leaves open.
kp_stat() {
  kp_looked=$1
  if kp_foreseen "$1"; then
    kp_uid=? kp_gid=? kp_size=? kp_mtime=?
    set -- $kp_value
    kp_type=$1 kp_mode=$2 kp_owner=$3 kp_group=$4
    [ "$1" != absent ] || kp_mode= kp_owner= kp_group= kp_uid= kp_gid= kp_size= kp_mtime=
    return
  fi
  if [ ! -e "$1" ] && [ ! -L "$1" ]; then
    kp_type=absent kp_mode= kp_owner= kp_group= kp_uid= kp_gid= kp_size= kp_mtime=
    return
  fi
  kp_recall "$1"
  if [ -n "$kp_line" ] || kp_reply stat -c "$kp_form" -- "$1"; then
    kp_owner=$\{kp_line#*/}
    kp_group=$\{kp_owner#*/} kp_owner=$\{kp_owner%%/*}
    set -- $\{kp_line%%/*}
    case $1 in
    8???) kp_type=file ;;
    4???) kp_type=directory ;;
    a???) kp_type=link ;;
    *) kp_type=other ;;
    esac
    kp_mode=$2 kp_uid=$3 kp_gid=$4 kp_size=$5 kp_mtime=$\{6%.*}
    case $kp_mode in ?) kp_mode=000$kp_mode ;; ??) kp_mode=00$kp_mode ;; ???) kp_mode=0$kp_mode ;; esac
  elif ! kp_line=$(stat -- "$1" 2>&1); then
    # Taken for absent, it would be replaced without its owner and mode.
    kp_fail "stat cannot tell about $1: $kp_line"
    kp_type="thing that stat cannot see ($kp_line)" kp_mode= kp_owner= kp_group= kp_uid= kp_gid= kp_size= kp_mtime=
  else
    kp_type=absent kp_mode= kp_owner= kp_group= kp_uid= kp_gid= kp_size= kp_mtime=
  fi
}
kp_form='%f %a %u %g %s %.9Y %i %d %h %.9X %.9Z %b %B/%U/%G'
# kp_ahead PATH...: what the steps that follow will look at, by one process. Their looks find it until something is
# changed, or a step comes without kp_still set before it.
kp_ahead() {
  kp_ahead_n=0
  set -- "$(stat -c "%n$kp_tab$kp_form" -- "$@" 2>/dev/null)"
  local IFS
  IFS=$kp_nl
  set -f
  set -- $1
  set +f
  for kp_i; do kp_ahead_n=$((kp_ahead_n + 1)); eval "kp_ahead_$kp_ahead_n=\$kp_i"; done
}
# kp_recall PATH: what kp_ahead has seen of it, into kp_line.
kp_recall() {
  kp_at=0 kp_line=
  [ -n "$kp_ahead_n" ] || return 0
  while [ $kp_at -lt $kp_ahead_n ]; do
    kp_at=$((kp_at + 1))
    eval "kp_line=\$kp_ahead_$kp_at"
    case $kp_line in "$1$kp_tab"*) kp_line=$\{kp_line#"$1$kp_tab"}; return ;; esac
  done
  kp_line=
}
# kp_sum PATH, after kp_stat: SHA-256 into kp_line. openssl, where it is there, is several times as fast as coreutils.
kp_sum() {
  kp_line=
  [ "$kp_size" -lt 4194304 ] 2>/dev/null || kp_reply openssl dgst -sha256 -r <"$1"
  case $kp_line in [0-9a-f]*' '*) ;; *) kp_reply sha256sum <"$1" || return 1 ;; esac
  kp_line=$\{kp_line%% *}
}
# kp_look PATH: kp_stat, but not again where that path was the last one looked at and nothing has been changed since.
kp_look() { [ -z "$kp_check$kp_changes" ] && [ "$kp_looked" = "$1" ] || kp_stat "$1"; }
# kp_facts PATH: reports as the field "stat" what kp_stat found, looked up again where something was changed: where the
# next step is here already, together with what that has to look up.
kp_facts() {
  if [ -z "$kp_changes" ] || [ "$kp_made" = "$1" ]; then :
  elif kp_later "$1"; then
    # What is reported up to here waits; the field is filled in when it leaves.
    eval "kp_due_t_$kp_due=\$kp_report\$kp_nl@\$kp_n' <stat'\$kp_key\$kp_nl"
    kp_report="$kp_nl@$kp_n .$kp_nl"
    return
  else kp_stat "$1"
  fi
  kp_set "stat$kp_key" "$kp_type $kp_mode $kp_uid $kp_gid $kp_size $kp_owner/$kp_group"
}
# kp_is_directory PATH: is it one, or a link to one, or would it be?
kp_is_directory() {
  if kp_foreseen "$1"; then case $kp_value in directory*) return 0 ;; absent* | file*) return 1 ;; esac; fi
  [ -d "$1" ]
}
# kp_real PATH: what a link at the end of PATH points to, into kp_path; another path stays as it is.
kp_real() {
  kp_path=$1
  [ -L "$1" ] || return 0
  kp_path=$(readlink -f -- "$1" && echo x) || { kp_fail "the link $1 leads nowhere"; return 1; }
  kp_path=$\{kp_path%"$\{kp_nl}x"}
}
# kp_later PATH [MODE OWNER GROUP]: PATH is looked at when the answer of this step leaves, and has these then. False where
# the answer leaves at once.
kp_later() {
  [ "$kp_hold$kp_check" = 1 ] || return 1
  case $1 in *"$kp_nl"* | *"$kp_tab"* | [!/]*) return 1 ;; esac
  [ $# = 1 ] && [ "$kp_due_n $kp_due_p" = "$kp_n $1" ] && return
  kp_due=$((kp_due + 1)) kp_due_n=$kp_n kp_due_p=$1
  set -- "$1" "$\{2-}" "$\{3-}" "$\{4-}"
  eval "kp_due_t_$kp_due= kp_due_n_$kp_due=\$kp_n kp_due_e_$kp_due=\$kp_ends kp_due_p_$kp_due=\$1 kp_due_m_$kp_due=\$2 kp_due_o_$kp_due=\$3 kp_due_g_$kp_due=\$4"
}
# kp_settle: looks at all that is due, by one process, and completes the answers that wait for it.
kp_settle() {
  kp_settled= kp_broken= kp_all_due=$kp_due kp_due=0
  kp_settle_each
  kp_report=$kp_settled$kp_report kp_due_n= kp_ahead_n=
  # A step that could not be brought to what it is to be has failed after all.
  for kp_i in $kp_broken; do
    eval "kp_due_n=\$kp_due_n_$kp_i kp_line=\$kp_due_r_$kp_i"
    case $kp_report in
    *"$kp_nl@$kp_due_n end changed$kp_nl"*)
      kp_report="$\{kp_report%%"$kp_nl@$kp_due_n end "*}$kp_line$kp_nl@$kp_due_n end failed$\{kp_report#*"$kp_nl@$kp_due_n end changed"}" ;;
    *) kp_report=$kp_report$kp_line kp_failure=1 ;;
    esac
  done
}
kp_settle_each() {
  local kp_type kp_mode kp_owner kp_group kp_uid kp_gid kp_size kp_mtime kp_line kp_looked kp_made kp_want kp_m kp_o kp_g kp_i kp_at kp_out
  local kp_n kp_key kp_check kp_diff kp_more kp_changes kp_failure kp_report kp_at_due kp_due_p
  kp_key= kp_check= kp_diff= kp_more= kp_changes=1 kp_at_due=0
  set --
  while [ $kp_at_due -lt $kp_all_due ]; do
    kp_at_due=$((kp_at_due + 1))
    eval "set -- \"\$@\" \"\$kp_due_p_$kp_at_due\""
  done
  kp_ahead "$@"
  kp_at_due=0
  for kp_due_p; do
    kp_at_due=$((kp_at_due + 1)) kp_report=
    eval "kp_n=\$kp_due_n_$kp_at_due"
    eval "set -- \"\$kp_due_m_$kp_at_due\" \"\$kp_due_o_$kp_at_due\" \"\$kp_due_g_$kp_at_due\""
    kp_stat "$kp_due_p"
    case $1$2$3 in ?*)
      if kp_attributes "$kp_due_p" "$@"; then [ -n "$kp_looked" ] || kp_stat "$kp_due_p"
      else
        eval "kp_due_r_$kp_at_due=\$kp_report; kp_bad=\$\{kp_due_e_$kp_at_due:-\$kp_bad}"
        kp_broken="$kp_broken $kp_at_due"
      fi ;;
    esac
    eval "kp_report=\$kp_due_t_$kp_at_due"
    [ -z "$kp_report" ] || kp_settled="$kp_settled$kp_report$kp_type $kp_mode $kp_uid $kp_gid $kp_size $kp_owner/$kp_group"
  done
}
`;
