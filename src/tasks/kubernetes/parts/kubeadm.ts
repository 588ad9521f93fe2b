import { Buffer } from 'node:buffer';
import { KprovError } from '../../../errors/index.js';
import { criSocket, normaliseCriSocket, type Runtime } from '../../../kubernetes/cri.js';
import type { ExtraArgs, NodeOptions, Taint } from '../../../kubernetes/kubeadm-options.js';
import { minorFacts } from '../../../kubernetes/minors.js';
import { likelyCure, parsePreflight } from '../../../kubernetes/preflight.js';
import type { KubernetesVersion } from '../../../kubernetes/version.js';
import { type Script, sh } from '../../../shell/index.js';
import { isMapping, type Mapping, type Value } from '../../../values/index.js';
import { choice, dictionary, integer, list, text } from '../../parameters.js';
import type { Interpretation, Report, TaskContext } from '../../task.js';

export const ADMIN_CONF = '/etc/kubernetes/admin.conf';
export const KUBELET_CONF = '/etc/kubernetes/kubelet.conf';
/** Says that a kubeadm run on this host was begun and has not ended well. */
const STATE = '/var/lib/kprov';
export const MARKER = `${STATE}/kubeadm-unfinished`;
const SPOOL = '/run/kprov';
const LOGS = '/var/log/kprov';

/** Tokens and keys of 32 bytes become stars; a CA hash, which is public, stays. */
const maskSecrets = [
  's/sha256:/sha256:@/g',
  's/[a-z0-9]\\{6\\}\\.[a-z0-9]\\{16\\}/******/g',
  's/\\(^\\|[^0-9a-f@]\\)[0-9a-f]\\{64\\}/\\1******/g',
  's/sha256:@/sha256:/g',
].join(';');

/**
 * Runs on the host on its own, whatever becomes of the connection: $1 the spool folder (root's alone, in memory), $2 the
 * log, then the command. Its output, with secrets masked, ends in the log; its exit code in the file `rc`, last.
 */
export const job = `umask 077
dir=$1 log=$2; shift 2
echo $$ >"$dir/pid"
"$@" >"$dir/output" 2>&1 </dev/null
rc=$?
rm -f "$dir/config.yaml"
{ echo "--- $(date -u +%Y-%m-%dT%H:%M:%SZ) $*"; sed '${maskSecrets}' "$dir/output"; echo "--- exit code $rc"; } >>"$log"
[ "$rc" != 0 ] || [ ! -e "$dir/marked" ] || rm -f '${MARKER}'
echo "$rc" >"$dir/rc.new" && mv "$dir/rc.new" "$dir/rc"`;

/**
 * kp_k_job NAME COMMAND…: runs it detached and waits for it; entered again (a broken connection, an interrupted run) it
 * waits for the one that is already running. Leaves the raw output in `kp_k_spool/output` and the exit code in `kp_rc`.
 * kp_k_job_config NAME TEXT: a file for it, gone when it ends, in `kp_k_config`.
 */
