/** The content of a file: read for comparing, reported for diffs. */
export const contentFunctions = String.raw`
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
`;
