import { KprovError } from '../../errors/index.js';
import { type JoinParameters, parseJoinCommand } from '../../kubernetes/join.js';
import { caCertHash, checkCa } from '../../kubernetes/pki.js';
import { checkSkew } from '../../kubernetes/skew.js';
import { parseVersion } from '../../kubernetes/version.js';
import type { Mapping } from '../../values/index.js';
import {
  type Diff,
  defineTask,
  type Interpretation,
  type Outcome,
  type Program,
  program,
  type Report,
  type TaskContext,
} from '../task.js';
import { type Arguments, configOf, parameters } from './parts/init-options.js';
import { initialise, probe } from './parts/init-scripts.js';
import { kubeadmFailure, localLog, maskOutput } from './parts/kubeadm.js';
import { steps } from './parts/steps.js';

function continueWith(report: Report, args: Arguments, context: TaskContext): Program | Outcome | undefined {
  const state = report.text('state');
  const kubeadm = report.text('kubeadm');
  if (state === undefined || kubeadm === undefined || state === 'existing') return undefined;
  const installed = parseVersion(kubeadm);
  const asked = args.kubernetes_version === undefined ? installed : parseVersion(args.kubernetes_version);
  const version = asked.patch === undefined && asked.minor === installed.minor ? installed : asked;
  const kubelet = /v\d+\.\d+\.\d+/.exec(report.text('kubelet') ?? '')?.[0];
  const problems = checkSkew({
    apiServer: version,
    kubeadm: installed,
    kubelet: kubelet === undefined ? undefined : parseVersion(kubelet),
  }).map((d) => `${d.message}. ${d.fix ?? ''}`);
  const config = configOf(args, version, installed, context);
  problems.push(...config.errors);
  if (args.ca_cert !== undefined && args.ca_key !== undefined) {
    const now = new Date(Number(report.text('now')) * 1000);
    problems.push(
      ...checkCa({ certificate: args.ca_cert, key: args.ca_key }, now).map((d) => `${d.message}. ${d.fix ?? ''}`),
    );
  }
  if (problems.length > 0) return { status: 'failed', result: { msg: problems.join('\n') } };
  return program(initialise(args, installed, config));
}

/** The configuration that init gets, for the diff, as far as the version is known. */
function plannedConfig(report: Report, args: Arguments, context: TaskContext): Diff[] {
  const known = report.text('kubeadm') ?? args.kubernetes_version;
  if (known === undefined) return [];
  const version = parseVersion(known);
  const after = maskOutput(configOf(args, version, version, context).text);
  return [{ before: '', after, beforeHeader: 'kubeadm init', afterHeader: 'kubeadm init' }];
}

const joinResult = (join: Partial<JoinParameters>): Mapping => ({
  endpoint: join.endpoint ?? '',
  token: join.token ?? '',
  ca_cert_hashes: [...(join.caCertHashes ?? [])],
  certificate_key: join.certificateKey ?? '',
});

const secretsOf = (join: Partial<JoinParameters>): string[] =>
  [join.token, join.certificateKey].filter((secret) => secret !== undefined && secret !== '') as string[];

/** After init: what it printed, checked against the CA certificate on the host. */
function afterInit(output: string, report: Report): Interpretation {
  const join = parseJoinCommand(output);
  const hash = caCertHash(report.text('ca_crt') ?? '');
  if (!join.caCertHashes.includes(hash)) {
    throw new KprovError('ca-hash-mismatch', 'the CA hash that kubeadm printed is not that of ca.crt', {
      why: `ca.crt has ${hash}, kubeadm printed ${join.caCertHashes.join(', ')}.`,
      fix: 'Look at /etc/kubernetes/pki on the host: something changed it.',
    });
  }
  const log = report.text('log');
  const masked = maskOutput(output);
  return {
    result: { join: joinResult(join), output: masked, stdout: masked, ...(log !== undefined && { log }) },
    secrets: secretsOf(join),
  };
}

/** For a cluster that was there: fresh parameters, or the endpoint and hashes alone where nobody has to join. */
function ofExisting(report: Report): Interpretation {
  const endpoint = (report.text('server') ?? '').replace(/^https:\/\//, '');
  const certificate = report.text('ca_crt') ?? '';
  const key = /certificate key:\s*([0-9a-f]{64})/.exec(report.text('certs_output') ?? '')?.[1];
  const join = {
    endpoint,
    token: report.text('token') ?? '',
    caCertHashes: certificate === '' ? [] : [caCertHash(certificate)],
    ...(key !== undefined && { certificateKey: key }),
  };
  const nodes = (report.text('nodes') ?? '').split(' ').filter(Boolean);
  return { result: { join: joinResult(join), nodes }, secrets: secretsOf(join) };
}

export const kubeadmInit = defineTask({
  name: 'kubeadm_init',
  collection: 'kprov.kubernetes',
  summary: 'Makes the first control-plane node of a cluster with kubeadm init.',
  description:
    'The configuration is generated in the API version of the installed kubeadm, or is your own. The pull of images and init run detached on the host and are waited for again after a broken connection; an init that was interrupted is taken back and repeated. A cluster that is there is left alone, and fresh join parameters are made where a node has still to join. The whole output is kept in /var/log/kprov/kubeadm-init.log on the host and in .kprov/log/HOST/ here, without tokens and keys.',
  parameters,
  atMostOne: [['config', 'config_file']],
  returns: {
    join: 'what nodes join with: endpoint, token, ca_cert_hashes, certificate_key',
    output: 'what kubeadm printed, without tokens and keys',
    log: 'where it is kept on the host',
    nodes: 'names of the nodes, where the cluster was there already',
    findings: "what kubeadm's preflight checks found, where it failed: name, severity, message, hint",
  },
  example: `- name: The first control plane
  kubeadm_init:
    pod_subnet: 10.244.0.0/16
    nodes: "{{ groups.cluster }}"
  register: init`,
  inCheckMode: 'predicts',
  repeatable: true,
  compile: (args, context) => {
    if ((args.ca_cert === undefined) !== (args.ca_key === undefined)) {
      return { status: 'failed', result: { msg: 'ca_cert and ca_key are given together' } };
    }
    // What kubeadm would refuse is said before anything is done, in a dry run too.
    if (args.kubernetes_version !== undefined) {
      const version = parseVersion(args.kubernetes_version);
      const { errors } = configOf(args, version, version, context);
      if (errors.length > 0) return { status: 'failed', result: { msg: errors.join('\n') } };
    }
    return steps(probe(args), (report) => continueWith(report, args, context));
  },
  interpret: (report, args, context) => {
    const output = report.text('init_output');
    const save = localLog(context, 'kubeadm-init', output);
    if (report.status === 'failed') return { result: kubeadmFailure(report, output), save };
    const diff = report.text('server') === undefined ? plannedConfig(report, args, context) : [];
    if (output !== undefined) return { ...afterInit(output, report), diff, save };
    // Check mode: the cluster is not made, nobody knows its token.
    if (report.text('server') === undefined) return { result: {}, incomplete: true, diff };
    return ofExisting(report);
  },
});
