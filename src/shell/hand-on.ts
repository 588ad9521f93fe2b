import { asUser, type Become } from './program.js';
import { type Script, sh } from './script.js';

/** A file that a host gives to others for a while. */
export interface Giving {
  /** Marks what the script says. */
  nonce: string;
  path: string;
  /** The host's own address that others are to reach it by. */
  address: string;
  /** Tried one after the other. */
  ports: readonly number[];
  /** Private key of the server, made for this once. */
  hostKey: string;
  /** Public key of who may have the file. */
  userKey: string;
  /** After so long it ends by itself, whatever becomes of the session. */
  limitSeconds: number;
}

/**
 * A server of its own for one file: an sshd on the host's address, with keys made for this once, where a login can do
 * nothing but read the file from a place on. Says "@NONCE gives PORT USER", and ends with its standard input: when the
 * control side says so, or is gone. The file is held open, so that it may be moved meanwhile. Needs sshd, timeout, /proc.
 */
export const giveFile = ({ nonce, path, address, ports, hostKey, userKey, limitSeconds }: Giving): Script => sh`
kp_give() {
umask 077
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
kp_sshd=$(command -v sshd) && command -v timeout >/dev/null && exec 3<${path} && [ -r "/proc/$$/fd/3" ] || return 9
kp_d=$(mktemp -d) || return 9
kp_s=
trap '[ -z "$kp_s" ] || kill "$kp_s" 2>/dev/null; rm -rf -- "$kp_d"' EXIT
trap 'exit 9' HUP INT PIPE TERM
[ ! -w /run/kprov/temporary ] || printf '%s\n' "$kp_d" >>/run/kprov/temporary
kp_me=$(id -un) kp_pam=no
[ "$(id -u)" != 0 ] || kp_pam=yes
printf '%s' ${hostKey} >"$kp_d/host"
printf 'restrict %s\n' ${userKey} >"$kp_d/user"
cat >"$kp_d/give" <<kp_x
case \$SSH_ORIGINAL_COMMAND in
'' | *[!0-9]*) exit 9 ;;
0) exec timeout ${limitSeconds} cat </proc/$$/fd/3 ;;
*) exec timeout ${limitSeconds} tail -c "+\$((SSH_ORIGINAL_COMMAND + 1))" </proc/$$/fd/3 ;;
esac
kp_x
cat >"$kp_d/config" <<kp_x
ListenAddress ${address}
HostKey $kp_d/host
AuthorizedKeysFile $kp_d/user
AuthenticationMethods publickey
AllowUsers $kp_me
PermitRootLogin prohibit-password
ForceCommand /bin/sh $kp_d/give
StrictModes no
UsePAM $kp_pam
UseDNS no
X11Forwarding no
AllowTcpForwarding no
AllowAgentForwarding no
PermitTunnel no
PermitTTY no
MaxSessions 1
LoginGraceTime 10
ClientAliveInterval 10
ClientAliveCountMax 2
PidFile none
kp_x
for kp_p in ${ports}; do
  : >"$kp_d/log"
  timeout ${limitSeconds} "$kp_sshd" -D -e -f "$kp_d/config" -p "$kp_p" >"$kp_d/log" 2>&1 </dev/null &
  kp_s=$! kp_i=0
  while kill -0 "$kp_s" 2>/dev/null && [ "$kp_i" -lt 100 ]; do
    kp_i=$((kp_i + 1))
    case $(cat "$kp_d/log") in
    *'Server listening'*)
      printf '\n@%s gives %s %s\n' ${nonce} "$kp_p" "$kp_me"
      read -r kp_x
      return 0 ;;
    esac
    sleep 0.1 2>/dev/null || sleep 1
  done
  kill "$kp_s" 2>/dev/null
done
head -c 500 "$kp_d/log" >&2
return 9
}
kp_give; exit`;

/** What a host takes over from another. */
export interface Taking {
  /** Directory that is this user's alone, and the file's name in it. */
  directory: string;
  name: string;
  /** Bytes that are there already. */
  from: number;
  address: string;
  port: number;
  user: string;
  /** Public key of the server. */
  hostKey: string;
  /** Private key that may read the file. */
  userKey: string;
  limitSeconds: number;
}

/** Seconds until a host that does not answer counts as out of reach. */
const CONNECT_SECONDS = 5;

/** Takes a file, or the rest of it, from a host that gives it. Ends as the transfer does, or with its standard input. */
export const takeFile = (taking: Taking): Script => sh`
kp_take() {
umask 077
cd -P -- ${taking.directory} && [ -O . ] || return 9
case $(stat -c %a .) in *700) ;; *) return 9 ;; esac
command -v ssh >/dev/null && command -v timeout >/dev/null || return 9
kp_d=$(mktemp -d) || return 9
kp_s= kp_w=
trap 'kill $kp_s $kp_w 2>/dev/null; rm -rf -- "$kp_d"' EXIT
trap 'exit 9' HUP INT PIPE TERM
[ ! -w /run/kprov/temporary ] || printf '%s\n' "$kp_d" >>/run/kprov/temporary
printf '%s' ${taking.userKey} >"$kp_d/key"
printf 'kprov %s\n' ${taking.hostKey} >"$kp_d/known"
[ ${taking.from} != 0 ] || : >${`./${taking.name}`}
exec 4<&0
timeout ${taking.limitSeconds} ssh -F none -a -x -T -n -i "$kp_d/key" -p ${taking.port} -l ${taking.user} \
  -o "UserKnownHostsFile=$kp_d/known" -o GlobalKnownHostsFile=/dev/null -o HostKeyAlias=kprov -o UpdateHostKeys=no \
  -o StrictHostKeyChecking=yes -o BatchMode=yes -o IdentitiesOnly=yes -o IdentityAgent=none \
  -o PreferredAuthentications=publickey -o ${`ConnectTimeout=${CONNECT_SECONDS}`} -o ServerAliveInterval=5 \
  -o ServerAliveCountMax=2 -o ControlPath=none -o LogLevel=ERROR -o Ciphers=aes128-gcm@openssh.com,aes128-ctr \
  ${taking.address} ${taking.from} </dev/null >>${`./${taking.name}`} 2>"$kp_d/said" &
kp_s=$!
{ read -r kp_x <&4; kill "$kp_s"; } 2>/dev/null &
kp_w=$!
wait "$kp_s"
kp_rc=$?
kp_s=
[ "$kp_rc" = 0 ] || head -c 500 "$kp_d/said" >&2
return "$kp_rc"
}
kp_take; exit`;

/** "@NONCE at ADDRESS": the address that this login came to. Read by the login shell, so in single quotes only. */
export const askAddress = (nonce: string): string =>
  `exec /bin/sh -c 'set -- $SSH_CONNECTION; printf "\\n@%s at %s\\n" ${nonce} "$3"'`;

/** A session of that user that runs a script, whose standard input is then what is written to the session. */
export const renderSession = (become: Become, nonce: string, script: Script): { command: string; input: string } =>
  asUser(become, nonce, 'exec /bin/sh -s', `${script}\n`);
