import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Groups } from '../cluster/plan.js';
import type { BedHost } from '../lab/bed.js';
import { outputOf } from '../lab/client.js';
import {
  ca,
  etcdMembers,
  expectWell,
  freeze,
  freshHosts,
  have,
  killedAt,
  killing,
  kubectl,
  makePlans,
  minutes,
  nodeNames,
  preparedHosts,
  readyNodes,
  reset,
  takeDown,
  thaw,
  up,
  upThrough,
} from './cluster-support.js';
import { Gates } from './gates.js';
import { bed, type Ended, FaultyLine, lengthy, on, type Running, resultsOf, start, until } from './support.js';

/** kprov does not wait long for a host that has gone, and long enough for one that is busy. */
const impatient = '-o ServerAliveInterval=4 -o ServerAliveCountMax=3 -o ConnectTimeout=20';

/** What becomes of a run, unless it begins to make a cluster on that host: then it is ended at once, and the test fails. */
async function endedWithoutInit(running: Running, host: BedHost): Promise<Ended> {
  const isBegun = () => on(host, 'ls -d /run/kprov/kubeadm-init 2>/dev/null || true') !== '';
  expect(isBegun()).toBe(false);
  let seen = false;
  const watching = setInterval(() => {
    if (seen || !isBegun()) return;
    seen = true;
    running.child.kill('SIGKILL');
    on(host, killing);
  }, 500);
  const ended = await running.ended;
  clearInterval(watching);
  expect({ host, makesCluster: seen }).toEqual({ host, makesCluster: false });
  return ended;
}

