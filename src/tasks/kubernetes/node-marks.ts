import { KprovError } from '../../errors/index.js';
import { joinScripts, sh } from '../../shell/index.js';
import { isMapping, type Mapping } from '../../values/index.js';
import { anything, choice, list, text } from '../parameters.js';
import { defineTask, type Outcome, type Program, program, type Report } from '../task.js';
import { parseTaint } from './parts/kubeadm.js';
import { kubeconfigParameter, kubectlFunctions } from './parts/kubectl.js';
import { plainFields } from './parts/report.js';
import { steps } from './parts/steps.js';

const common = {
  node: text('Name of the node.', { required: true }),
  state: choice('Whether they shall be there.', ['present', 'absent'], { default: 'present' }),
  ...kubeconfigParameter,
} as const;

const readNode = (args: { node: string; kubeconfig: string }) =>
  joinScripts([
    kubectlFunctions(args.kubeconfig),
    sh`
if [ -n "$kp_k_future" ]; then kp_apply; return 0; fi
kp_k_api || return 1
kp_out=$(kp_k_kubectl get node ${args.node} -o json 2>&1) || {
  if [ -n "$kp_dry" ]; then kp_unknown ${`the node ${args.node} has not joined yet`}; return 0; fi
  kp_set output "$kp_out"
  kp_fail ${`there is no node ${args.node}`}
  return 1
}
kp_set node "$kp_out"`,
  ]);

function nodeOf(report: Report): Mapping | undefined {
  const json = report.text('node');
  if (json === undefined) return undefined;
  const node: unknown = JSON.parse(json);
  return isMapping(node) ? node : undefined;
}

const change = (
  args: { node: string; kubeconfig: string },
  verb: 'label' | 'taint',
  words: readonly string[],
): Program =>
  program(
    joinScripts([
      kubectlFunctions(args.kubeconfig),
      sh`
kp_apply || return 0
kp_try kp_k_kubectl ${verb} node ${args.node} --overwrite ${words}`,
    ]),
  );

const unchanged = (words: readonly string[]): Outcome => ({ status: 'ok', result: { changes: [...words] } });

const plain = (report: Report): Mapping => plainFields(report, ['msg', 'reason', 'output', 'cmd']);

/** Labels as a mapping, a list of key=value, or (absent) of keys. */
function labelsOf(given: unknown): Map<string, string> {
  if (isMapping(given))
    return new Map(Object.entries(given).map(([key, value]) => [key, value === null ? '' : String(value)]));
  const items = (Array.isArray(given) ? given : [given]).map(String);
  return new Map(
    items.map((item) => [item.split('=')[0] ?? '', item.includes('=') ? item.slice(item.indexOf('=') + 1) : '']),
  );
}

const keyForm = /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

export const label = defineTask({
  name: 'label',
  collection: 'kprov.kubernetes',
  summary: 'Labels a node, or takes labels away.',
  parameters: { labels: anything('Labels: a mapping, or a list of key=value.', { required: true }), ...common },
  returns: { changes: 'what was changed' },
  example: `- name: Workers are called so
  label: {node: "{{ inventory_hostname }}", labels: {node-role.kubernetes.io/worker: ""}}
  delegate_to: "{{ groups.control_plane[0] }}"`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const wanted = labelsOf(args.labels);
    for (const [key, value] of wanted) {
      if (!keyForm.test(key) || !/^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$/.test(value)) {
        throw new KprovError('bad-argument', `"${key}=${value}" is not a label`);
      }
    }
    return steps(readNode(args), (report) => {
      const node = nodeOf(report);
      if (node === undefined) return undefined;
      const metadata = isMapping(node.metadata) ? node.metadata : {};
      const labels = isMapping(metadata.labels) ? metadata.labels : {};
      const words = [...wanted].flatMap(([key, value]) => {
        if (args.state === 'absent') return Object.hasOwn(labels, key) ? [`${key}-`] : [];
        return Object.hasOwn(labels, key) && labels[key] === value ? [] : [`${key}=${value}`];
      });
      return words.length === 0 ? unchanged(words) : change(args, 'label', words);
    });
  },
  interpret: (report) => ({ result: plain(report) }),
});

export const taint = defineTask({
  name: 'taint',
  collection: 'kprov.kubernetes',
  summary: 'Taints a node, or takes taints away.',
  parameters: { taints: list('Taints: key=value:effect or key:effect.', { required: true }), ...common },
  returns: { changes: 'what was changed' },
  example: `- name: The control plane runs workloads too
  taint:
    node: "{{ inventory_hostname }}"
    taints: [node-role.kubernetes.io/control-plane:NoSchedule]
    state: absent`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const wanted = args.taints.map(parseTaint);
    return steps(readNode(args), (report) => {
      const node = nodeOf(report);
      if (node === undefined) return undefined;
      const spec = isMapping(node.spec) ? node.spec : {};
      const taints = (Array.isArray(spec.taints) ? spec.taints : []).filter(isMapping);
      const words = wanted.flatMap(({ key, value, effect }) => {
        const there = taints.find((t) => t.key === key && t.effect === effect);
        if (args.state === 'absent') return there === undefined ? [] : [`${key}:${effect}-`];
        if (there !== undefined && (there.value ?? '') === (value ?? '')) return [];
        return [value === undefined ? `${key}:${effect}` : `${key}=${value}:${effect}`];
      });
      return words.length === 0 ? unchanged(words) : change(args, 'taint', words);
    });
  },
  interpret: (report) => ({ result: plain(report) }),
});
