import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jest } from '@jest/globals';
import { runMain } from '../cli/run-main.js';

jest.setTimeout(180_000);

let directory: string;
const put = (name: string, text: string): void => {
  mkdirSync(dirname(join(directory, name)), { recursive: true });
  writeFileSync(join(directory, name), text);
};
const ansible = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const encrypt = (id: string, name: string, text: string): void => {
  put(name, text);
  ansible('ansible-vault', 'encrypt', '--vault-id', id, name);
};
/** The text as a value of a YAML file, indented. */
const value = (id: string, text: string): string =>
  ansible('ansible-vault', 'encrypt_string', '--vault-id', id, text).trimEnd();

const ids = ['--vault-id', 'one', '--vault-id', 'dev@two'];
const hosts = ['-i', 'hosts.yml', '-c', 'local'];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kprov-vault-play-'));
  put('one', 'pw1');
  put('two', 'pw2');
  put('three', 'pw3');
  put(
    'hosts.yml',
    `all:\n  hosts:\n    n1:\n      inline: ${value('dev@two', 'inline-secret')}\n      unused: ${value('other@three', 'never')}\n`,
  );
  encrypt(
    'one',
    'group_vars/all/vault.yml',
    'from_group: group-secret\nnested: {list: [{key: nested-secret}]}\nport: 8080\n',
  );
  encrypt('dev@two', 'host_vars/n1.yml', 'from_host: host-secret\n');
  encrypt('one', 'vars_file.yml', 'from_file: file-secret\n');
  encrypt('one', 'extra.yml', 'from_extra: extra-secret\n');
  encrypt('one', 'tasks.yml', '- copy: {content: "{{ from_group }}", dest: "{{ playbook_dir }}/out/task"}\n');
  encrypt('one', 'files/whole', 'copied-secret\nline two\n');
  encrypt('one', 'files/run.sh', '#!/bin/sh\nprintf "script-secret" >"$1"\n');
  encrypt('one', 'templates/t.j2', 'template {{ from_group }}\n');
  put(
    'site.yml',
    `- hosts: all
  gather_facts: no
  vars:
    ours: ${value('one', 'play-secret').replaceAll('\n', '\n    ')}
  vars_files: [vars_file.yml]
  tasks:
  - file: {path: "{{ playbook_dir }}/out", state: directory}
  - include_tasks: tasks.yml
  - copy: {src: whole, dest: "{{ playbook_dir }}/out/clear"}
  - copy: {src: whole, dest: "{{ playbook_dir }}/out/sealed", decrypt: no}
  - template: {src: t.j2, dest: "{{ playbook_dir }}/out/template"}
  - script: run.sh {{ playbook_dir }}/out/script
  - copy:
      dest: "{{ playbook_dir }}/out/values"
      content: "{{ inline }} {{ from_host }} {{ from_file }} {{ from_extra }} {{ ours }} {{ nested.list[0].key }} {{ port + 1 }} {{ lookup('unvault', 'whole') | trim }} {{ lookup('file', 'whole') }}\\n"
  - copy:
      dest: "{{ playbook_dir }}/out/filters"
      content: "{{ ('text' | vault('key', 'salt')) | unvault('key') }} {{ 'plain' | unvault('key') }}\\n"
`,
  );
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const names = ['task', 'clear', 'sealed', 'template', 'script', 'values', 'filters'];
const written = (): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, readFileSync(join(directory, 'out', name), 'utf8')]));
const secrets = ['inline', 'group', 'host', 'file', 'extra', 'play', 'nested', 'copied', 'script'].map(
  (w) => `${w}-secret`,
);

