import { type Script, sh } from './script.js';

/** Who asks for a host, so that no other run changes it meanwhile. */
export interface LockRequest {
  /** The run; its shells on one host do not exclude each other. */
  run: string;
  /** Which shell of the run this is: it takes over from those of the same name that it replaces after a lost connection. */
  shell: string;
  /** How many shells of that name there were before. */
  generation: number;
  /** For whoever is kept waiting: "alice@laptop since 2026-11-21 12:00:00 UTC". One line. */
  who: string;
  /** The runs, apart by spaces, one of whose tasks has started this one: what they hold is held for it as well. */
  within?: string;
}

/** Only root can write here, and it is empty after a boot. */
const FOLDER = '/run/kprov';

/**
 * One run at a time changes a host. The kernel holds the lock for an open descriptor (9) of the shell that makes the
 * changes, and of long commands that outlive it; there is nothing to unlock after a run that was killed. Users other than
 * root cannot lock a host. A shell that replaces a lost one of its run asks that one to end after its step, and waits.
 * `kp_note` writes down temporary files, so that the next run removes those of a shell that was killed. Who holds the lock
 * has the file `said` for the output of programs (kp_tool).
 */
export const lockFunctions = String.raw`
kp_locked= kp_said= kp_quit= kp_id= kp_was_changed= kp_runs=
kp_lock() {
  kp_runs="$5 $2"
  [ -w /run ] || return 0
  [ -d ${FOLDER} ] || mkdir -m 700 ${FOLDER} 2>/dev/null
  true 2>/dev/null 9<>${FOLDER}/lock || return 0
  command -v flock >/dev/null 2>&1 || { printf '\n@%s unlocked\n' "$1"; return 0; }
  exec 9<>${FOLDER}/lock
  kp_told=
  until flock -n 9; do
    kp_h_run= kp_h_shell= kp_h_pid= kp_h_who=
    read -r kp_h_run kp_h_shell kp_h_pid kp_h_who <${FOLDER}/lock
    if [ "$kp_h_run" = "$2" ]; then
      [ "$\{kp_h_shell%.*}" = "$\{3%.*}" ] || return 0
      [ "$\{kp_h_shell##*.}" -lt "$\{3##*.}" ] || exit 0
      kill -0 "$kp_h_pid" 2>/dev/null || return 0
      [ "$kp_told" = "$kp_h_pid" ] || { kill -HUP "$kp_h_pid"; kp_told=$kp_h_pid; printf '\n@%s wait\n' "$1"; }
    elif [ "$kp_told" != "$kp_h_run $kp_h_pid" ]; then
      case " $5 " in *" $kp_h_run "*) return 0 ;; esac
      printf '\n@%s wait %s (process %s there)\n' "$1" "$kp_h_who" "$kp_h_pid"
      kp_told="$kp_h_run $kp_h_pid"
    fi
    sleep 0.5 2>/dev/null || sleep 1
    printf '\n'
  done
  read -r kp_h_run kp_i <${FOLDER}/lock
  [ "$kp_h_run" = "$2" ] || : >${FOLDER}/changed
  printf '%s\n' "$2 $3 $$ $4" >${FOLDER}/lock
  kp_locked=1 kp_said=${FOLDER}/said
  : >"$kp_said"
  [ ! -s ${FOLDER}/temporary ] || kp_sweep
}
kp_sweep() {
  while IFS= read -r kp_i; do
    case $kp_i in /*/.kprov-* | /*/tmp.??????????) if [ -e "$kp_i" ] || [ -L "$kp_i" ]; then rm -rf -- "$kp_i"; fi ;; esac
  done <${FOLDER}/temporary
  : >${FOLDER}/temporary
}
kp_note() { [ -z "$kp_locked" ] || printf '%s\n' "$1" >>${FOLDER}/temporary; }
# A step whose answer was lost with the connection is run again, and then finds nothing to change: what it changed the
# first time is written down before it is done, so that handlers are still notified.
kp_note_change() { [ -z "$kp_locked" ] || printf '%s\n' "$\{kp_id:-$kp_n}" >>${FOLDER}/changed; }
kp_again() {
  kp_id=$1
  [ -z "$kp_locked" ] || while read -r kp_i; do [ "$kp_i" != "$1" ] || kp_was_changed=1; done <${FOLDER}/changed
}
mktemp() {
  kp_mk=$(command mktemp "$@") || return 1
  case $* in '' | -d) kp_note "$kp_mk" ;; esac
  printf '%s\n' "$kp_mk"
}
`;

/** Takes the lock, and waits for it where another run holds it. */
export const takeLock = (nonce: string, { run, shell, generation, who, within }: LockRequest): Script =>
  sh`kp_lock ${nonce} ${run} ${`${shell}.${generation}`} ${who.replaceAll('\n', ' ')} ${within}`;
