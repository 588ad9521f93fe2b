import { KprovError } from '../../errors/index.js';
import {
  CILIUM_CLI_VERSION,
  type CniName,
  ciliumCliUrl,
  cniNames,
  cniPlugin,
  defaultPodSubnet,
  fitManifest,
} from '../../kubernetes/cni.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import type { Mapping } from '../../values/index.js';
import { type ArgumentsOf, choice, flag, integer, list, type Parameters, text } from '../parameters.js';
import { type Diff, defineTask, type Outcome, type Program, program, type Report, type TaskContext } from '../task.js';
import { digestFunction, kubeconfigParameter, kubectlFunctions, waitFunctions } from './parts/kubectl.js';
import { manifestFunctions } from './parts/manifest.js';
import { packageFunctions } from './parts/packages.js';
import { plainFields } from './parts/report.js';
import { steps } from './parts/steps.js';

const parameters = {
  name: choice('The network.', cniNames),
  version: text('Its version, without v. Default: the one that kprov was made with.'),
  manifest: text('A manifest of your own instead: a URL that the host downloads, or a file of the control machine.'),
  checksum: text('SHA-256 of the manifest (or of the archive with cilium-cli): 64 hexadecimal digits.'),
  pod_subnet: text(
    "The cluster's pod subnet, which the manifest is fitted to or checked against. Default: the one that kubeadm has noted.",
  ),
  wait: flag('Whether to wait until every node is Ready.', { default: true }),
  nodes: list('Names of nodes that have to be there and Ready. Default: whichever are there.', { default: [] }),
  timeout: integer('Seconds to wait.', { default: 300 }),
  ...kubeconfigParameter,
} satisfies Parameters;

type Arguments = ArgumentsOf<typeof parameters>;

const isUrl = (text: string): boolean => /^https?:\/\//.test(text);

/** Where the manifest comes from: text that is known here, a URL that the host downloads, or a program that renders it. */
type Source = { text: string } | { url: string } | { cilium: string };

function sourceOf(args: Arguments, context: TaskContext): Source {
  if (args.manifest !== undefined) {
    if (isUrl(args.manifest)) return { url: args.manifest };
    const path = context.find('files', args.manifest);
    const found = context.files.read(path);
    if (found === undefined) throw new KprovError('missing-file', `there is no file ${path}`);
    return { text: found };
  }
  const plugin = cniPlugin(args.name ?? 'flannel');
  const version = args.version ?? plugin.version;
  return plugin.manifestUrl === undefined ? { cilium: version } : { url: plugin.manifestUrl(version) };
}

const checked = (checksum: string | undefined): string | undefined => checksum?.replace(/^sha256:/, '').toLowerCase();

/** Downloads to a folder of its own in memory or /tmp, checks, and reports the manifest as a field. */
function download(source: { url: string } | { cilium: string }, args: Arguments): Script {
  const isCilium = 'cilium' in source;
  return joinScripts([
    packageFunctions,
    digestFunction,
    !isCilium && sh`kp_k_url=${source.url}`,
    isCilium && sh`kp_k_subnet=${args.pod_subnet}; [ -n "$kp_k_subnet" ] || kp_k_subnet=$kp_k_asked`,
    isCilium &&
      sh`
case $(uname -m) in
x86_64) kp_k_url=${ciliumCliUrl(CILIUM_CLI_VERSION, 'amd64')} ;;
aarch64) kp_k_url=${ciliumCliUrl(CILIUM_CLI_VERSION, 'arm64')} ;;
*) kp_fail "cilium-cli is not made for $(uname -m)"; return 1 ;;
esac`,
    sh`
kp_k_folder=$(mktemp -d) || { kp_fail 'cannot make a temporary folder'; return 1; }
kp_k_get() {
  kp_k_fetch "$kp_k_url" "$kp_k_folder/got" || return 1
  if [ -n ${checked(args.checksum)} ]; then
    kp_k_digest "$kp_k_folder/got"
    [ "$kp_value" = ${checked(args.checksum)} ] || { kp_fail "$kp_k_url has the checksum $kp_value, not "${checked(args.checksum)}; return 1; }
  fi`,
    // Hubble's certificates would be made anew each time, and no run would find nothing to change.
    isCilium
      ? sh`
  kp_try tar -xzf "$kp_k_folder/got" -C "$kp_k_folder" cilium || return 1
  kp_open manifest
  KUBECONFIG=${args.kubeconfig} "$kp_k_folder/cilium" install --dry-run --version ${source.cilium} --set "ipam.operator.clusterPoolIPv4PodCIDRList={$kp_k_subnet}" --set hubble.enabled=false 2>"$kp_k_folder/err"
  kp_rc=$?
  kp_close
  [ "$kp_rc" = 0 ] || { kp_set output "$(cat "$kp_k_folder/err")"; kp_fail 'cilium-cli could not render the manifest'; return 1; }`
      : sh`  kp_open manifest; cat "$kp_k_folder/got"; kp_close`,
    sh`}
kp_k_get; kp_rc=$?
rm -rf -- "$kp_k_folder"
return "$kp_rc"`,
  ]);
}

/** Reports the pod subnet that the cluster was made with. */
const askSubnet: Script = sh`
kp_k_asked=${defaultPodSubnet('cilium')}
kp_k_api || return 1
kp_out=$(kp_k_kubectl -n kube-system get configmap kubeadm-config -o 'jsonpath={.data.ClusterConfiguration}' 2>/dev/null)
while read -r kp_k_key kp_k_value; do
  [ "$kp_k_key" != podSubnet: ] || { kp_k_asked=$kp_k_value; kp_set pod_subnet "$kp_k_value"; }
done <<KP_END
$kp_out
KP_END`;

