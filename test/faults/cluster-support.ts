import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Groups, memberList, Plan } from '../cluster/plan.js';
import { addressOf, type BedHost } from '../lab/bed.js';
import { outputOf } from '../lab/client.js';
import { bed, dockerOf, type Ended, type FaultyLine, on, Project, type Running, start } from './support.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const nodes: readonly BedHost[] = ['node1', 'node2', 'node3'];
export const minutes = 60_000;

/** Hosts stay as the last test leaves them, packages, cluster and all: the next time begins with these. */
const isKept = process.env.KPROV_CLUSTER === 'kept';

/** Three clusters on one machine: a login takes as long as it takes. */
const patient = '-o ConnectTimeout=60';

/** A cluster that can grow. */
const endpoint = { control_plane_endpoint: `${addressOf(bed, 'node1')}:6443` };

export const freshHosts = (...hosts: BedHost[]): void =>
  void execFileSync(`${root}/test/lab/lab`, ['reset', ...hosts], { stdio: 'ignore' });

/** Nothing on the host runs any more. Tried again, as the kernel cannot always freeze what is busy. */
export function freeze(host: BedHost): void {
  for (let tries = 0; ; tries++) {
    try {
      execFileSync('docker', ['pause', dockerOf(host)], { stdio: 'ignore' });
      return;
    } catch (error) {
      if (tries === 20) throw error;
      execFileSync('sleep', ['0.2']);
    }
  }
}
export const thaw = (host: BedHost): void =>
  void execFileSync('docker', ['unpause', dockerOf(host)], { stdio: 'ignore' });

export const kubectl = (command: string): string =>
  on('node1', `kubectl --kubeconfig /etc/kubernetes/admin.conf ${command}`);

/** The CA of the cluster that node1 holds. */
export const ca = (): string => on('node1', 'sha256sum /etc/kubernetes/pki/ca.crt');

/** Ends kubeadm, and what watches over it. */
export const killing = "pkill -9 -f '^sh -c umask 077'; pkill -9 -x kubeadm";

/** Ends kubeadm as a power failure would, the moment its output has that line. False where that never came. */
export async function killedAt(running: Running, host: BedHost, verb: 'init' | 'join', line: string): Promise<boolean> {
  on(host, 'rm -f /run/stop-watching');
  const watching = outputOf(
    bed,
    host,
    `i=0; while [ $i -lt 9000 ] && [ ! -e /run/stop-watching ]; do
       i=$((i + 1)); sleep 0.02
       grep -qsF '${line}' /run/kprov/kubeadm-${verb}/output || continue
       # An API server that holds its breath keeps kubeadm where it is.
       pkill -STOP -x kube-apiserver
       ${killing} && echo killed
       pkill -CONT -x kube-apiserver
       break
     done`,
    { seconds: 1200 },
  );
  await running.ended;
  on(host, ': >/run/stop-watching');
  return (await watching).includes('killed');
}

/** Names of the nodes, whether they are Ready, and their roles. */
const nodeStates = (): string[][] =>
  kubectl('get nodes --no-headers --request-timeout=20s')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(/\s+/));

export const nodeNames = (): string[] => nodeStates().map(([name = '']) => name);
export const readyNodes = (): string[] =>
  nodeStates()
    .filter(([, state]) => state === 'Ready')
    .map(([name = '']) => name);

/** Names of the members of etcd, as that node's member knows them. */
export const etcdMembers = (node: BedHost): string[] =>
  on(node, memberList(node))
    .trim()
    .split('\n')
    .map((line) => line.split(', ')[2] ?? '')
    .sort();

export function expectWell({ code, stdout, stderr }: Ended): void {
  if (code !== 0) throw new Error(`exit code ${code}\n${stdout.slice(-4000)}\n${stderr.slice(-2000)}`);
}

export const up = (plan: Plan, ...more: string[]): Running =>
  start(['up', '-i', plan.inventory, `${root}/playbooks/cluster.yml`, '--output', 'plain', ...more]);

export const reset = (plan: Plan, ...hosts: BedHost[]): Promise<Ended> =>
  start(['reset', '-i', plan.inventory, '--yes', '--output', 'plain', '--limit', hosts.join(',')]).ended;

