import { loadPlaybook, registryCatalogue } from '../../src/playbook/index.js';
import { catalogue } from './catalogue.js';
import { memoryFiles } from './memory-files.js';

const load = (text: string, known = catalogue) =>
  loadPlaybook(['site.yml'], { files: memoryFiles({ 'site.yml': text }), catalogue: known });

test.each([
  ['sudo: yes', { become: true, becomeMethod: 'sudo' }],
  ['sudo: no', { become: false, becomeMethod: 'sudo' }],
  ['sudo_user: bob', { become: true, becomeUser: 'bob', becomeMethod: 'sudo' }],
  ['{sudo: no, sudo_user: bob}', { become: false, becomeUser: 'bob', becomeMethod: 'sudo' }],
  ['su: yes', { become: true, becomeMethod: 'su' }],
  ['su_user: bob', { become: true, becomeUser: 'bob', becomeMethod: 'su' }],
  ['{sudo: yes, become_method: su}', { become: true, becomeMethod: 'su' }],
])('%s means what it meant in its day, on plays, blocks and tasks, with one note', (text, expected) => {
  const keys = text.startsWith('{') ? text.slice(1, -1).split(', ') : [text];
  const lines = (indent: string): string => keys.map((key) => `${indent}${key}\n`).join('');
  const site = `- hosts: all\n${lines('  ')}  tasks: [{ping: }]\n- hosts: all\n  tasks:\n  - block: [{ping: }]\n${lines('    ')}  - ping:\n${lines('    ')}`;
  const { playbook, diagnostics } = load(site);
  const [first, second] = playbook.plays;
  const [block, task] = second?.tasks ?? [];
  expect(first?.keywords).toMatchObject(expected);
  expect(block?.kind === 'block' && block.keywords).toMatchObject(expected);
  expect(task).toMatchObject(expected);
  const old = keys.map((key) => key.replace(/:.*/, '')).filter((key) => !key.startsWith('become'));
  expect(diagnostics.map(({ code, severity, message }) => `${severity} ${code} ${message}`).sort()).toEqual(
    old.map((key) => `warning deprecated \`${key}\` is an old spelling`).sort(),
  );
});

test.each([
  ['ansible.posix.sysctl', 'sysctl'],
  ['ansible.builtin.sysctl', 'sysctl'],
  ['community.general.sysctl', 'sysctl'],
  ['ansible.posix.mount', 'mount'],
  ['ansible.posix.authorized_key', 'authorized_key'],
  ['community.general.modprobe', 'modprobe'],
  ['community.general.timezone', 'timezone'],
  ['community.general.ini_file', 'ini_file'],
  ['community.general.pam_limits', 'pam_limits'],
  ['community.general.alternatives', 'alternatives'],
  ['ansible.legacy.command', 'command'],
  ['ansible.builtin.copy', 'copy'],
])('%s is the task %s', (name, task) => {
  expect(registryCatalogue().find(name)?.name).toBe(task);
});

test.each(['foo.bar.sysctl', 'community.general.no_such', 'ansible.posix.no_such'])('%s is no task', (name) => {
  const { diagnostics } = load(`- hosts: all\n  tasks:\n  - ${name}:\n`, registryCatalogue());
  expect(diagnostics).toMatchObject([{ severity: 'error', code: 'unknown-task', position: { line: 3 } }]);
});
