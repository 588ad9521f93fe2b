import { lockFunctions } from './lock.js';
import { attributesFunctions } from './paths/attributes.js';
import { contentFunctions } from './paths/content.js';
import { directoriesFunctions } from './paths/directories.js';
import { lookFunctions } from './paths/look.js';
import { replaceFunctions } from './paths/replace.js';
import { writeFunctions } from './paths/write.js';

const pathFunctions = [
  lookFunctions,
  attributesFunctions,
  contentFunctions,
  replaceFunctions,
  directoriesFunctions,
  writeFunctions,
].join('');

/**
 * The library that is sent to a host's shell before the first task: plain POSIX sh plus `local`, which dash, bash and
 * busybox ash have. Everything a task program may call is listed in src/tasks/README.md.
 *
 * The shell reads programs from its standard input. A program is one function definition and one call of `kp_run`, so
 * that a half-received program is never executed. What a step reports stands between marks that carry the step's own
 * random nonce; whatever stands outside of them (banners, noisy profiles, leftover background jobs) is noise.
 */
const commented = `${lockFunctions}${String.raw`
kp_lc=$\{LC_ALL-unset} kp_umask=$(umask) kp_bad= kp_check= kp_dry= kp_diff= kp_ov= kp_ov_n=0 kp_envs= kp_limit= kp_me= kp_loop_failed= kp_report= kp_looked= kp_made= kp_ahead_n= kp_still= kp_hold= kp_held= kp_due=0
kp_clock= kp_begun= kp_ended=
LC_ALL=C; export LC_ALL
umask 077
# Were this shell to die of a signal, its memory would be a file in somebody's folder; commands get back what they had.
kp_core=$(ulimit -Sc 2>/dev/null); ulimit -Sc 0 2>/dev/null
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
kp_nl='
'
kp_tab='	'

# kp_run NONCE EPOCH MODE: runs kp_task as one step. MODE holds the letters c (check mode), a (this step alone is in
# check mode: the others are real, and nothing is foreseen), d (diff), k (a failure does
# not stop what follows), l (an item of a loop: its failure stops what follows the loop), e (the loop ends with it).
# With kp_hold set before it, the answer of a step that has not failed may leave with the next one's: that is here already,
# and quick. What was changed by then is written down (kp_note_change), should the connection be lost in between.
kp_run() {
  kp_n=$1
  [ -n "$kp_still" ] || kp_ahead_n=
  kp_still=
  if [ "$2" = "$kp_bad" ]; then
    kp_hold=
    kp_report="$kp_report$kp_nl@$1 end discarded$kp_nl"
    kp_flush
    return
  fi
  case $3 in *c*) kp_check=1 ;; *) kp_check= ;; esac
  kp_dry=$kp_check
  case $3 in *a*) kp_dry= kp_ov= ;; esac
  case $3 in *d*) kp_diff=1 ;; *) kp_diff= ;; esac
  kp_changes=$kp_was_changed kp_was_changed= kp_failure= kp_doubt= kp_key= kp_backup= kp_validate= kp_unsafe= kp_more= kp_looked= kp_made= kp_type=
  case $3 in *[kl]*) kp_ends= ;; *) kp_ends=$2 ;; esac
  trap 'kp_quit=1' TERM HUP
  kp_task </dev/null || kp_failure=1
  [ -z "$kp_envs" ] || kp_env_restore
  kp_limit=
  if [ -n "$kp_doubt" ]; then kp_status=unknown
  elif [ -n "$kp_failure" ]; then
    kp_status=failed
    case $3 in *k*) ;; *l*) kp_loop_failed=1 ;; *) kp_bad=$2 ;; esac
  elif [ -n "$kp_changes" ]; then kp_status=changed
  else kp_status=ok
  fi
  case $3 in *e*) [ -z "$kp_loop_failed" ] || kp_bad=$2; kp_loop_failed= ;; esac
  kp_report="$kp_report$kp_nl@$1 end $kp_status$kp_nl"
  # Asked to end, the shell finishes its step first; between two steps it just ends. TERM comes on a connection that stands:
  # what is held back is told first, when the shell has read the step that it is in the middle of. HUP says that the
  # connection is lost: that step may never come to its end, and nobody listens.
  trap - HUP
  case $kp_hold$kp_quit$kp_status in
  1ok | 1changed) kp_held=1; trap 'kp_flush; exit 0' TERM ;;
  *) kp_flush; trap - TERM ;;
  esac
  kp_hold= kp_id=
  [ -z "$kp_quit" ] || { kp_flush; exit 0; }
}

