/** A new file takes the place of an old one at one instant, with all that belongs to it; nobody can plant anything there. */
export const replaceFunctions = String.raw`
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
  if cp --attributes-only --preserve=all "--no-preserve=$kp_unlike" -- "$1" "$2" 2>/dev/null; then
    [ "$kp_unlike" != timestamps ] || kp_alike=$kp_mode
  else chown -- "$kp_uid:$kp_gid" "$2" 2>/dev/null
  fi
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
  kp_tool mv -fT -- "$1" "$2" && return 0
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
  kp_alike=$5
  [ "$kp_type" != file ] || kp_likeness "$2" "$1"
  if [ -n "$3$4" ]; then kp_try chown -- "$3$\{4:+:$4}" "$1" || return 1; kp_alike=$5; fi
  [ "$\{kp_want:-$kp_mode}" = "$kp_alike" ] || kp_try chmod -- "$\{kp_want:-$kp_mode}" "$1"
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
`;
