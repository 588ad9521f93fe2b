import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf, readBed } from '../lab/bed.js';
import { kprov } from '../support/kprov.js';

const bed = readBed();
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kprov-messages-'));
  put(
    'site.yml',
    '- hosts: all\n  gather_facts: false\n  tasks:\n    - name: Reach\n      ping:\n    - name: More\n      ping:\n',
  );
});
afterEach(() => rmSync(directory, { recursive: true }));

function put(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const host = (name: string, variables: Record<string, string>): string =>
  `${name} ${Object.entries(variables)
    .map(([key, value]) => `${key}="${value}"`)
    .join(' ')}\n`;

const node1 = {
  ansible_host: addressOf(bed, 'node1'),
  ansible_user: 'root',
  ansible_ssh_private_key_file: bed.privateKeyFile,
  ansible_ssh_common_args: `-o UserKnownHostsFile=${bed.knownHostsFile}`,
};

const up = (inventory: string, ...options: string[]) =>
  kprov(['up', '-i', put('hosts.ini', inventory), 'site.yml', '--output', 'plain', ...options], { cwd: directory });

test('a wrong inventory is refused with file, line and cure before any host is touched', async () => {
  const { code, stdout, stderr } = await up(`[web:childrn]\nnode1\n${host('node1', { ...node1, ansible_prt: '22' })}`);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('hosts.ini:1:1: error: unknown kind of section [web:childrn]');
  expect(stderr).toContain('did you mean [web:children]?');
});

test('a wrong playbook is refused with everything that is wrong in it before any host is touched', async () => {
  put('site.yml', '- hosts: all\n  tasks:\n    - coppy: {src: a, dest: b}\n    - ping:\n      whenn: true\n');
  const { code, stdout, stderr } = await up(host('node1', node1));
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('site.yml:3:7: error: there is no task `coppy`');
  expect(stderr).toContain('site.yml:5:7: error: unknown keyword `whenn`');
  expect(stderr).toMatch(/2 errors\n$/);
});

test('a wrong password is said to be refused, and is not shown', async () => {
  const password = 'not-the-password';
  const args = `-o PubkeyAuthentication=no ${node1.ansible_ssh_common_args}`;
  const wrong = { ...node1, ansible_user: 'ops', ansible_password: password, ansible_ssh_common_args: args };
  const { code, stdout, stderr } = await up(host('node1', wrong));
  expect(code).toBe(4);
  expect(stdout).toMatch(/fatal: \[node1\]: UNREACHABLE! => .*login as ops was refused.*password was refused/);
  expect(stdout).toMatch(/cure +Correct the password/);
  expect(stderr).toMatch(/Not finished:\n {2}node1 {2}unreachable at "Reach" \(site.yml:4\), and 1 task behind it/);
  expect(stdout + stderr).not.toContain(password);
});

test('an unknown host key ends that host before a credential is sent, with its fingerprint and the command to add it', async () => {
  const known = put('known_hosts', '');
  const { code, stdout } = await up(
    host('node1', { ...node1, ansible_ssh_common_args: `-o UserKnownHostsFile=${known}` }),
  );
  expect(code).toBe(4);
  expect(stdout).toMatch(/host key of node1 is not known.*SHA256:.*Nothing was sent to log in/);
  expect(stdout).toContain(`ssh-keyscan -t ed25519 ${node1.ansible_host} >> ${known}`);
});

test('a host that is down does not stop the others, and the run says how to go on', async () => {
  const down = { ...node1, ansible_host: addressOf(bed, 'node1').replace(/\d+$/, '250') };
  const { code, stdout, stderr } = await up(host('node1', node1) + host('node9', down), '--timeout', '3');
  expect(code).toBe(4);
  expect(stdout).toMatch(/fatal: \[node9\]: UNREACHABLE! => .*(no connection|no route|unreachable)/i);
  expect(stdout).toMatch(/node1 +: ok=2 +changed=0 +unreachable=0 +failed=0/);
  expect(stdout).toMatch(/node9 +: ok=0 +changed=0 +unreachable=1/);
  expect(stderr).toContain('This goes on with the rest:\n  kprov up -i ');
});

test('ping tells what a host is, exec what a command said and how it ended', async () => {
  const inventory = put('hosts.ini', host('node1', node1));
  const pinged = await kprov(['ping', '-i', inventory]);
  expect(pinged).toMatchObject({ code: 0, stdout: expect.stringMatching(/^node1 \| SUCCESS => Debian 12.*user root/) });
  const executed = await kprov(['exec', '-i', inventory, 'node1', '--shell', '--', 'echo {{ out }}; exit 3']);
  expect(executed).toMatchObject({ code: 2, stdout: 'node1 | FAILED | rc=3 >>\n{{ out }}\n' });
});

test('json is an event a line, without the secrets', async () => {
  put('site.yml', "- hosts: all\n  gather_facts: false\n  tasks:\n    - shell: printf 'one\\ntw'; sleep 0.3; echo o\n");
  const { code, stdout } = await up(
    host('node1', { ...node1, ansible_become_password: 'canary-word' }),
    '--output',
    'json',
  );
  expect(code).toBe(0);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.every(({ schema }) => schema === 1)).toBe(true);
  expect(
    events
      .filter(({ type }) => type === 'progress')
      .map(({ text }) => text)
      .join(''),
  ).toBe('one\ntwo\n');
  expect(events.at(-1)).toMatchObject({ type: 'run-finished', stats: { node1: { changed: 1 } } });
  expect(stdout).not.toContain('canary-word');
});
