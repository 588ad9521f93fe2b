import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { readBed } from '../../lab/bed.js';
import { kprov } from '../../support/kprov.js';

jest.setTimeout(180_000);

const bed = readBed();
const local = mkdtempSync(join(tmpdir(), 'kprov-'));
afterAll(() => rmSync(local, { recursive: true }));

interface Event {
  type: string;
  task: { name: string };
  result: { status: string; value: { msg?: unknown } };
}

/** Status of each task, and what the debug tasks said. */
async function run(
  tasks: string,
  args: readonly string[] = [],
): Promise<[name: string, status: string, msg?: unknown][]> {
  const file = join(local, 'playbook.yml');
  writeFileSync(
    file,
    `- hosts: node1\n  gather_facts: false\n  become: true\n  tasks:\n${tasks.trim().replace(/^/gm, '    ')}\n`,
  );
  const { stdout } = await kprov(['run', '-i', bed.inventoryFile, '--output', 'json', ...args, file]);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Event)
    .filter(({ type }) => type === 'task-finished')
    .map(({ task, result }) =>
      task.name === 'debug' ? [task.name, result.status, result.value.msg] : [task.name, result.status],
    );
}

test('services and packages of a real host are facts, for whoever reads them next', async () => {
  const seen = await run(`
- service_facts:
- package_facts:
- debug: {msg: "{{ ansible_facts.services['ssh.service'] }}"}
- debug: {msg: "{{ ansible_facts.packages.bash[0].name }} {{ ansible_facts.packages.bash[0].source }}"}`);
  expect(seen).toEqual([
    ['service_facts', 'ok'],
    ['package_facts', 'ok'],
    ['debug', 'ok', { name: 'ssh.service', state: 'running', status: 'enabled', source: 'systemd' }],
    ['debug', 'ok', 'bash apt'],
  ]);
});

const odd = `it's "odd" $(id) #`;
/** Each is run twice, and then undone; a dry run before must foretell the first. */
const settings: [name: string, task: string, undo: string][] = [
  [
    'iptables',
    `iptables: {chain: INPUT, protocol: tcp, destination_port: "6443", ctstate: [NEW], jump: ACCEPT, comment: ${JSON.stringify(odd)}}`,
    `iptables: {chain: INPUT, protocol: tcp, destination_port: "6443", ctstate: [NEW], jump: ACCEPT, comment: ${JSON.stringify(odd)}, state: absent}`,
  ],
  [
    'debconf',
    'debconf: {name: tzdata, question: tzdata/Areas, vtype: select, value: Europe}',
    'debconf: {name: tzdata, question: tzdata/Areas, vtype: select, value: Etc}',
  ],
  ['sudoers', 'sudoers: {name: kp, user: nobody, commands: /bin/true}', 'sudoers: {name: kp, state: absent}'],
  [
    'capabilities',
    'capabilities: {path: /root/kp-cap, capability: cap_net_bind_service=+ep}',
    'capabilities: {path: /root/kp-cap, capability: cap_net_bind_service, state: absent}',
  ],
  ['filesystem', 'filesystem: {dev: /root/kp-disk, fstype: ext4}', 'filesystem: {dev: /root/kp-disk, state: absent}'],
];

test.each(settings)('%s: a dry run foretells it, it is done once, and undone once', async (name, task, undo) => {
  await run('- shell: cp /bin/true /root/kp-cap && truncate -s 20M /root/kp-disk');
  await run(`- ${undo}`);
  expect(await run(`- ${task}`, ['--check'])).toEqual([[name, 'changed']]);
  expect(await run(`- ${task}\n- ${task}`)).toEqual([
    [name, 'changed'],
    [name, 'ok'],
  ]);
  expect(await run(`- ${task}`, ['--check'])).toEqual([[name, 'ok']]);
  expect(await run(`- ${undo}\n- ${undo}`)).toEqual([
    [name, 'changed'],
    [name, 'ok'],
  ]);
  await run('- file: {path: "{{ item }}", state: absent}\n  loop: [/root/kp-cap, /root/kp-disk]');
});

test('uri asks from the host, over its own network', async () => {
  const seen = await run(`
- uri: {url: "${bed.mirror}/", status_code: [200, 403, 404]}
- uri: {url: "http://127.0.0.1:1/", status_code: [-1]}`);
  expect(seen).toEqual([
    ['uri', 'ok'],
    ['uri', 'ok'],
  ]);
});

test('a service of the old kind is known', async () => {
  expect(await run('- sysvinit: {name: ssh, state: started, enabled: true}')).toEqual([['sysvinit', 'ok']]);
});
