import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { sh } from '../../../src/shell/index.js';
import { parseArguments } from '../../../src/tasks/index.js';
import { kubernetesTasks } from '../../../src/tasks/kubernetes/index.js';
import { job } from '../../../src/tasks/kubernetes/parts/kubeadm.js';
import { packageFunctions } from '../../../src/tasks/kubernetes/parts/packages.js';
import type { Outcome, Program } from '../../../src/tasks/task.js';
import { isMapping, type Mapping } from '../../../src/values/index.js';
import { fieldsOf, ShellHost, shells } from '../../support/shells.js';
import { taskContext } from '../../support/task-cases.js';

const certificate = readFileSync(new URL('../../kubernetes/pki/rsa.crt', import.meta.url), 'utf8');
const key = readFileSync(new URL('../../kubernetes/pki/rsa.key', import.meta.url), 'utf8');
const hostile = `a'b"c$(id)\`id\`\n;&|`;
const token = 'abcdef.0123456789abcdef';
const hash = `sha256:${'0a'.repeat(32)}`;

/** Arguments that reach every branch of each task's programs. */
const variants: Readonly<Record<string, readonly Mapping[]>> = {
  container_runtime: [
    {
      repository: 'http://m x main',
      repository_key: 'http://m/k',
      mirrors: [{ registry: 'docker.io', endpoints: [hostile] }],
    },
    { name: 'docker', settings: { a: hostile }, mirrors: ['https://m'] },
  ],
  kubernetes_packages: [{ version: '1.20.2-00', repository: 'none', hold: false, allow_downgrade: true }],
  container_images: [{ archives: [hostile, 'http://m/a.tar.xz'], runtime: 'docker' }],
  kubeadm_init: [
    { ca_cert: certificate, ca_key: key, upload_certs: true, nodes: [hostile], node_name: hostile },
    { config: 'apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\n', pull_images: false },
  ],
  kubeadm_join: [
    {
      control_plane: true,
      join: { endpoint: 'h:6443', token, ca_cert_hashes: [hash], certificate_key: 'f'.repeat(64) },
    },
  ],
  cni: [
    { name: 'cilium', checksum: '0'.repeat(64) },
    { manifest: 'http://m/x.yaml', nodes: [hostile] },
  ],
  kubernetes_manifest: [
    { src: 'https://m/x.yaml', checksum: '0'.repeat(64) },
    {
      definition: { kind: hostile },
      wait_for: ['pod/x Ready', 'deployment/y rollout ns'],
      namespace: 'x',
      server_side: true,
    },
    { definition: hostile, state: 'absent' },
  ],
  firewall: [{ state: 'disabled' }, { role: 'control_plane', cni: 'calico', ports: ['1:2/udp'] }],
  kubeadm_reset: [{ chains: ['X-'], runtime: 'docker' }],
  etcd_dead_members: [{ names: [hostile] }],
  kubernetes_node: [
    { name: hostile, state: 'drained' },
    { name: hostile, state: 'absent' },
  ],
  nodes_ready: [{ nodes: [hostile] }],
  taint: [{ node: hostile, taints: ['a:NoSchedule'] }],
  label: [{ node: hostile, labels: { a: 'b' } }],
  kubeconfig: [{ local_path: '/nowhere/config', user: hostile }],
  swap: [{ backup: false }],
  preflight: [{ role: 'control_plane', api_server: hostile, node_ip: hostile }],
};

/** What a host may answer to a first step, so that second steps are compiled as well. */
const answers: Readonly<Record<string, string>> = {
  kubeadm: 'v1.20.2',
  kubelet: 'Kubernetes v1.20.2',
  state: 'unfinished',
  now: '1893456000',
  'folder.0': '/var/lib/kprov/images/.kprov-0',
  daemon_json: '{"a": 1}',
  manifest: 'apiVersion: v1\nkind: List\nitems: []\n',
  node: '{"metadata": {"labels": {}}, "spec": {}}',
};
const report = {
  status: 'ok' as const,
  text: (field: string) => answers[field],
  bytes: () => undefined,
};

const exampleArguments = (example: string, name: string): Mapping[] =>
  (parse(example) as Mapping[]).map((entry) => entry[name]).map((args) => (isMapping(args) ? args : {}));

const isProgram = (next: Program | Outcome | undefined): next is Program => next !== undefined && 'kind' in next;

const programs: [name: string, text: string][] = kubernetesTasks.flatMap((task) => {
  const all = [...exampleArguments(task.example, task.name), ...(variants[task.name] ?? [])];
  return all.flatMap((args) => {
    const parsed = parseArguments(task, args);
    // An example that holds templates is rendered by the engine first.
    if (!parsed.ok || JSON.stringify(args).includes('{{')) return [];
    const files = { ...taskContext().files, read: () => 'kind: List\n', readBytes: () => Buffer.from('an archive') };
    const context = taskContext({ files });
    const found: [string, string][] = [];
    let next: Program | Outcome | undefined = task.compile(parsed.args, context);
    for (let step = 1; isProgram(next); step++) {
      found.push([`${task.name} ${JSON.stringify(args).slice(0, 60)} step ${step}`, String(next.script)]);
      next = next.next?.(report);
    }
    return found;
  });
});