/** The words of a command line, as a shell reads them. */
const wordsOf = (line: string): string[] =>
  execFileSync('sh', ['-c', `for word in ${line}; do printf '%s\\n' "$word"; done`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');

describe('a cluster in trouble', () => {
  const planOf = makePlans();
  preparedHosts();

  test(
    'the connection cut in the middle of kubeadm join: the same run connects again and picks up its result',
    async () => {
      await have({ control_plane: ['node1'], workers: [] });
      on('node2', 'rm -f /var/log/kprov/kubeadm-join.log');
      const groups: Groups = { control_plane: ['node1'], workers: ['node2'] };
      const line = await FaultyLine.before('node2');
      try {
        const running = upThrough(line, 'node2', groups, planOf(groups));
        const said = () => on('node2', 'cat /run/kprov/kubeadm-join/output 2>/dev/null || true');
        await until(() => said().includes('[kubelet-start]'), 2 * minutes);
        line.cut();
        expectWell(await running.ended);
        expect(line.connections).toBeGreaterThan(1);
        expect(readyNodes()).toEqual(['node1', 'node2']);
        const log = on('node2', "grep '^---' /var/log/kprov/kubeadm-join.log");
        expect(log).toMatch(/^--- .* kubeadm join .*\n--- exit code 0\n$/);
      } finally {
        line.close();
      }
    },
    6 * minutes,
  );

  test(
    'kubeadm join that is killed in its phases is taken back and ends as one node',
    async () => {
      await have({ control_plane: ['node1'], workers: [] });
      const plan = planOf({ control_plane: ['node1'], workers: ['node2'] });
      for (const phase of ['[preflight] Reading', '[kubelet-start] Starting the kubelet']) {
        const running = up(plan);
        if (!(await killedAt(running, 'node2', 'join', phase))) throw new Error(`kubeadm was not met in ${phase}`);
        const { code, stderr } = await running.ended;
        expect(code).toBe(2);
        expect(stderr).toMatch(/Not finished:\n {2}node2 {2}failed at "Workers join"/);
      }
      expectWell(await up(plan).ended);
      expect(readyNodes()).toEqual(['node1', 'node2']);
    },
    10 * minutes,
  );

  test(
    'a control plane joins, and neither its token nor its certificate key is seen by anybody',
    async () => {
      await have({ control_plane: ['node1'], workers: [] });
      // The hosts' processes are processes of this machine, too.
      const folder = mkdtempSync(join(tmpdir(), 'kprov-canary-'));
      const sampler = spawn(
        'sh',
        ['-c', 'while :; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ; sleep 0.02; done >>processes 2>/dev/null'],
        { cwd: folder, stdio: 'ignore' },
      );
      on('node2', 'rm -f /run/canary-stop /run/canary-known');
      const reading = outputOf(
        bed,
        'node2',
        `until [ -e /run/canary-stop ]; do
           sed -n 's/^ *\\(token\\|certificateKey\\): *//p' /run/kprov/kubeadm-join/config.yaml 2>/dev/null | tr -d '"' >>/run/canary-known; sleep 0.05
         done; sort -u /run/canary-known; rm /run/canary-known`,
        { seconds: 900 },
      );
      try {
        const plan = planOf({ control_plane: ['node1', 'node2'], workers: [] });
        const ended = await up(plan, '-vvvv').ended;
        expectWell(ended);
        on('node2', ': >/run/canary-stop');
        const secrets = (await reading).trim().split('\n');
        expect(secrets.some((secret) => /^[a-z0-9]{6}\.[a-z0-9]{16}$/.test(secret))).toBe(true);
        expect(secrets.some((secret) => /^[0-9a-f]{64}$/.test(secret))).toBe(true);
        const processes = readFileSync(join(folder, 'processes'), 'latin1');
        expect(processes).toContain('kubeadm\0join');
        for (const secret of secrets) {
          // Of a token, what stands before the dot is its public name.
          const word = secret.split('.').at(-1) ?? secret;
          expect({ word, seen: [processes, ended.stdout, ended.stderr].map((text) => text.includes(word)) }).toEqual({
            word,
            seen: [false, false, false],
          });
          for (const host of ['node1', 'node2'] as const) {
            const files = `{ grep -rlsF ${word} /etc /root /home /tmp /var/tmp /var/log /run /var/lib/kprov /var/lib/kubelet; journalctl -q | grep -F ${word}; } || true`;
            expect({ host, word, left: on(host, files) }).toEqual({ host, word, left: '' });
          }
        }
      } finally {
        sampler.kill();
        on('node2', ': >/run/canary-stop');
        rmSync(folder, { recursive: true });
      }
    },
    6 * minutes,
  );

  test(
    'a second run makes no second cluster, whatever the order of the inventory, and makes nobody something else unsaid',
    async () => {
      await have({ control_plane: ['node1'], workers: ['node2'] });
      const made = ca();
      const plan = planOf({ control_plane: ['node1'], workers: ['node2'] });
      const again = await up(plan).ended;
      expectWell(again);
      expect(again.stdout).toMatch(/node1 +: .*changed=0 .*\n.*node2 +: .*changed=0 /);
      plan.regroup({ control_plane: ['node1', 'node2'], workers: [] });
      const promoted = await up(plan).ended;
      expect(promoted.stdout).toMatch(/fatal: \[node2\]: FAILED! .*this host is a worker of the cluster/);
      plan.regroup({ control_plane: ['node3'], workers: ['node1', 'node2'] });
      const demoted = await endedWithoutInit(up(plan), 'node3');
      expect(demoted.stdout).toContain('node1 is a control plane and not in the group of control planes');
      // A control plane that is bare, in front of the one that holds the cluster.
      plan.regroup({ control_plane: ['node3', 'node1'], workers: ['node2'] });
      const grown = await endedWithoutInit(up(plan, '--output', 'json'), 'node3');
      expectWell(grown);
      const makers = resultsOf(grown.stdout).filter(
        ({ task, status }) => task === 'The cluster is made' && status !== 'skipped',
      );
      // It made a token for node3, and nothing else.
      expect(makers.map(({ host }) => host)).toEqual(['node1']);
      expect(ca()).toBe(made);
      expect(on('node3', 'sha256sum /etc/kubernetes/pki/ca.crt')).toBe(made);
      expect(etcdMembers('node1')).toEqual(['node1', 'node3']);
    },
    6 * minutes,
  );

  test(
    'a control plane that was made anew under its name is taken in again: etcd no longer waits for the one that was lost',
    async () => {
      await have({ control_plane: ['node1', 'node2', 'node3'], workers: [] });
      // As when its disk was replaced, with the packages there already. Nobody else is told.
      on(
        'node3',
        `kubeadm reset -f --skip-phases update-cluster-status,remove-etcd-member >/dev/null 2>&1; rm -rf /etc/kubernetes /var/lib/etcd /etc/cni/net.d/* /var/lib/kprov`,
      );
      // The first word with etcd comes to nothing, as when the stream of an exec breaks.
      on(
        'node1',
        `printf '%s\n' '#!/bin/sh' 'case "$*" in *" exec "*) mkdir /run/hung-exec 2>/dev/null && exec sleep 100 ;; esac' 'exec ${on('node1', 'command -v kubectl').trim()} "$@"' >/usr/local/sbin/kubectl; chmod 755 /usr/local/sbin/kubectl`,
      );
      const { stdout, ...ended } = await up(planOf({ control_plane: ['node3', 'node1', 'node2'], workers: [] })).ended;
      on('node1', 'rm /usr/local/sbin/kubectl && rmdir /run/hung-exec');
      expectWell({ stdout, ...ended });
      expect(stdout).toMatch(/TASK \[etcd misses nobody who joins again\] \*+\n(.+\n)*changed: \[node1\]/);
      expect(etcdMembers('node1')).toEqual(['node1', 'node2', 'node3']);
      expect(readyNodes()).toEqual(['node1', 'node2', 'node3']);
    },
    10 * minutes,
  );

  test(
    'nodes that are reset alone are forgotten by their cluster; where it cannot be told, what is left is said and how to remove it',
    async () => {
      await have({ control_plane: ['node1', 'node2'], workers: ['node3'] });
      const plan = planOf({ control_plane: ['node1', 'node2'], workers: ['node3'] }, {}, impatient);
      expectWell(await reset(plan, 'node2'));
      expect(nodeNames()).toEqual(['node1', 'node3']);
      expect(etcdMembers('node1')).toEqual(['node1']);
      // node2 has gone altogether, node1 has no API server for a while.
      on('node1', 'mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/');
      try {
        await until(() => on('node1', 'pgrep -x kube-apiserver || true') === '', 2 * minutes);
        const { code, stderr } = await reset(plan, 'node3');
        expect(code).toBe(2);
        expect(stderr).toMatch(/Not finished:\n {2}node3 {2}failed at "Nothing is left of it"/);
        expect(stderr).toContain('this host is reset, but its cluster does not know');
      } finally {
        on('node1', 'mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/');
      }
      await until(
        () => on('node1', 'kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes 2>&1 || true').includes('node3'),
        3 * minutes,
      );
      expectWell(await reset(plan, 'node3'));
      expect(nodeNames()).toEqual(['node1']);
    },
    15 * minutes,
  );

  test(
    'no cluster is made while a control plane cannot be reached that may hold it',
    async () => {
      await have({ control_plane: ['node1'], workers: [] });
      const plan = planOf({ control_plane: ['node3', 'node1'], workers: [] }, {}, impatient);
      on('node1', 'systemctl stop ssh.socket ssh 2>/dev/null; true');
      try {
        const { code, stdout } = await endedWithoutInit(up(plan), 'node3');
        expect(code).not.toBe(0);
        expect(stdout).toContain('node1 may hold the cluster and cannot be asked');
        expect(on('node3', 'ls /etc/kubernetes/admin.conf /run/kprov/kubeadm-init 2>/dev/null || true')).toBe('');
      } finally {
        on('node1', 'systemctl start ssh');
      }
    },
    3 * minutes,
  );

  test(
    'a host of another cluster is left alone, and said to be one',
    async () => {
      await have({ control_plane: ['node1'], workers: ['node2'] });
      // node3 gets a cluster of its own; then it is asked into that of node1.
      expectWell(
        await up(planOf({ control_plane: ['node3'], workers: [] }, { control_plane_endpoint: undefined })).ended,
      );
      const own = on('node3', 'sha256sum /etc/kubernetes/pki/ca.crt');
      const { code, stdout } = await up(planOf({ control_plane: ['node1'], workers: ['node2', 'node3'] })).ended;
      expect(code).toBe(2);
      expect(stdout).toMatch(/fatal: \[node3\]: FAILED! .*this host is a node of another cluster/);
      expect(stdout).toMatch(/node2 +: .*failed=0/);
      const both = await up(planOf({ control_plane: ['node1', 'node3'], workers: [] })).ended;
      expect(both.stdout).toContain('these control planes belong to different clusters: node1 (CA sha256:');
      // A worker of node1's cluster does not become a control plane of its own either.
      const alone = await up(planOf({ control_plane: ['node2'], workers: [] })).ended;
      expect(alone.stdout).toMatch(/fatal: \[node2\]: FAILED! .*this host is a node of a cluster already/);
      expect(on('node3', 'sha256sum /etc/kubernetes/pki/ca.crt')).toBe(own);
      expect(readyNodes()).toEqual(['node1', 'node2']);
      await takeDown('node3');
    },
    8 * minutes,
  );

  test(
    'a token that expires in the middle of a run is said to have, and the next run makes a fresh one',
    async () => {
      await have({ control_plane: ['node1'], workers: ['node2'] });
      const plan = planOf({ control_plane: ['node1'], workers: ['node2', 'node3'] });
      // When node3 has its token and asks for the first time whether the cluster knows it, it has just been deleted.
      const gates = new Gates('curl');
      await gates.open();
      gates.put('node3');
      gates.decide = ({ when, args }) => {
        if (when === 'before' && args.includes('cluster-info')) {
          gates.decide = () => 'go';
          on(
            'node1',
            `export KUBECONFIG=/etc/kubernetes/admin.conf
             kubeadm token list -o 'jsonpath={.token}{"\\n"}' | xargs -r -n1 kubeadm token delete`,
          );
          const signed =
            'kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-public get configmap cluster-info -o yaml';
          for (let i = 0; i < 100 && on('node1', signed).includes('jws-kubeconfig-'); i++)
            execFileSync('sleep', ['0.5']);
        }
        return 'go';
      };
      const { code, stdout, stderr } = await up(plan).ended;
      gates.remove('node3');
      gates.close();
      expect(code).toBe(2);
      expect(stdout).toMatch(/fatal: \[node3\]: FAILED! .*does not know the bootstrap token/);
      expect(stderr).toMatch(/Not finished:\n {2}node3 /);
      expectWell(await up(plan).ended);
      expect(readyNodes()).toEqual(['node1', 'node2', 'node3']);
    },
    8 * minutes,
  );

  test(
    'a worker that was made anew at once joins again, though its cluster still takes the old one for alive',
    async () => {
      await have({ control_plane: ['node1'], workers: ['node3'] });
      await takeDown('node3');
      on('node3', 'rm -f /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup >/dev/null 2>&1');
      expect(readyNodes()).toEqual(['node1', 'node3']);
      expectWell(await up(planOf({ control_plane: ['node1'], workers: ['node3'] })).ended);
      expect(readyNodes()).toEqual(['node1', 'node3']);
      const known = kubectl("get node node3 -o 'jsonpath={.status.nodeInfo.machineID}'");
      expect(known).toBe(on('node3', 'cat /etc/machine-id').trim());
    },
    6 * minutes,
  );

  lengthy(
    'a worker that was made anew, bare, under its address joins again',
    async () => {
      await have({ control_plane: ['node1'], workers: ['node2', 'node3'] });
      freshHosts('node3');
      const plan = planOf({ control_plane: ['node1'], workers: ['node2', 'node3'] });
      expectWell(await up(plan).ended);
      expect(readyNodes()).toEqual(['node1', 'node2', 'node3']);
      const known = kubectl("get node node3 -o 'jsonpath={.status.nodeInfo.machineID}'");
      expect(known).toBe(on('node3', 'cat /etc/machine-id').trim());
    },
    12 * minutes,
  );

  test(
    'one dead worker does not stop the others; what is missing is listed, with the command that finishes it',
    async () => {
      await have({ control_plane: ['node1'], workers: [] });
      const plan = planOf({ control_plane: ['node1'], workers: ['node2', 'node3'] }, {}, impatient);
      freeze('node3');
      let again = '';
      try {
        const { code, stderr } = await up(plan).ended;
        expect(code).toBe(4);
        expect(readyNodes()).toEqual(['node1', 'node2']);
        expect(stderr).toMatch(/Not finished:\n {2}node3 {2}unreachable at "[^"]+" .* tasks behind it not begun/);
        again = /This goes on with the rest:\n {2}kprov (.*)\n/.exec(stderr)?.[1] ?? '';
      } finally {
        thaw('node3');
      }
      expect(again).toContain(plan.inventory);
      expectWell(await start(wordsOf(again)).ended);
      expect(readyNodes()).toEqual(['node1', 'node2', 'node3']);
    },
    10 * minutes,
  );

  test(
    'a worker that freezes while it joins does not hold the others, and is a node after the next run',
    async () => {
      await have({ control_plane: ['node1'], workers: [] });
      const plan = planOf({ control_plane: ['node1'], workers: ['node2', 'node3'] }, {}, impatient);
      const running = up(plan);
      await until(() => on('node3', 'ls /run/kprov/kubeadm-join 2>/dev/null || true') !== '', 240_000);
      freeze('node3');
      try {
        const { code, stderr } = await running.ended;
        expect(code).toBe(4);
        expect(stderr).toMatch(/Not finished:\n {2}node3 {2}unreachable at "Workers join"/);
        expect(readyNodes()).toContain('node2');
      } finally {
        thaw('node3');
      }
      expectWell(await up(plan).ended);
      expect(readyNodes()).toEqual(['node1', 'node2', 'node3']);
    },
    10 * minutes,
  );
});
