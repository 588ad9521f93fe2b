import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { readBed } from '../../lab/bed.js';
import { kprov } from '../../support/kprov.js';

jest.setTimeout(400_000);

const bed = readBed();
const local = mkdtempSync(join(tmpdir(), 'kprov-tools-'));
interface Event {
  type: string;
  result: { status: string; value: { msg?: unknown } };
}

/** The status of each task, with what was said where it failed. */
async function run(tasks: readonly object[]): Promise<string[]> {
  const file = join(local, 'playbook.yml');
  writeFileSync(file, JSON.stringify([{ hosts: 'node3', gather_facts: false, tasks }]));
  const { stdout } = await kprov(['run', '-i', bed.inventoryFile, '--output', 'json', file]);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Event)
    .filter(({ type }) => type === 'task-finished')
    .map(({ result: { status, value } }) => (status === 'failed' ? `failed: ${String(value.msg)}` : status));
}

const tools = ['ufw', 'subversion', 'python3-venv', 'firewalld'];
const paths = ['/root/repo', '/root/copy', '/root/venv'];
const bare = paths.map((path) => ({ file: { path, state: 'absent' } }));
beforeAll(async () => {
  const ready = [
    { apt: { name: tools, update_cache: true, install_recommends: false } },
    { service: { name: 'firewalld', state: 'stopped' } },
    { ufw: { state: 'reset' } },
  ];
  expect((await run([...bare, ...ready])).filter((status) => status.startsWith('failed'))).toEqual([]);
});
// A firewall that begins takes away the rules by which the name server of a container is reached.
afterAll(() => {
  execFileSync('test/lab/lab', ['reset', 'node3'], { stdio: 'ignore' });
  rmSync(local, { recursive: true });
});

const rule = { rule: 'allow', port: '6443', proto: 'tcp', comment: 'the api' };
const rich = 'rule family="ipv4" source address="10.0.0.0/8" accept';
const venv = { virtualenv: '/root/venv', virtualenv_command: 'python3 -m venv' };
const firewalld = (args: object) => ({ firewalld: { permanent: true, immediate: true, ...args } });

/** Each is a change once, and none the second time. */
const cases: [string, object[]][] = [
  [
    'ufw',
    [
      { ufw: rule },
      { ufw: { rule: 'allow', src: '10.0.0.0/8', port: '22', proto: 'tcp' } },
      { ufw: { state: 'enabled', policy: 'allow' } },
      { ufw: { rule: 'limit', port: '8080', proto: 'tcp' } },
      { ufw: { ...rule, delete: true } },
      { ufw: { state: 'disabled' } },
    ],
  ],
  [
    'subversion',
    [
      {
        shell: 'svnadmin create /root/repo && svn mkdir -q -m x file:///root/repo/trunk',
        args: { creates: '/root/repo' },
      },
      { subversion: { repo: 'file:///root/repo/trunk', dest: '/root/copy' } },
    ],
  ],
  ['pip', [{ pip: { name: 'pip', ...venv } }, { pip: { name: 'setuptools', state: 'absent', ...venv } }]],
  [
    'firewalld',
    [
      { service: { name: 'firewalld', state: 'started' } },
      firewalld({ port: '6443/tcp', state: 'enabled' }),
      firewalld({ service: 'https', zone: 'public', state: 'enabled' }),
      firewalld({ rich_rule: rich, state: 'enabled' }),
      firewalld({ port: '6443/tcp', state: 'disabled' }),
      firewalld({ rich_rule: rich, state: 'disabled' }),
      firewalld({ service: 'https', zone: 'public', state: 'disabled' }),
      { service: { name: 'firewalld', state: 'stopped' } },
    ],
  ],
];

test.each(cases)('%s: with the tool itself each task is a change once', async (_, tasks) => {
  expect(await run(tasks.flatMap((task) => [task, task]))).toEqual(tasks.flatMap(() => ['changed', 'ok']));
});