export const jobFunctions: Script = sh`
kp_k_spool_of() { kp_k_spool=${SPOOL}/$1; }
# kp_k_running NAME: is that job under way?
kp_k_running() {
  kp_k_spool_of "$1"
  [ -d "$kp_k_spool" ] && [ ! -e "$kp_k_spool/rc" ] && [ -s "$kp_k_spool/pid" ] && kill -0 "$(cat "$kp_k_spool/pid")" 2>/dev/null
}
kp_k_job_config() {
  kp_k_spool_of "$1"
  rm -rf -- "$kp_k_spool"
  mkdir -p -m 700 ${SPOOL} && mkdir -m 700 "$kp_k_spool" || { kp_fail "cannot make $kp_k_spool"; return 1; }
  kp_k_config=$kp_k_spool/config.yaml
  printf '%s' "$2" >"$kp_k_config"
}
kp_k_job() {
  kp_k_spool_of "$1"
  kp_k_log=${LOGS}/$1.log
  kp_k_name=$1; shift
  if ! kp_k_running "$kp_k_name"; then
    mkdir -p -m 700 ${LOGS} ${SPOOL} "$kp_k_spool"
    rm -f "$kp_k_spool/rc" "$kp_k_spool/pid" "$kp_k_spool/output"
    if command -v setsid >/dev/null 2>&1; then
      setsid sh -c ${job} kprov "$kp_k_spool" "$kp_k_log" "$@" >/dev/null 2>&1 </dev/null &
    else
      (trap '' HUP; exec sh -c ${job} kprov "$kp_k_spool" "$kp_k_log" "$@" >/dev/null 2>&1 </dev/null) &
    fi
    kp_k_i=0
    until [ -s "$kp_k_spool/pid" ] || [ "$kp_k_i" -gt 50 ]; do kp_k_i=$((kp_k_i + 1)); sleep 0.1 2>/dev/null || sleep 1; done
  fi
  kp_k_wait_job
}
# kp_k_begun NAME: is that job under way, or over without anybody having taken its result?
kp_k_begun() { kp_k_running "$1" || [ -e "$kp_k_spool/rc" ]; }
# kp_k_job_again NAME: waits for one that was begun before.
kp_k_job_again() { kp_k_spool_of "$1"; kp_k_log=${LOGS}/$1.log; kp_k_wait_job; }
kp_k_wait_job() {
  while [ ! -e "$kp_k_spool/rc" ]; do
    kill -0 "$(cat "$kp_k_spool/pid" 2>/dev/null)" 2>/dev/null || { sleep 1; [ -e "$kp_k_spool/rc" ] || echo 137 >"$kp_k_spool/rc"; }
    sleep 0.2 2>/dev/null || sleep 1
  done
  kp_rc=$(cat "$kp_k_spool/rc")
}
# kp_k_job_end FIELD: reports the raw output and clears up.
kp_k_job_end() {
  kp_open "$1"; cat "$kp_k_spool/output" 2>/dev/null; kp_close
  rm -rf -- "$kp_k_spool"
}
# kp_k_forget_jobs [1]: removes what jobs left that were over when nobody waited for them: their output may hold
# tokens. With 1 one that is under way is ended.
kp_k_forget_jobs() {
  [ -z "$kp_check" ] || return 0
  for kp_k_which in kubeadm-pull kubeadm-init kubeadm-join; do
    if kp_k_running "$kp_k_which"; then
      [ -n "$1" ] || continue
      # It leads a group of its own, where there is setsid.
      kp_k_pid=$(cat "$kp_k_spool/pid")
      kill -9 "-$kp_k_pid" 2>/dev/null || kill -9 "$kp_k_pid"
    fi
    [ ! -d "$kp_k_spool" ] || rm -rf -- "$kp_k_spool"
  done
}
# kp_k_mark: says which run has begun, until that ends well.
kp_k_mark() { mkdir -p -m 700 ${STATE} && printf '%s\n' "$\{kp_k_spool##*/}" >${MARKER} && : >"$kp_k_spool/marked"; }
kp_k_kubelet_log() {
  kp_open kubelet_log; journalctl -u kubelet -n 40 --no-pager -o cat 2>/dev/null; kp_close
}
# kp_k_reset SOCKET: takes back what an unfinished kubeadm run left.
kp_k_reset() {
  kp_k_forget_jobs 1
  kp_try kubeadm reset -f $\{1:+--cri-socket="$1"} || return 1
  rm -f ${MARKER}
}
# kp_k_conf FILE KEY: the first value of that key in a kubeconfig that kubeadm wrote, into kp_value; no process needed.
kp_k_conf() {
  kp_value=
  while read -r kp_k_key kp_k_rest; do
    if [ "$kp_k_key" = "$2:" ]; then kp_value=$kp_k_rest; break; fi
  done <"$1"
}
kp_k_leftovers() {
  for kp_k_file in /etc/kubernetes/manifests/*.yaml /etc/kubernetes/*.conf /etc/kubernetes/pki/ca.crt /var/lib/etcd/member; do
    [ -e "$kp_k_file" ] && return 0
  done
  return 1
}
`;

export const nodeParameters = {
  node_name: text('Name of the node. Default: the host name.'),
  runtime: choice('The container runtime, for the default of cri_socket.', ['containerd', 'docker', 'cri-o'], {
    default: 'containerd',
  }),
  cri_socket: text("The runtime's socket. Default: that of runtime, as the version wants it written."),
  node_labels: dictionary('Labels that the node registers with.', { default: {} }),
  taints: list(
    'Taints that the node registers with, key=value:effect; an empty list for none. Default: that of kubeadm.',
  ),
  kubelet_extra_args: dictionary('Flags of the kubelet, without dashes.', { default: {} }),
  ignore_preflight_errors: list('Names of kubeadm checks that may fail.', { default: [] }),
  advertise_address: text('Address that the API server of this node is announced with.'),
  bind_port: integer('Port of the API server of this node. Default 6443.'),
  patches: text('Directory on the host with patches of the static pods.'),
  skip_phases: list('Phases of kubeadm to leave out.', { default: [] }),
} as const;

