import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { runMain } from './run-main.js';

jest.setTimeout(240_000);

const playbook = `- hosts: all
  name: First
  tags: p
  gather_facts: no
  tasks:
  - debug: {msg: a}
    tags: [x, y]
  - name: two
    command: echo hi
    changed_when: false
    notify: three
  - name: fail
    fail: {msg: expected}
    ignore_errors: yes
  handlers:
  - {name: three, debug: {msg: b}}
- hosts: none
  gather_facts: no
  tasks:
  - debug: {var: x}
- hosts: localhost
  gather_facts: no
  tasks:
  - debug: {msg: "{{ ansible_forks }}"}
    check_mode: yes
`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kprov-playbook-test-'));
  writeFileSync(join(directory, 'site.yml'), playbook);
  writeFileSync(join(directory, 'hosts.ini'), 'n1 ansible_connection=local\n');
  writeFileSync(
    join(directory, 'ansible.cfg'),
    '[defaults]\ninventory = hosts.ini\nforks = 3\nretry_files_enabled = no\n',
  );
  writeFileSync(join(directory, 'pw'), 'password');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What both leave to chance, or to the terminal. */
const comparable = (text: string): string => text.replace(/ +$/gm, '').replace(/\*{3,}/g, '***');

test.each([['--list-tasks'], ['--list-hosts'], ['--list-tags'], ['--syntax-check'], ['--skip-tags=x'], ['-tx']])(
  'ansible.cfg and the command line with %s give the output of ansible-playbook',
  async (option) => {
    const env = { ...process.env, ANSIBLE_NOCOLOR: '1', PYTHONWARNINGS: 'ignore' };
    const args = ['site.yml', option];
    const theirs = execFileSync('ansible-playbook', args, {
      cwd: directory,
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const { text, code } = await runMain(['playbook', ...args], directory);
    expect(code).toBe(0);
    // Without the rows below a failure, which Ansible does not have, and what node and warnings say on standard error.
    const lines = comparable(text)
      .split('\n')
      .filter((line) => !/^ {4}(?:task|cure) |^\(node:|^\(Use `node|^\[WARNING\]/.test(line));
    expect(lines.join('\n').trim()).toBe(comparable(theirs).trim());
  },
);

/** Every option of ansible-playbook of ansible-core 2.14 to 2.17, in its spellings, but for those refused or asking. */
const options =
  `-v -vvvv --verbose -b --become --become-method=sudo --become-user=root -C --check -D --diff --flush-cache
--force-handlers --list-hosts --list-tags --list-tasks --syntax-check -M=x --module-path=x -T=5 --timeout=5 -c=local
-c=smart --connection=paramiko --private-key=k --key-file=k -u=me --user=me --ssh-common-args=-C --ssh-extra-args=-C
--sftp-extra-args=x --scp-extra-args=x -e=a=1 --extra-vars=a=1 -f=2 --forks=2 -i=hosts.ini --inventory=hosts.ini
--inventory-file=hosts.ini -l=n1 --limit=n1 --skip-tags=x -t=x --tags=x,y --start-at-task=two --vault-id=pw
--vault-password-file=pw --vault-pass-file=pw --connection-password-file=pw --conn-pass-file=pw
--become-password-file=pw --become-pass-file=pw -bCD --syntax --list-ho`.split(/\s+/);

test.each(options)('the option %s of ansible-playbook is taken', async (option) => {
  const [, short, value] = /^(-\w)=(.*)$/.exec(option) ?? [];
  const words = short === undefined ? [option] : [short, value ?? ''];
  const { code, text } = await runMain(['playbook', ...words, 'site.yml', '--syntax-check'], directory);
  expect([code, text]).toEqual([0, expect.stringContaining('playbook: site.yml')]);
});

test.each([
  [['--step'], 1, '--step needs a terminal'],
  [['--ask-vault-pass'], 1, 'there is no terminal to ask for the vault password at'],
  [['-c', 'winrm'], 1, 'Allowed choices are ssh, local'],
  [['--nonsense'], 1, "unknown option '--nonsense'"],
])('%j is refused', async (args, expected, message) => {
  const { code, text } = await runMain(['playbook', ...args, 'site.yml'], directory);
  expect([code, text]).toEqual([expected, expect.stringContaining(message)]);
});

test.each([
  [undefined, 0, 'warning: found a duplicate dict key (a)'],
  ['warn', 0, 'warning: found a duplicate dict key (a)'],
  ['error', 4, 'ERROR! found a duplicate dict key (a)'],
  ['ignore', 0, ''],
])('a key given twice with duplicate_dict_key = %s', async (setting, expected, message) => {
  const bare = mkdtempSync(join(tmpdir(), 'kprov-playbook-twice-'));
  try {
    writeFileSync(
      join(bare, 'p.yml'),
      '- hosts: localhost\n  gather_facts: no\n  vars: {a: 1, a: 2}\n  tasks: [{debug: {var: a}}]\n',
    );
    writeFileSync(
      join(bare, 'ansible.cfg'),
      setting === undefined ? '' : `[defaults]\nduplicate_dict_key = ${setting}\n`,
    );
    const { code, text } = await runMain(['playbook', 'p.yml'], bare);
    expect([code, text]).toEqual([expected, expect.stringContaining(message)]);
    expect(text.includes('duplicate')).toBe(setting !== 'ignore');
    expect(text.includes('"a": 2')).toBe(expected === 0);
    expect((await runMain(['run', '-i', 'localhost,', 'p.yml'], bare)).code).toBe(
      setting === undefined ? 1 : expected === 4 ? 1 : 0,
    );
  } finally {
    rmSync(bare, { recursive: true, force: true });
  }
});

test('without any inventory there is localhost, and it is said that all does not mean it', async () => {
  const bare = mkdtempSync(join(tmpdir(), 'kprov-playbook-bare-'));
  try {
    writeFileSync(join(bare, 'p.yml'), '- hosts: localhost\n  gather_facts: no\n  tasks: [{debug: {msg: here}}]\n');
    const { code, text } = await runMain(['playbook', 'p.yml'], bare);
    expect([code, text]).toEqual([0, expect.stringContaining("the implicit localhost does not match 'all'")]);
    expect(text).toContain('"msg": "here"');
  } finally {
    rmSync(bare, { recursive: true, force: true });
  }
});