const applyProgram = (manifest: string, args: Arguments): Program =>
  program(
    joinScripts([
      kubectlFunctions(args.kubeconfig),
      waitFunctions,
      manifestFunctions,
      sh`kp_k_apply_manifest ${manifest} || return 1`,
      args.wait &&
        sh`
[ -z "$kp_check" ] || return 0
kp_k_wait_nodes ${args.timeout} ${args.nodes}`,
    ]),
  );

function fitted(text: string, args: Arguments, subnet: string | undefined): string {
  if (!/^\s*(apiVersion|kind)\s*:/m.test(text)) {
    throw new KprovError('bad-manifest', 'what was downloaded is not a manifest of Kubernetes', {
      why: `It begins with ${JSON.stringify(text.slice(0, 60))}.`,
      fix: 'Check the address.',
    });
  }
  const name: CniName | undefined = args.manifest === undefined ? (args.name ?? 'flannel') : undefined;
  return fitManifest(text, subnet, name);
}

/** In check mode nothing is downloaded for a cluster that is not there yet. */
const guard = (args: Arguments): Script =>
  joinScripts([kubectlFunctions(args.kubeconfig), sh`if [ -n "$kp_k_future" ]; then kp_apply; return 0; fi`]);

export const cni = defineTask({
  name: 'cni',
  collection: 'kprov.kubernetes',
  summary: 'Gives the cluster its pod network and waits until its nodes are Ready.',
  description:
    "flannel, calico, canal and weave from their projects' manifests; cilium as its own cilium-cli renders it on the host (without Hubble); or a manifest of your own. A manifest of a known network is fitted to the pod subnet; one of your own that names another subnet is refused.",
  parameters,
  atLeastOne: [['name', 'manifest']],
  returns: { nodes: 'the nodes and whether they are Ready', applied: 'what kubectl said' },
  example: `- name: flannel
  cni: {name: flannel, pod_subnet: 10.244.0.0/16, nodes: "{{ groups.cluster }}"}

- name: A manifest of one's own
  cni: {manifest: files/network.yaml, pod_subnet: 10.244.0.0/16}`,
  inCheckMode: 'predicts',
  compile: (args, context): Program | Outcome => {
    if (args.checksum !== undefined && !/^(sha256:)?[0-9a-fA-F]{64}$/.test(args.checksum)) {
      return { status: 'failed', result: { msg: 'checksum is not a SHA-256: 64 hexadecimal digits' } };
    }
    const source = sourceOf(args, context);
    const known = 'text' in source ? source.text : undefined;
    if (known !== undefined && args.pod_subnet !== undefined) {
      return applyProgram(fitted(known, args, args.pod_subnet), args);
    }
    const first = [
      guard(args),
      args.pod_subnet === undefined && askSubnet,
      !('text' in source) && download(source, args),
    ];
    return steps(joinScripts(first), (report) => {
      const manifest = known ?? report.text('manifest');
      // Check mode, before there is a cluster: nobody was asked.
      if (manifest === undefined || report.status === 'changed') return undefined;
      return applyProgram(fitted(manifest, args, args.pod_subnet ?? report.text('pod_subnet')), args);
    });
  },
  interpret: (report) => ({ result: manifestResult(report), diff: manifestDiff(report) }),
});

/** Result of a task that applied a manifest. */
export function manifestResult(report: Report): Mapping {
  const nodes = report.text('nodes');
  const ready = Object.fromEntries(
    (nodes ?? '')
      .split(' ')
      .filter(Boolean)
      .map((entry) => entry.split('='))
      .map(([name = '', state = '']) => [name, state === 'True']),
  );
  const applied = report.text('applied');
  return {
    ...plainFields(report, ['msg', 'output', 'reason']),
    ...(nodes !== undefined && { nodes: ready }),
    ...(applied !== undefined && { applied: applied.split('\n').filter(Boolean) }),
  };
}

/** The diff that kubectl made; the whole manifest where there is nothing yet to compare it with. */
export function manifestDiff(report: Report): Diff[] {
  const added = report.text('manifest_new');
  if (added !== undefined) return [{ before: '', after: added, beforeHeader: 'manifest', afterHeader: 'manifest' }];
  const text = report.text('manifest_diff');
  return text === undefined || text === '' ? [] : fromUnified(text);
}

/** The two sides of each file of a unified diff, as far as it shows them. */
function fromUnified(unified: string): Diff[] {
  const diffs: Diff[] = [];
  let current: { name: string; before: string[]; after: string[] } | undefined;
  const flush = () => {
    if (current === undefined) return;
    const { name, before, after } = current;
    const text = (lines: string[]) => (lines.length === 0 ? '' : `${lines.join('\n')}\n`);
    diffs.push({
      before: text(before),
      after: text(after),
      beforeHeader: `live ${name}`,
      afterHeader: `merged ${name}`,
    });
  };
  for (const line of unified.split('\n')) {
    const head = /^\+\+\+ (\S+)/.exec(line);
    if (line.startsWith('--- ') || line.startsWith('diff ') || line.startsWith('@@')) continue;
    if (head !== null) {
      flush();
      current = { name: (head[1] ?? '').replace(/^.*\//, ''), before: [], after: [] };
    } else if (current !== undefined) {
      if (line.startsWith('-')) current.before.push(line.slice(1));
      else if (line.startsWith('+')) current.after.push(line.slice(1));
      else if (line.startsWith(' ')) {
        current.before.push(line.slice(1));
        current.after.push(line.slice(1));
      }
    }
  }
  flush();
  return diffs;
}
