import { type Script, sh } from '../../shell/index.js';

/** Numbers that the kernel gives the states of a TCP connection, in /proc/net/tcp. */
export const connectionStates: Readonly<Record<string, string>> = {
  ESTABLISHED: '01',
  SYN_SENT: '02',
  SYN_RECV: '03',
  FIN_WAIT1: '04',
  FIN_WAIT2: '05',
  TIME_WAIT: '06',
  CLOSE: '07',
  CLOSE_WAIT: '08',
  LAST_ACK: '09',
  LISTEN: '0A',
  CLOSING: '0B',
};

interface Wanted {
  host: string;
  port: number;
  states: readonly string[];
  excluded: readonly string[];
}

/**
 * Defines kp_drained: are there no connections any more to the port, in these states? The kernel's tables are read as
 * they are: addresses in words of 32 bits, each with its bytes the other way round.
 */
export const drained = ({ host, port, states, excluded }: Wanted): Script => sh`
kp_addresses() {
  for kp_i in "$@"; do
    case $kp_i in
    *:* | [0-9]*.[0-9]*.[0-9]*.[0-9]*) printf '%s\n' "$kp_i" ;;
    *) getent ahosts -- "$kp_i" | awk '!seen[$1]++ { print $1 }' ;;
    esac
  done
}
kp_ours=$(kp_addresses ${host}) || :
kp_theirs=$(kp_addresses ${excluded}) || :
kp_drained() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | KP_OURS=$kp_ours KP_THEIRS=$kp_theirs awk -v port=${port
    .toString(16)
    .toUpperCase()
    .padStart(4, '0')} -v states=${` ${states.map((state) => connectionStates[state]).join(' ')} `} '
    function hex(number, width,    text, digit) {
      text = ""
      while (width-- > 0) { digit = number % 16; text = substr("0123456789ABCDEF", digit + 1, 1) text; number = (number - digit) / 16 }
      return text
    }
    function four(address,    part) {
      split(address, part, ".")
      return hex(part[4], 2) hex(part[3], 2) hex(part[2], 2) hex(part[1], 2)
    }
    function six(address,    half, left, right, n, m, i, all, word, text) {
      n = split(address, half, "::")
      left = split(half[1], word, ":")
      all = ""
      for (i = 1; i <= left; i++) all = all substr("0000" toupper(word[i]), length(word[i]) + 1)
      if (n > 1) {
        m = split(half[2], word, ":"); right = ""
        for (i = 1; i <= m; i++) right = right substr("0000" toupper(word[i]), length(word[i]) + 1)
        while (length(all) + length(right) < 32) all = all "0"
        all = all right
      }
      text = ""
      for (i = 1; i <= 32; i += 8) text = text substr(all, i + 6, 2) substr(all, i + 4, 2) substr(all, i + 2, 2) substr(all, i, 2)
      return text
    }
    function take(list, into,    n, i, line, h) {
      n = split(list, line, "\n")
      for (i = 1; i <= n; i++) {
        if (line[i] == "") continue
        if (index(line[i], ":")) { into[six(line[i])] = 1; continue }
        h = four(line[i])
        into[h] = 1
        into["0000000000000000FFFF0000" h] = 1
      }
    }
    BEGIN {
      take(ENVIRON["KP_OURS"], ours); take(ENVIRON["KP_THEIRS"], theirs)
      if ("00000000" in ours || "00000000000000000000000000000000" in ours) any = 1
    }
    $1 ~ /^[0-9]+:$/ {
      split($2, local, ":"); split($3, remote, ":")
      if (index(states, " " $4 " ") && local[2] == port && (any || local[1] in ours) && !(remote[1] in theirs)) { found = 1; exit }
    }
    END { exit found }'
}`;
