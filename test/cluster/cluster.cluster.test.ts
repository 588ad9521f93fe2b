import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type BedHost, readBed } from '../lab/bed.js';
import { outputOf } from '../lab/client.js';
import { type Ended, kprov, recapOf } from '../support/kprov.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const nodes: readonly BedHost[] = ['node1', 'node2', 'node3'];
const minutes = 60_000;

const playbook = (name: string, ...more: string[]) =>
  kprov(['up', '-i', readBed().inventoryFile, `${root}/playbooks/${name}.yml`, '--output', 'plain', ...more]);

const freshHosts = () => execFileSync(`${root}/test/lab/lab`, ['reset', ...nodes], { stdio: 'ignore' });

/** Every file with its size, mode, owner and time, and every package: what a dry run must leave as it was. */
const snapshot = `
  find / -xdev -not -path '/proc/*' -not -path '/sys/*' -not -path '/run' -not -path '/run/*' -not -path '/tmp/systemd-private*' \
    -not -path '/var/log/*' -not -path '/var/lib/systemd/*' -printf '%p %s %m %u %g %T@ %l\\n' | sort
  dpkg-query -W -f '\${Package} \${Version} \${Status}\\n'
  find /run -xdev -newer /run/before-dry-run -not -path '/run/systemd/*' -not -path '/run/user/*' -not -path '/run/log/*' -type f
  swapon --show; lsmod 2>/dev/null | sort; sysctl -n net.ipv4.ip_forward`;

const snapshots = () => Promise.all(nodes.map((node) => outputOf(readBed(), node, snapshot)));

function expectWell(ended: Ended): void {
  if (ended.code !== 0)
    throw new Error(`exit code ${ended.code}\n${ended.stdout.slice(-4000)}\n${ended.stderr.slice(-2000)}`);
}

async function readyNodes(): Promise<string[]> {
  const text = await outputOf(
    readBed(),
    'node1',
    'kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes --no-headers',
  );
  return text
    .trim()
    .split('\n')
    .filter((line) => line.split(/\s+/)[1] === 'Ready')
    .map((line) => line.split(/\s+/)[0] ?? '');
}

/** Two pods on different workers reach each other, and a service reaches both. */
async function expectPodsToTalk(): Promise<void> {
  const kubectl = (command: string, stdin = '') =>
    outputOf(readBed(), 'node1', `kubectl --kubeconfig /etc/kubernetes/admin.conf ${command}`, { stdin });
  const pod = (name: string, node: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: 'web',
          image: 'lab/tools:1',
          imagePullPolicy: 'IfNotPresent',
          command: ['/bin/sh', '-c', `mkdir /w; echo ${name} >/w/index.html; exec httpd -f -p 80 -h /w`],
        },
      ],
    },
  });
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'there' }, ports: [{ port: 80 }] },
  };
  const items = [pod('here', 'node2'), pod('there', 'node3'), service];
  await kubectl('apply -f -', JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await kubectl('wait --for=condition=Ready pod/here pod/there --timeout=180s');
  const address = await kubectl("get service web -o 'jsonpath={.spec.clusterIP}'");
  expect(await kubectl(`exec here -- wget -qO- http://${address}/`)).toBe('there\n');
  await kubectl('delete pod/here pod/there service/web --now');
}

describe('three bare hosts', () => {
  test(
    'a dry run shows what would change, fails nowhere and leaves no trace',
    async () => {
      await Promise.all(nodes.map((node) => outputOf(readBed(), node, 'touch /run/before-dry-run')));
      const before = await snapshots();
      const dry = await playbook('cluster', '--dry-run', '--diff', '--detailed-exitcode');
      expect(dry.code).toBe(10);
      for (const node of nodes) expect(recapOf(dry.stdout)[node]).toMatchObject({ failed: 0, unreachable: 0 });
      expect(dry.stdout).toMatch(/^\+\s*SystemdCgroup = true$/m);
      expect(dry.stdout).toMatch(/unknown: \[node2\]: .+/);
      expect(await snapshots()).toEqual(before);
    },
    5 * minutes,
  );

  test(
    'become a Ready cluster whose pods reach each other',
    async () => {
      expectWell(await playbook('cluster'));
      expect(await readyNodes()).toEqual(['node1', 'node2', 'node3']);
      await expectPodsToTalk();
    },
    15 * minutes,
  );

  test(
    'are left alone by a second run',
    async () => {
      const again = await playbook('cluster');
      expectWell(again);
      for (const node of nodes) expect(recapOf(again.stdout)[node]).toMatchObject({ changed: 0, failed: 0 });
    },
    5 * minutes,
  );

  test(
    'have nothing left to change, says a dry run',
    async () => {
      const dry = await playbook('cluster', '--dry-run', '--diff', '--detailed-exitcode');
      expect({ code: dry.code, unknown: /^unknown/m.test(dry.stdout) }).toEqual({ code: 0, unknown: false });
    },
    5 * minutes,
  );

  test(
    'hold no token, key or temporary file of the run, and their logs show none',
    async () => {
      for (const node of nodes) {
        const left = await outputOf(
          readBed(),
          node,
          "find / -xdev -name '.kprov-*' -not -path '/proc/*'; find /run/kprov /var/lib/kprov -name '*.yaml' 2>/dev/null || true",
        );
        expect(left).toBe('');
      }
      const tokens = await outputOf(
        readBed(),
        'node1',
        'kubeadm token list -o jsonpath=\'{.token}{"\\n"}\' --kubeconfig /etc/kubernetes/admin.conf',
      );
      const logs = await outputOf(readBed(), 'node1', 'cat /var/log/kprov/*');
      for (const token of tokens.trim().split('\n')) expect(logs.includes(token.split('.')[1] ?? '?')).toBe(false);
    },
    2 * minutes,
  );

  test(
    'are bare enough after a reset to become a cluster again',
    async () => {
      expectWell(await kprov(['reset', '-i', readBed().inventoryFile, '--yes', '--output', 'plain']));
      expectWell(await playbook('cluster'));
      expect(await readyNodes()).toEqual(['node1', 'node2', 'node3']);
    },
    15 * minutes,
  );

  test(
    'become a cluster with Docker as well',
    async () => {
      freshHosts();
      expectWell(await playbook('cluster', '-e', 'container_runtime=docker'));
      expect(await readyNodes()).toEqual(['node1', 'node2', 'node3']);
      const again = await playbook('cluster', '-e', 'container_runtime=docker');
      for (const node of nodes) expect(recapOf(again.stdout)[node]).toMatchObject({ changed: 0, failed: 0 });
    },
    15 * minutes,
  );
});
