import { stringify } from 'yaml';
import { KprovError } from '../../errors/index.js';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import { isMapping } from '../../values/index.js';
import { type ArgumentsOf, anything, choice, flag, integer, list, type Parameters, text } from '../parameters.js';
import { defineTask, type Program, program, type TaskContext } from '../task.js';
import { manifestDiff, manifestResult } from './cni.js';
import { digestFunction, kubeconfigParameter, kubectlFunctions } from './parts/kubectl.js';
import { manifestFunctions } from './parts/manifest.js';
import { packageFunctions } from './parts/packages.js';
import { steps } from './parts/steps.js';

const parameters = {
  src: text('The manifest: a URL that the host downloads, or a file of the control machine.'),
  template: text('A template of the control machine that renders to the manifest.'),
  definition: anything('The manifest itself: a mapping, a list of mappings, or YAML text.', { aliases: ['content'] }),
  checksum: text('SHA-256 of what src downloads: 64 hexadecimal digits.'),
  state: choice('Whether the objects shall be there.', ['present', 'absent'], { default: 'present' }),
  namespace: text('Namespace of objects that name none.'),
  server_side: flag('Whether the API server merges (large custom resource definitions need it).', { default: false }),
  wait_for: list(
    'What to wait for: KIND/NAME CONDITION [NAMESPACE], for instance "deployment/coredns Available kube-system"; CONDITION may be a jsonpath expression as kubectl wait takes it, or Rollout.',
    { default: [] },
  ),
  timeout: integer('Seconds to wait for each.', { default: 300 }),
  ...kubeconfigParameter,
} satisfies Parameters;

type Arguments = ArgumentsOf<typeof parameters>;

const isUrl = (source: string): boolean => /^https?:\/\//.test(source);

function manifestText(args: Arguments, context: TaskContext): string {
  const { definition } = args;
  if (typeof definition === 'string') return definition;
  if (definition !== undefined && definition !== null) {
    const documents = Array.isArray(definition) ? definition : [definition];
    if (!documents.every(isMapping)) throw new KprovError('bad-manifest', 'definition is neither mappings nor text');
    return documents.map((document) => stringify(document, { version: '1.1', lineWidth: 0 })).join('---\n');
  }
  const kind = args.template === undefined ? 'files' : 'templates';
  const path = context.find(kind, args.template ?? args.src ?? '');
  const found = context.files.read(path);
  if (found === undefined) throw new KprovError('missing-file', `there is no file ${path}`);
  return args.template === undefined ? found : context.render(found, { name: path });
}

function waiting(args: Arguments): Script[] {
  return args.wait_for.map((wanted) => {
    const match = /^(\S+\/\S+)\s+(\S+)(?:\s+(\S+))?$/.exec(wanted.trim());
    const [, object, condition, namespace = args.namespace] = match ?? [];
    if (object === undefined || condition === undefined) {
      throw new KprovError('bad-argument', `"${wanted}" is not something to wait for`, {
        fix: 'Write it like deployment/coredns Available kube-system.',
      });
    }
    const flags = namespace === undefined ? [] : [`--namespace=${namespace}`];
    const timeout = `--timeout=${args.timeout}s`;
    const command =
      condition.toLowerCase() === 'rollout'
        ? sh`kubectl --kubeconfig ${args.kubeconfig} ${flags} rollout status ${object} ${timeout}`
        : sh`kubectl --kubeconfig ${args.kubeconfig} ${flags} wait ${object} ${condition.startsWith('jsonpath') ? `--for=${condition}` : `--for=condition=${condition}`} ${timeout}`;
    return sh`kp_out=$(${command} 2>&1) || { kp_set output "$kp_out"; kp_fail ${`${object} is not ${condition}`}; return 1; }`;
  });
}

function applyProgram(manifest: string, args: Arguments): Program {
  const flags = [
    ...(args.namespace === undefined ? [] : [`--namespace=${args.namespace}`]),
    ...(args.server_side && args.state === 'present' ? ['--server-side'] : []),
  ];
  if (args.namespace !== undefined && !/^[a-z0-9-]{1,63}$/.test(args.namespace)) {
    throw new KprovError('bad-argument', `"${args.namespace}" is not a namespace`);
  }
  const action = args.state === 'present' ? sh`kp_k_apply_manifest` : sh`kp_k_delete_manifest`;
  return program(
    joinScripts([
      kubectlFunctions(args.kubeconfig),
      manifestFunctions,
      sh`
kp_k_flags=${flags.join(' ')}
${action} ${manifest} || return 1
[ -z "$kp_check" ] || return 0`,
      ...(args.state === 'present' ? waiting(args) : []),
    ]),
  );
}

const download = (args: Arguments): Script =>
  joinScripts([
    kubectlFunctions(args.kubeconfig),
    packageFunctions,
    digestFunction,
    sh`
if [ -n "$kp_k_future" ]; then kp_apply; return 0; fi
kp_k_file=$(mktemp) || { kp_fail 'cannot make a temporary file'; return 1; }
kp_k_fetch ${args.src} "$kp_k_file" || { rm -f -- "$kp_k_file"; return 1; }
if [ -n ${args.checksum} ]; then
  kp_k_digest "$kp_k_file"
  if [ "$kp_value" != ${args.checksum?.replace(/^sha256:/, '').toLowerCase()} ]; then
    rm -f -- "$kp_k_file"
    kp_fail ${args.src}" has the checksum $kp_value"
    return 1
  fi
fi
kp_open manifest; cat "$kp_k_file"; kp_close
rm -f -- "$kp_k_file"`,
  ]);

export const kubernetesManifest = defineTask({
  name: 'kubernetes_manifest',
  collection: 'kprov.kubernetes',
  summary: 'Applies objects to the cluster, or takes them away, with kubectl on a control plane.',
  description: 'What would change is asked of the API server (kubectl diff), so that only that is applied and shown.',
  parameters,
  exactlyOne: [['src', 'template', 'definition']],
  returns: { applied: 'what kubectl said of each object' },
  example: `- name: A namespace
  kubernetes_manifest:
    definition: {apiVersion: v1, kind: Namespace, metadata: {name: shop}}

- name: metrics-server, and wait for it
  kubernetes_manifest:
    src: https://github.com/kubernetes-sigs/metrics-server/releases/download/v0.8.1/components.yaml
    wait_for: [deployment/metrics-server Available kube-system]`,
  inCheckMode: 'predicts',
  compile: (args, context) => {
    if (args.src === undefined || !isUrl(args.src)) return applyProgram(manifestText(args, context), args);
    return steps(download(args), (report) => {
      const manifest = report.text('manifest');
      return manifest === undefined ? undefined : applyProgram(manifest, args);
    });
  },
  interpret: (report) => ({ result: manifestResult(report), diff: manifestDiff(report) }),
});
