import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArguments } from '../../../src/tasks/index.js';
import { kubernetesNode } from '../../../src/tasks/kubernetes/kubernetes-node.js';
import { fieldsOf, ShellHost, shells } from '../../support/shells.js';
import { taskContext } from '../../support/task-cases.js';

interface Case {
  readonly title: string;
  readonly state: 'drained' | 'absent';
  /** What the cluster says of the node; undefined where it does not know it. */
  readonly node: string | undefined;
  readonly pods?: string;
  readonly drain?: string;
  readonly noCluster?: boolean;
  /** Whether its API server does not answer. */
  readonly silent?: boolean;
  readonly status: string;
  readonly cluster: string | undefined;
  /** Calls that change something. */
  readonly calls: readonly string[];
}

const drain = 'drain n1 --ignore-daemonsets --force --delete-emptydir-data --timeout 180s';
const cases: readonly Case[] = [
  {
    title: 'a node that is there is deleted',
    state: 'absent',
    node: '/True',
    status: 'changed',
    cluster: 'reached',
    calls: ['delete node n1'],
  },
  {
    title: 'a node that the cluster does not know is absent',
    state: 'absent',
    node: undefined,
    status: 'ok',
    cluster: 'reached',
    calls: [],
  },
  {
    title: 'where there is no cluster every node is absent',
    state: 'absent',
    node: undefined,
    noCluster: true,
    status: 'ok',
    cluster: 'none',
    calls: [],
  },
  {
    title: 'an API server that does not answer is waited for as long as api_timeout says',
    state: 'absent',
    node: '/True',
    silent: true,
    status: 'failed',
    cluster: undefined,
    calls: [],
  },
  {
    title: 'a Ready node is cordoned and drained',
    state: 'drained',
    node: '/True',
    status: 'changed',
    cluster: 'reached',
    calls: ['cordon n1', drain],
  },
  {
    title: 'a node that is not Ready is cordoned, and nothing is waited for',
    state: 'drained',
    node: '/Unknown',
    status: 'changed',
    cluster: 'reached',
    calls: ['cordon n1'],
  },
  {
    title: 'a cordoned node with nothing but daemon sets and static pods is drained',
    state: 'drained',
    node: 'true/True',
    pods: 'DaemonSet. Node. ',
    status: 'ok',
    cluster: 'reached',
    calls: [],
  },
  {
    title: 'a drain that was interrupted goes on',
    state: 'drained',
    node: 'true/True',
    pods: 'DaemonSet. . ',
    status: 'changed',
    cluster: 'reached',
    calls: ['cordon n1', drain],
  },
  {
    title: 'pods that may not go are a failure',
    state: 'drained',
    node: '/True',
    drain: 'exit 1',
    status: 'failed',
    cluster: 'reached',
    calls: ['cordon n1', drain],
  },
];

describe.each(shells)('kubernetes_node in %s', (_name, argv) => {
  let folder: string;
  let host: ShellHost;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kprov-'));
    host = new ShellHost(argv, { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` });
  });
  afterEach(async () => {
    await host.close();
    rmSync(folder, { recursive: true });
  });

  test.each(cases)(
    '$title',
    async ({ state, node, pods = '', drain: drained = 'exit 0', noCluster, silent, ...expected }) => {
      const kubeconfig = join(folder, 'config');
      const calls = join(folder, 'calls');
      writeFileSync(calls, '');
      if (noCluster !== true) writeFileSync(kubeconfig, '');
      const answer =
        node === undefined
          ? `echo 'Error from server (NotFound): nodes "n1" not found' >&2; exit 1`
          : `printf %s '${node}'`;
      writeFileSync(
        join(folder, 'kubectl'),
        `#!/bin/sh
while :; do case $1 in --kubeconfig) shift 2 ;; --request-timeout=*) shift ;; *) break ;; esac; done
case "$*" in
'drain --help') echo --delete-emptydir-data; exit 0 ;;
'get --raw /healthz') exit ${silent === true ? 1 : 0} ;;
'get node '*) ${answer} ;;
'get pods '*) printf %s '${pods}' ;;
drain*) echo "$*" >>${calls}; ${drained} ;;
*) echo "$*" >>${calls} ;;
esac
`,
      );
      chmodSync(join(folder, 'kubectl'), 0o755);
      const parsed = parseArguments(kubernetesNode, { name: 'n1', state, kubeconfig, api_timeout: 1 });
      const compiled = parsed.ok ? kubernetesNode.compile(parsed.args, taskContext()) : undefined;
      if (compiled?.kind !== 'program') throw new Error('no program');
      const frame = await host.run(compiled.script);
      expect({
        status: frame.status,
        cluster: fieldsOf(frame).cluster,
        calls: readFileSync(calls, 'utf8').split('\n').filter(Boolean),
      }).toEqual({ status: expected.status, cluster: expected.cluster, calls: expected.calls });
    },
  );
});