/** The same cluster, with one of its hosts reached through a line that breaks. */
export function upThrough(line: FaultyLine, host: BedHost, groups: Groups, plan: Plan): Running {
  const hosts = [...groups.control_plane, ...groups.workers];
  const project = new Project(
    hosts.map((name) => ({ name, host: name, ...(name === host && { proxy: line }) })),
    `- import_playbook: ${root}/playbooks/cluster.yml\n`,
    {
      'groups.ini': Object.entries(groups)
        .map(([group, names]) => `[${group}]\n${names.join('\n')}\n`)
        .join(''),
      'vars.json': readFileSync(join(plan.directory, 'group_vars/all/test.yml'), 'utf8'),
      'bed.yml': readFileSync(join(plan.directory, 'group_vars/all/bed.yml'), 'utf8'),
    },
  );
  const running = project.start(['-i', 'groups.ini', '--output', 'plain', '-e', '@bed.yml', '-e', '@vars.json']);
  const remove = () => project.remove();
  running.ended.then(remove, remove);
  return running;
}

/** Makes plans that are gone after each test. */
export function makePlans(): (groups: Groups, variables?: object, sshArgs?: string) => Plan {
  const plans: Plan[] = [];
  afterEach(() => {
    for (const plan of plans.splice(0)) plan.remove();
  });
  return (groups, variables = {}, sshArgs = patient) => {
    const plan = new Plan(groups, { ...endpoint, ...variables }, sshArgs);
    plans.push(plan);
    return plan;
  };
}

/** Takes Kubernetes off the hosts; what was installed stays. Nobody of their cluster is told. */
export async function takeDown(...hosts: BedHost[]): Promise<void> {
  if (hosts.length === 0) return;
  const plan = new Plan({ control_plane: hosts, workers: [] }, {}, patient);
  try {
    expectWell(await reset(plan, ...hosts));
  } finally {
    plan.remove();
  }
}

const marks = '/etc/kubernetes/kubelet.conf /var/lib/kprov/kubeadm-unfinished';
const isNode = (host: BedHost): boolean => on(host, `ls ${marks} 2>/dev/null || true`) !== '';

/** The nodes of node1's cluster and their roles; undefined where there is none, or one in trouble. */
function clusterOfNode1(): Map<string, string> | undefined {
  if (on('node1', `ls ${marks} 2>/dev/null || true`).trim() !== '/etc/kubernetes/kubelet.conf') return undefined;
  try {
    const roles = new Map(nodeStates().map(([name = '', , role = '']) => [name, role]));
    const members = [...roles].flatMap(([name, role]) => (role.includes('control-plane') ? [name] : []));
    return etcdMembers('node1').join() === members.sort().join() ? roles : undefined;
  } catch {
    return undefined;
  }
}

/** The hosts are this cluster of node1, and the others are bare; what is so already stays as it is. */
export async function have(groups: Groups): Promise<void> {
  const wanted = [...groups.control_plane, ...groups.workers].sort();
  const known = clusterOfNode1();
  if (!known) await takeDown(...nodes.filter(isNode));
  else {
    const isRight = (host: BedHost) =>
      wanted.includes(host) && known.get(host)?.includes('control-plane') === groups.control_plane.includes(host);
    const strangers = nodes.filter((host) => host !== 'node1' && (isNode(host) || known.has(host)) && !isRight(host));
    const plan = new Plan({ control_plane: ['node1', ...strangers], workers: [] }, { drain: false }, patient);
    if (strangers.length > 0) expectWell(await reset(plan, ...strangers));
    plan.remove();
    if (readyNodes().join() === wanted.join()) return;
  }
  const plan = new Plan(groups, endpoint, patient);
  try {
    expectWell(await up(plan).ended);
  } finally {
    plan.remove();
  }
}

/** Hosts on which runtime, packages and images are: what follows is about the cluster. Bare again afterwards. */
export function preparedHosts(): void {
  beforeAll(async () => {
    const isPrepared = nodes.every((node) => on(node, 'command -v kubeadm || true') !== '');
    if (!isPrepared) await have({ control_plane: ['node1'], workers: ['node2', 'node3'] });
  }, 15 * minutes);
  afterAll(() => {
    if (!isKept) freshHosts(...nodes);
  }, 3 * minutes);
}