# kp_set KEY VALUE: reports a field of the result. Fields are kept and leave together with the end of the step: each
# write of its own would be a packet of its own. So it works in the step's own shell only, not in a subshell of it.
kp_set() {
  kp_report="$kp_report$kp_nl@$kp_n <$1$kp_nl$2$kp_nl@$kp_n .$kp_nl"
  [ $\{#kp_report} -lt 4096 ] || kp_flush
}
kp_flush() {
  [ $kp_due = 0 ] || kp_settle
  printf %s "$kp_report"
  kp_report= kp_held=
}
# kp_open KEY ... kp_close: what is written to standard output between them is the field, byte for byte.
kp_open() { kp_report="$kp_report$kp_nl@$kp_n <$1$kp_nl"; kp_flush; }
kp_close() { printf '\n@%s .\n' "$kp_n"; }

# kp_say TEXT: tells at once, while the step runs, what it waits for.
kp_say() { kp_flush; printf '\n@%s notice %s\n' "$kp_n" "$1"; }

# kp_fail MESSAGE: the step has failed; use as: kp_fail "..."; return 1
kp_fail() { kp_failure=1; kp_set msg "$1"; return 1; }
# kp_unknown REASON: check mode cannot judge this step; use as: kp_unknown "..."; return 0
kp_unknown() { kp_doubt=1; kp_set reason "$1"; }
# kp_apply: the gate before every change. Marks the step as changed; false in check mode, where nothing is done.
kp_apply() {
  # What is there already may be what is due, under whatever name; what is about to be made is not.
  case $kp_due/$kp_type in 0/* | */absent) ;; *) kp_settle ;; esac
  kp_looked= kp_made=
  [ -n "$kp_check" ] || kp_ahead_n=
  if [ -z "$kp_changes" ]; then
    kp_changes=1
    [ -n "$kp_check" ] || kp_note_change
  fi
  [ -z "$kp_check" ]
}
# kp_try COMMAND...: runs it, output into kp_out; a failure is reported with command, exit code and output.
kp_try() {
  kp_made=
  case $1 in
  mv | cp | ln | mkdir | chmod | chown | touch | useradd | usermod | groupadd) kp_tool "$@" ;;
  *) kp_out=$("$@" 2>&1 9>&-) ;;
  esac && return 0
  kp_rc=$?
  kp_set cmd "$*"; kp_set rc "$kp_rc"; kp_set output "$kp_out"
  kp_fail "$1 failed with exit code $kp_rc"
}
# kp_tool PROGRAM...: runs a program that says little and leaves nothing running; its output into kp_out. A shell starts it
# with vfork where the output goes to a file, and copies itself where it is to read it from a pipe.
kp_tool() {
  if [ ! -w "$kp_said" ]; then kp_out=$("$@" 2>&1 9>&-); return; fi
  "$@" >"$kp_said" 2>&1 9>&-
  set -- $?
  kp_out=
  [ ! -s "$kp_said" ] || kp_out=$(cat "$kp_said")
  return "$1"
}
# kp_reply PROGRAM...: the first line of its output into kp_line, as cheaply.
kp_reply() {
  kp_line=
  if [ ! -w "$kp_said" ]; then kp_line=$("$@" 2>/dev/null 9>&-); return; fi
  "$@" >"$kp_said" 2>/dev/null 9>&- || return
  IFS= read -r kp_line <"$kp_said" || :
}
# kp_has COMMAND: is it there (or would an earlier step of this check run have brought it)?
kp_has() { command -v "$1" >/dev/null 2>&1 || kp_predicted command "$1"; }