test('whole files and single values, wherever they stand, give what they give under Ansible', async () => {
  ansible('ansible-playbook', ...hosts, ...ids, '-e', '@extra.yml', 'site.yml');
  const expected = written();
  expect(Object.values(expected).join('')).toContain('host-secret');
  rmSync(join(directory, 'out'), { recursive: true });

  const args = ['playbook', ...hosts, ...ids, '-e', '@extra.yml', 'site.yml'];
  const { code, text } = await runMain([...args, '--diff', '-vvv'], directory);
  expect([code, text]).toEqual([0, expect.stringContaining('failed=0')]);
  expect(written()).toEqual(expected);
  for (const secret of secrets) expect(text).not.toContain(secret);

  const json = await runMain([...args, '--output', 'json', '--diff'], directory);
  expect(json.code).toBe(0);
  for (const secret of secrets) expect(json.text).not.toContain(secret);
  expect(statSync(join(directory, 'out')).isDirectory()).toBe(true);
});

test('a failing task shows no secret either', async () => {
  put('fail.yml', '- hosts: all\n  gather_facts: no\n  tasks:\n  - shell: echo {{ inline }} >&2; exit 3\n');
  const { code, text } = await runMain(['playbook', ...hosts, ...ids, 'fail.yml', '-vvv'], directory);
  expect(code).toBe(2);
  expect(text).toContain('********');
  expect(text).not.toContain('inline-secret');
});

test('without the password of a file nothing runs, and the error names the file and what was tried', async () => {
  const { code, text } = await runMain(['playbook', ...hosts, '--vault-id', 'one', 'site.yml'], directory);
  expect(code).toBe(1);
  expect(text).toMatch(/^ERROR! Decryption failed: .*\nThe error appears to be in .*\n {2}host_vars\/n1\.yml:1:1$/m);
  expect(text).toContain('it was encrypted for the vault id dev; tried default (one)');
});

test('without any password every place is named at once', async () => {
  const { code, text } = await runMain(['validate', ...hosts, 'site.yml'], directory);
  expect(code).toBe(1);
  for (const place of ['hosts.yml:4:15', 'group_vars/all/vault.yml:1:1', 'host_vars/n1.yml:1:1', 'site.yml:4:11']) {
    expect(text).toContain(`${place}: error`);
  }
});

test('a single value that no password opens fails the task that touches it, as with Ansible, and no other', async () => {
  const tasks = '  - debug: {msg: "{{ inline | length }}"}\n  - debug: {msg: "{{ unused }}"}\n    ignore_errors: yes\n';
  put('unused.yml', `- hosts: all\n  gather_facts: no\n  tasks:\n${tasks}`);
  const { code, text } = await runMain(['playbook', ...hosts, ...ids, 'unused.yml'], directory);
  expect(code).toBe(0);
  expect(text).toContain('"msg": 13');
  expect(text).toContain('hosts.yml:11:15: Decryption failed');
  expect(text).toContain('ignored=1');
});

test('an encrypted password that hosts are reached with works and is hidden', async () => {
  put(
    'sudo.yml',
    `all:\n  hosts:\n    n1:\n      ansible_connection: local\n      ansible_become_password: ${value('one', 'sudo-secret')}\n`,
  );
  put('id.yml', '- hosts: all\n  gather_facts: no\n  tasks:\n  - debug: {var: ansible_become_password}\n');
  const { code, text } = await runMain(['run', '-i', 'sudo.yml', ...ids, 'id.yml'], directory);
  expect(code).toBe(0);
  expect(text).not.toContain('sudo-secret');
});

test('kprov inventory shows encrypted values as ansible-inventory does: encrypted', async () => {
  const args = ['-i', 'hosts.yml', '--list', ...ids];
  const { code, text } = await runMain(['inventory', ...args], directory);
  expect(code).toBe(0);
  const ours = JSON.parse(text)._meta.hostvars.n1;
  const theirs = JSON.parse(ansible('ansible-inventory', ...args))._meta.hostvars.n1;
  expect(ours).toEqual(theirs);
  expect(ours.inline).toEqual({ __ansible_vault: expect.stringContaining('$ANSIBLE_VAULT;1.2;AES256;dev') });
});
