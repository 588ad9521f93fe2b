# What the lab tells its user: progress on standard error, results on standard output.
# shellcheck shell=bash

say() { printf '[lab %3ss] %s\n' "$SECONDS" "$*" >&2; }

fail() {
  printf 'lab: %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '     %s\n' "$@" >&2
  exit 1
}

# quietly LOG COMMAND…: the command's output goes to LOG; its end is shown when the command fails.
quietly() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 || {
    local code=$?
    tail -n 20 "$log" >&2
    fail "\`$*\` ended with $code" "its whole output: $log"
  }
}
