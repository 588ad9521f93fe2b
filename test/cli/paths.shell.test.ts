import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runMain } from './run-main.js';

let directory: string;
beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'kprov-paths-')));
  const files = {
    'hosts.ini': 'n1 ansible_connection=local\n',
    'site.yml': '- hosts: all\n  gather_facts: no\n  roles: [r]\n',
    'roles/r/files/f': 'x\n',
    'roles/r/tasks/main.yml': `- copy:
    dest: "{{ playbook_dir }}/out"
    content: |
      {{ playbook_dir }}
      {{ role_path }}
      {{ ansible_search_path | join(' ') }}
      {{ lookup('first_found', ['f']) }}
`,
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

test('a playbook named by a relative path tells its tasks absolute ones, as Ansible does', async () => {
  const { code } = await runMain(['playbook', '-i', 'hosts.ini', 'site.yml'], directory);
  expect(code).toBe(0);
  expect(readFileSync(join(directory, 'out'), 'utf8').split('\n')).toEqual([
    directory,
    `${directory}/roles/r`,
    `${directory}/roles/r ${directory}/roles/r/tasks ${directory}`,
    `${directory}/roles/r/files/f`,
    '',
  ]);
});