test('programs of every task with a host side are looked at', () => {
  const named = new Set(programs.map(([name]) => name.split(' ')[0]));
  const without = kubernetesTasks.map((task) => task.name).filter((name) => !named.has(name));
  expect(without).toEqual(['preflight_fleet', 'first_control_plane']);
});

describe.each(shells)('in %s', (_name, argv) => {
  test.each(programs)('%s parses', (_title, text) => {
    const shell = argv.slice(0, -1);
    execFileSync(shell[0] ?? 'sh', [...shell.slice(1), '-n'], { input: `kp_task() {\n:\n${text}\n}\n` });
  });

  describe('with programs of a package manager', () => {
    let folder: string;
    let host: ShellHost;
    const stub = (name: string, text: string) => {
      const file = join(folder, 'bin', name);
      writeFileSync(file, `#!/bin/sh\n${text}\n`);
      chmodSync(file, 0o755);
    };
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'kprov-'));
      mkdirSync(join(folder, 'bin'));
      stub('apt-get', `echo "$@" >>${folder}/calls`);
      host = new ShellHost(argv, { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` });
    });
    afterEach(async () => {
      await host.close();
      rmSync(folder, { recursive: true });
    });

    test.each([
      ['1.30.', '', '1.30.10-1.1'],
      ['1.30.2-', '', '1.30.2-1.1'],
      ['1.30.2-1.1', '1', '1.30.2-1.1'],
      ['1.30.2-1', '1', ''],
      ['1.3.', '', ''],
    ])('the newest package that begins with %s (exactly: %p) is %p', async (prefix, exact, expected) => {
      stub('apt-cache', `printf ' kubelet | %s | http://m Packages\\n' 1.31.0-1.1 1.30.10-1.1 1.30.2-1.1`);
      const frame = await host.run(sh`${packageFunctions}
kp_k_candidate kubelet ${prefix} ${exact}
kp_set version "$kp_value"`);
      expect(fieldsOf(frame).version).toBe(expected);
    });

    test('an epoch before a version does not matter', async () => {
      const frame = await host.run(sh`${packageFunctions}
kp_k_match 5:27.1.0-1~debian 27. '' && kp_set ok 1`);
      expect(fieldsOf(frame).ok).toBe('1');
    });

    // busybox has a modprobe of its own, which no stub replaces.
    (argv[0] === 'busybox' ? test.skip : test)(
      'a module that the kernel does not have is a failure, in a dry run too; its older name serves',
      async () => {
        stub('modprobe', 'case "$*" in *absent* | *nf_conntrack) exit 1 ;; esac');
        const ask = async (args: Mapping) => {
          const task = kubernetesTasks.find((one) => one.name === 'kernel');
          const parsed = task && parseArguments(task, args);
          const compiled = parsed?.ok ? task?.compile(parsed.args, taskContext({ checkMode: true })) : undefined;
          if (compiled?.kind !== 'program') throw new Error('no program');
          return host.run(compiled.script, { check: true });
        };
        expect((await ask({ modules: ['kprov_absent', 'more_absent'] })).fields.get('msg')?.toString()).toMatch(
          /^the kernel \S+ has no module kprov_absent more_absent$/,
        );
        expect((await ask({ ipvs: true })).status).not.toBe('failed');
      },
    );

    test("another package manager's lock is waited for, any other failure is reported at once", async () => {
      stub(
        'apt-get',
        `n=$(cat ${folder}/n 2>/dev/null || echo 0); echo $((n + 1)) >${folder}/n
[ "$n" -ge 2 ] || { echo 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7' >&2; exit 100; }`,
      );
      const waited = await host.run(sh`${packageFunctions}
kp_k_pause=0
kp_k_apt update`);
      expect([waited.status, readFileSync(join(folder, 'n'), 'utf8')]).toEqual(['ok', '3\n']);
      stub('apt-get', 'echo "E: Unable to locate package x" >&2; exit 100');
      const failed = await host.run(sh`${packageFunctions}
kp_k_apt install x`);
      expect(failed.status).toBe('failed');
      expect(fieldsOf(failed)).toMatchObject({ rc: '100', output: 'E: Unable to locate package x' });
    });
  });

  test('a detached job leaves its exit code last, a log without secrets, and no config', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kprov-'));
    try {
      mkdirSync(join(folder, 'spool'));
      writeFileSync(join(folder, 'spool', 'config.yaml'), 'secret');
      const said = `--token ${token} --discovery-token-ca-cert-hash ${hash}\nkey: ${'1f'.repeat(32)}\nname.of-a.pod-0123456789`;
      const shell = argv.slice(0, -1);
      const command = ['-c', `printf '%s\\n' "$0"; cat; exit 3`, said];
      execFileSync(shell[0] ?? 'sh', [
        ...shell.slice(1),
        '-c',
        job,
        'kprov',
        join(folder, 'spool'),
        join(folder, 'log'),
        'sh',
        ...command,
      ]);
      expect(readFileSync(join(folder, 'spool', 'rc'), 'utf8')).toBe('3\n');
      expect(readFileSync(join(folder, 'spool', 'output'), 'utf8')).toBe(`${said}\n`);
      expect(existsSync(join(folder, 'spool', 'config.yaml'))).toBe(false);
      const log = readFileSync(join(folder, 'log'), 'utf8');
      expect(log).toContain(
        `--token ****** --discovery-token-ca-cert-hash ${hash}\nkey: ******\nname.of-a.pod-0123456789\n`,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
