/** The part of the runner that looks at paths, and brings files and directories about; every change by `kp_apply`. */
export const pathFunctions = String.raw`
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
  if [ -n "$kp_line" ] || kp_line=$(stat -c "$kp_form" -- "$1" 2>/dev/null); then
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
  [ "$kp_size" -lt 4194304 ] 2>/dev/null || kp_line=$(openssl dgst -sha256 -r <"$1" 2>/dev/null)
  case $kp_line in [0-9a-f]*' '*) ;; *) kp_line=$(sha256sum <"$1") || return 1 ;; esac
  kp_line=$\{kp_line%% *}
}
# kp_look PATH: kp_stat, but not again where that path was the last one looked at and nothing has been changed since.
kp_look() { [ -z "$kp_check$kp_changes" ] && [ "$kp_looked" = "$1" ] || kp_stat "$1"; }
# kp_facts PATH: reports as the field "stat" what kp_stat found, looked up again where something was changed.
kp_facts() {
  [ -z "$kp_changes" ] || [ "$kp_made" = "$1" ] || kp_stat "$1"
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

# kp_unsent PATH: is its content foreseen by checksum alone? SHA-256 into kp_value.
kp_unsent() { kp_foreseen "$1" && kp_predicted hash "$1" && [ -n "$kp_value" ]; }
# kp_read PATH: the whole text into kp_text, trailing newlines kept; empty where there is no file.
kp_read() {
  kp_text=
  if kp_foreseen "$1"; then
    case $kp_value in absent*) return 0 ;; esac
    if kp_unsent "$1"; then kp_unknown "the new content of $1 is not on the host yet"; return 1; fi
    if kp_predicted content "$1"; then kp_text=$kp_value; return 0; fi
  fi
  [ -f "$1" ] || return 0
  # A shell reads byte by byte: up to about a thousand bytes that costs less than a process.
  if [ "$kp_looked" = "$1" ]; then
    case $kp_size in [0-9] | [0-9][0-9] | [0-9][0-9][0-9])
      while IFS= read -r kp_i; do kp_text=$kp_text$kp_i$kp_nl; done <"$1" || return 1
      kp_text=$kp_text$kp_i
      return ;;
    esac
  fi
  # The x keeps the trailing newlines; from a here-document it costs no process.
  kp_text=$(cat -- "$1" - <<kp_x
x
kp_x
) || return 1
  kp_text=$\{kp_text%x}
}
# kp_before PATH: reports the content for a diff, after kp_stat PATH; the size alone where it is too much to show.
kp_before() {
  [ -n "$kp_diff" ] || return 0
  if [ "$kp_type" = absent ]; then kp_set "before$kp_key" ''
  elif kp_unsent "$1"; then kp_set "before_size$kp_key" '?'
  elif [ "$kp_size" = '?' ]; then kp_read "$1" && kp_set "before$kp_key" "$kp_text"
  elif [ "$kp_size" -gt 104448 ]; then kp_set "before_size$kp_key" "$kp_size"
  else kp_open "before$kp_key"; cat -- "$1"; kp_close
  fi
}

# kp_temp PATH: a name for a new file beside PATH, into kp_tmp; nobody can foretell it.
kp_temp() {
  case $1 in */*) kp_tmp=$\{1%/*}/.kprov-$$-$kp_n ;; *) kp_tmp=.kprov-$$-$kp_n ;; esac
  kp_note "$kp_tmp"
}

# kp_new_mode: kp_mode for a file that is about to be made, where nothing else is asked for: as the login umask has it.
kp_new_mode() { [ -n "$kp_mode" ] || { kp_octal $((0666 & ~$kp_umask)); kp_mode=$kp_oct; }; }

# kp_keep PATH: a copy beside it, named as Ansible names backups but for a number that nobody can foretell in the place of
# a process: cp would write through a link of that name. Reported as backup_file.
kp_keep() {
  kp_i=$1.$(tr -dc 0-9 </dev/urandom | head -c 18).$(date +%Y-%m-%d@%H:%M:%S)~
  kp_try cp -p -- "$1" "$kp_i" && kp_set "backup_file$kp_key" "$kp_i"
}

# kp_likeness PATH TEMP: TEMP gets what else belongs to the file at PATH: owner, ACL, SELinux context, extended attributes.
# Where the mode is to be another one ACLs are left out: they would open TEMP to those whom the old mode let in.
kp_likeness() {
  kp_unlike=timestamps
  [ "$\{kp_want:-$kp_mode}" = "$kp_mode" ] || kp_unlike=timestamps,mode
  cp --attributes-only --preserve=all "--no-preserve=$kp_unlike" -- "$1" "$2" 2>/dev/null ||
    chown -- "$kp_uid:$kp_gid" "$2" 2>/dev/null
}
# kp_install TEMP PATH MODE OWNER GROUP [BORN]: TEMP becomes PATH at one instant, with its attributes set before. Where
# MODE, OWNER or GROUP is empty an existing file's is kept (kp_stat PATH must have run), and a new one gets the login
# umask's. BORN is the mode that TEMP has already. kp_validate, where set, is shell text that judges the file "$kp_tmp"
# first; kp_backup asks for a copy of the old one; kp_unsafe allows writing into a file that cannot be replaced. kp_more,
# where set, is a function that brings further attributes of a path about.
kp_install() {
  kp_tmp=$1
  kp_new_mode
  kp_want_mode "$3"
  if kp_alone "$2"; then kp_dress "$1" "$2" "$4" "$5" "$\{6-}"
  else kp_dress_held "$1" "$2" "$4" "$5" "$\{6-}"
  fi || { rm -f -- "$1"; [ -n "$kp_failure" ] || kp_fail "$1 has gone"; return 1; }
  if [ -n "$kp_validate" ] && ! kp_try eval "$kp_validate"; then
    rm -f -- "$1"
    kp_fail "failed to validate: rc:$kp_rc error:$kp_out"
    return 1
  fi
  if [ -n "$kp_backup" ] && [ -f "$2" ]; then kp_keep "$2" || { rm -f -- "$1"; return 1; }; fi
  if [ -n "$kp_unsafe" ] && ! mv -f -- "$1" "$2" 2>/dev/null; then kp_try cp -- "$1" "$2" && rm -f -- "$1"
  elif [ -z "$kp_unsafe" ]; then kp_rename "$1" "$2"
  fi || { rm -f -- "$1"; return 1; }
  [ -z "$kp_more" ] || "$kp_more" "$2"
}
# kp_rename TEMP PATH: TEMP becomes PATH, and never goes into it: somebody may have put a link to a directory there.
kp_rename() {
  kp_made=
  kp_out=$(mv -fT -- "$1" "$2" 2>&1 9>&-) && return 0
  # Old ones of busybox have no -T.
  case $kp_out in *option*) kp_try mv -f -- "$1" "$2" ;; *) kp_try mv -fT -- "$1" "$2" ;; esac
}
# kp_replace_link TEMP PATH: kp_rename in place of a link, too, which busybox takes for the directory that it leads to.
kp_replace_link() { mv -fT -- "$1" "$2" 2>/dev/null || { rm -f -- "$2"; kp_rename "$1" "$2"; }; }
# kp_alone PATH: does the directory that PATH stands in belong to whom we are? Else its owner can exchange what is in it.
kp_alone() {
  case $1 in /*/*) [ -O "$\{1%/*}" ] ;; /*) [ -O / ] ;; */*) [ -O "$\{1%/*}" ] ;; *) [ -O . ] ;; esac
}
kp_dress() {
  [ "$kp_type" != file ] || kp_likeness "$2" "$1"
  if [ -n "$3$4" ]; then kp_try chown -- "$3$\{4:+:$4}" "$1" || return 1; fi
  [ "$\{kp_want:-$kp_mode}" = "$5" ] || kp_try chmod -- "$\{kp_want:-$kp_mode}" "$1"
}
# The file that was opened is dressed, whatever stands under its name by then, and only if it is the one we made: ours, of
# that name, without another. A link to somebody else's file is none of these.
kp_dress_held() {
  [ -e /proc/self/fd ] || { kp_dress "$@"; return; }
  {
    kp_i=$(readlink /proc/self/fd/7 && stat -L -c %h /proc/self/fd/7 2>/dev/null)
    case $kp_i in */.kprov-*"$kp_nl"1) [ -f /proc/self/fd/7 ] && [ -O /proc/self/fd/7 ] ;; *) false ;; esac ||
      { kp_fail "somebody has put something else in the place of $1"; return 1; }
    kp_dress /proc/self/fd/7 "$2" "$3" "$4" "$5"
  } 7<"$1"
}

# kp_create TEMP TEXT MODE OWNER GROUP: a temporary file for kp_install. Where it replaces none it is born with its mode
# (in kp_born), unless somebody could look into it meanwhile who cannot later on.
kp_create() {
  kp_new_mode
  kp_want_mode "$3"
  case $kp_type/$4$5/$\{kp_want:-$kp_mode} in
  file/*) kp_born= ;;
  */0[0246][0246][0246]) kp_born=$\{kp_want:-$kp_mode} ;;
  *) kp_born= ;;
  esac
  case $4$5/$kp_born in /* | */0[46]00 | */0[46]44 | */0666) ;; *) kp_born= ;; esac
  if [ -n "$kp_born" ]; then
    kp_octal $((0777 & ~$kp_born))
    umask "$kp_oct"
  fi
  { printf '%s' "$2" >"$1"; } 2>/dev/null
  set -- $?
  umask 077
  return "$1"
}

# kp_cannot_write PATH TEXT: the step has failed because this could not be written; cat is asked why, as shells hardly say.
kp_cannot_write() {
  kp_out=$( { printf '%s' "$2" | cat >"$1"; } 2>&1)
  kp_abandon "$1"
  kp_fail "cannot write $1$\{kp_out:+: $\{kp_out##*: }}"
}
# kp_abandon PATH: nothing stays of a file that could not be written, nor of the directory made for it.
kp_abandon() {
  case $1 in */.kprov-*/*) rm -rf -- "$\{1%/*}" ;; *) rm -f -- "$1" ;; esac
}
# kp_put PATH BASE64: appends what it stands for to the file.
kp_put() {
  kp_out=$( { printf '%s' "$2" | base64 -d >>"$1"; } 2>&1) || { kp_abandon "$1"; kp_fail "cannot write $1: $kp_out"; }
}

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
# with a group of their own have a say in it.
kp_confirm() {
  local kp_diff kp_m kp_o kp_g
  kp_diff=
  kp_stat "$1"
  kp_made=$1
  kp_attributes "$@"
}

# kp_write PATH CONTENT MODE OWNER GROUP: the file has this content and these attributes. Reports "before" for a diff.
kp_write() {
  kp_look "$1"
  case $kp_type in
  file | absent) ;;
  link) [ ! -d "$1" ] || { kp_fail "$1 is a directory, not a file"; return 1; } ;;
  *) kp_fail "$1 is a $kp_type, not a file"; return 1 ;;
  esac
  if [ "$kp_type" = file ] && { [ "$kp_size" = '?' ] || [ "$kp_size" = "$\{#2}" ]; }; then
    if kp_unsent "$1"; then
      kp_text=$(printf '%s' "$2" | sha256sum)
      if [ "$\{kp_text%% *}" = "$kp_value" ]; then kp_text=$2; else kp_text=$2.; fi
    else
      kp_read "$1" || { kp_fail "cannot read $1"; return 1; }
    fi
    if [ "$kp_text" = "$2" ]; then
      kp_attributes "$1" "$3" "$4" "$5"
      return
    fi
  fi
  kp_parent "$1" || return 1
  kp_before "$1"
  [ "$kp_type" != file ] || kp_differ "$3" "$4" "$5"
  if kp_apply; then
    kp_temp "$1"
    kp_create "$kp_tmp" "$2" "$3" "$4" "$5" || { kp_cannot_write "$kp_tmp" "$2"; return 1; }
    kp_install "$kp_tmp" "$1" "$3" "$4" "$5" "$kp_born" || return 1
    [ -z "$kp_born" ] || kp_confirm "$1" "$kp_born" '' ''
  else
    kp_foresee_file "$1" "$3" "$4" "$5"
    kp_predict content "$1" "$2"
  fi
}
kp_foresee_file() {
  [ "$kp_type" = file ] || kp_mode= kp_owner= kp_group=
  kp_type=file
  kp_new_mode
  kp_foresee "$1" file "$2" "$3" "$4"
  kp_predict hash "$1" ''
}
`;
