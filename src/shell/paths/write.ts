/** A file has a given text. */
export const writeFunctions = String.raw`
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