# What earlier steps of a check run would have brought. kp_predict KIND NAME VALUE; kp_predicted KIND NAME sets kp_value.
kp_predict() {
  kp_ov_n=$((kp_ov_n + 1))
  kp_ov=$kp_ov$kp_nl$1:$2$kp_tab$kp_ov_n$kp_nl
  eval "kp_ov_$kp_ov_n=\$3"
}
kp_predicted() {
  [ -n "$kp_check" ] || return 1
  case $kp_ov in
  *"$kp_nl$1:$2$kp_tab"*)
    kp_value=$\{kp_ov##*"$kp_nl$1:$2$kp_tab"}
    kp_value=$\{kp_value%%"$kp_nl"*}
    eval "kp_value=\$kp_ov_$kp_value"
    return 0 ;;
  esac
  return 1
}

# kp_env NAME VALUE: exported for this step only.
kp_env() {
  eval "kp_old_$1=\$\{$1-} kp_had_$1=\$\{$1+1}; $1=\$2; export $1"
  kp_envs="$kp_envs $1"
}
kp_env_restore() {
  for kp_i in $kp_envs; do
    eval "if [ -n \"\$kp_had_$kp_i\" ]; then $kp_i=\$kp_old_$kp_i; else unset $kp_i; fi"
  done
  kp_envs=
}

# kp_stream DIRECTORY COMMAND...: runs a user's command as the login environment has it; its streams are the fields
# stdout and stderr, its exit code the field rc, the uptime around it begun and ended, and clock is what the time was at
# the first such command. kp_stdin, where set, is the command's standard input.
kp_stream() {
  kp_up kp_begun
  [ -n "$kp_clock" ] || { kp_reply date '+%s.%N %z'; kp_clock="$kp_line $kp_begun"; }
  printf '\n@%s <stderr\n' "$kp_n" >&2
  kp_open stdout
  if [ -n "$\{kp_stdin+1}" ]; then
    printf '%s' "$kp_stdin" | (kp_enter "$@")
  else
    (kp_enter "$@")
  fi
  kp_rc=$?
  kp_up kp_ended
  unset kp_stdin
  printf '\n@%s .\n\n@%s end ok\n' "$kp_n" "$kp_n" >&2
  kp_report="$kp_nl@$kp_n .$kp_nl"
  kp_set rc "$kp_rc"
  kp_set clock "$kp_clock"
  kp_set begun "$kp_begun"
  kp_set ended "$kp_ended"
  return "$kp_rc"
}
kp_up() { { read -r "$1" kp_line </proc/uptime; } 2>/dev/null || :; }
kp_enter() {
  umask "$kp_umask"
  [ -z "$kp_core" ] || ulimit -Sc "$kp_core" 2>/dev/null
  # A run that the command starts need not wait for this one.
  [ -z "$kp_runs" ] || { KPROV_RUN=$\{kp_runs# }; export KPROV_RUN; }
  if [ "$kp_lc" = unset ]; then unset LC_ALL; else LC_ALL=$kp_lc; fi
  # The place itself, as a program finds it that was started there, not the links that led to it.
  if [ -n "$1" ]; then cd -P "$1" || exit 125; fi
  shift
  # A deadline of the task ends the command on the host, whatever becomes of the connection.
  [ -z "$kp_limit" ] || ! command -v timeout >/dev/null 2>&1 || set -- timeout -k 5 "$kp_limit" "$@"
  exec "$@" 9>&-
}
`}${pathFunctions}`.replaceAll('$\\{', '${');

/**
 * As it travels: without comments and indentation, which are a third of it. So it fits into what TCP sends before the
 * first acknowledgement (14 KB), and the host begins with the first steps while the rest is under way.
 */
export const runner = commented
  .replace(/^ *#.*\n/gm, '')
  .replace(/^ +/gm, '')
  .replace(/\n{2,}/g, '\n');