interface NodeArguments {
  readonly node_name: string | undefined;
  readonly runtime: Runtime;
  readonly cri_socket: string | undefined;
  readonly node_labels: Mapping;
  readonly taints: readonly string[] | undefined;
  readonly kubelet_extra_args: Mapping;
  readonly ignore_preflight_errors: readonly string[];
}

const bad = (message: string, fix: string): KprovError => new KprovError('bad-argument', message, { fix });

/** `key=value:effect`, `key:effect`. */
export function parseTaint(text: string): Taint {
  const match = /^([^=:\s]+)(?:=([^:\s]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/.exec(text);
  const [, key, value, effect] = match ?? [];
  if (key === undefined || (effect !== 'NoSchedule' && effect !== 'PreferNoSchedule' && effect !== 'NoExecute')) {
    throw bad(`"${text}" is not a taint`, 'Write it like node-role.kubernetes.io/control-plane:NoSchedule.');
  }
  return { key, ...(value !== undefined && value !== '' && { value }), effect };
}

/** Flags from a playbook: scalars become text, lists stay lists. */
export const extraArgs = (given: Mapping): ExtraArgs =>
  Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, Array.isArray(value) ? value.map(plain) : plain(value)]),
  );

const plain = (value: Value): string =>
  value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

export const socketOf = (args: Pick<NodeArguments, 'runtime' | 'cri_socket'>, version: KubernetesVersion): string => {
  const facts = minorFacts(version);
  return args.cri_socket === undefined ? criSocket(args.runtime, facts) : normaliseCriSocket(args.cri_socket, facts);
};

export const nodeOptions = (args: NodeArguments, version: KubernetesVersion): NodeOptions => ({
  ...(args.node_name !== undefined && { name: args.node_name }),
  criSocket: socketOf(args, version),
  labels: Object.fromEntries(Object.entries(args.node_labels).map(([key, value]) => [key, plain(value)])),
  kubeletExtraArgs: extraArgs(args.kubelet_extra_args),
  ignorePreflightErrors: args.ignore_preflight_errors,
  ...(args.taints !== undefined && { taints: args.taints.map(parseTaint) }),
});

/** The output as it may be shown: no tokens, no keys. */
export const maskOutput = (output: string): string =>
  output.replace(/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, '******').replace(/(?<!sha256:)\b[0-9a-f]{64}\b/g, '******');

/** The whole output on the control machine too, without tokens and keys: .kprov/log/HOST/NAME.log. */
export function localLog(
  context: TaskContext,
  name: string,
  output: string | undefined,
): NonNullable<Interpretation['save']> {
  if (output === undefined) return [];
  const folder = context.host.replace(/[^A-Za-z0-9_.-]/g, '_').replace(/^\.+/, '_');
  const path = context.local(`.kprov/log/${folder}/${name}.log`);
  return [{ path, content: Buffer.from(maskOutput(output)), mode: 0o600 }];
}

/** Result fields about a kubeadm run that failed: what it found, what probably helps, what it and the kubelet said. */
export function kubeadmFailure(report: Report, output: string | undefined): Mapping {
  const result: Mapping = {};
  const msg = report.text('msg');
  if (msg !== undefined) result.msg = msg;
  const raw = output ?? report.text('output');
  if (raw === undefined) return result;
  const said = maskOutput(raw);
  result.output = said;
  const findings = parsePreflight(said);
  const errors = findings.filter((finding) => finding.severity === 'error');
  result.findings = findings.map((finding) => ({ ...finding }));
  if (errors.length > 0) result.msg = `kubeadm refuses: ${errors.map((e) => `${e.name}: ${e.message}`).join('; ')}`;
  const cure = likelyCure(said);
  const hint = errors.map((e) => e.hint).find((text) => text !== undefined) ?? (cure && `${cure.why} ${cure.fix}`);
  if (hint !== undefined) result.hint = hint;
  const kubelet = report.text('kubelet_log');
  if (kubelet !== undefined && kubelet !== '') result.kubelet_log = maskOutput(kubelet);
  return result;
}

/** The parameters of a join as they stand in a register, in one shape. */
export interface JoinValue {
  endpoint: string;
  token: string;
  ca_cert_hashes: string[];
  certificate_key: string;
}

const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

export function readJoinValue(value: Value): JoinValue {
  if (!isMapping(value)) throw bad('join is not what kubeadm_init returns', 'join: "{{ hostvars[first].init.join }}"');
  const hashes = value.ca_cert_hashes;
  return {
    endpoint: textOf(value.endpoint),
    token: textOf(value.token),
    ca_cert_hashes: Array.isArray(hashes) ? hashes.map(textOf) : [],
    certificate_key: textOf(value.certificate_key),
  };
}
