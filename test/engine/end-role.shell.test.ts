import { localHosts, runPlaybookFiles } from '../support/run-playbook.js';

const roles = {
  'roles/r/tasks/main.yml': `
- { name: before, command: 'true', notify: told }
- import_tasks: more.yml
- block:
    - { name: behind in a block, debug: {} }
  always:
    - { name: always, debug: {} }
- include_role: { name: inner }
- { name: last, debug: {} }
`,
  'roles/r/tasks/more.yml': `
- meta: end_role
  when: ends | default(true)
- { name: behind, debug: {} }
`,
  'roles/r/handlers/main.yml': '- { name: told, debug: {} }',
  'roles/r/meta/main.yml': 'allow_duplicates: true',
  'roles/inner/tasks/main.yml': '- { name: inner, debug: {} }',
  'roles/outer/tasks/main.yml': `
- { name: outer, debug: {} }
- include_role: { name: r }
- { name: outer goes on, debug: {} }
`,
};

const named = async (playbook: string): Promise<Record<string, string[]>> => {
  const run = await runPlaybookFiles({
    files: { 'hosts.ini': localHosts(['h1', 'h2']), 'playbook.yml': playbook, ...roles },
  });
  expect(run.refused).toEqual([]);
  return Object.fromEntries(Object.entries(run.hosts).map(([host, tasks]) => [host, tasks.map(({ task }) => task)]));
};

test('end_role leaves out what is left of the role, not its handlers, not the role around, not its next use', async () => {
  const tasks = await named(`
- hosts: all
  gather_facts: false
  roles: [outer, { role: r, ends: "{{ inventory_hostname == 'h1' }}" }]
`);
  const start = ['outer : outer', 'outer : include_role', 'r : before', 'outer : outer goes on', 'r : before'];
  expect(tasks.h1).toEqual([...start, 'r : told']);
  expect(tasks.h2).toEqual([
    ...start,
    'r : behind',
    'r : behind in a block',
    'r : always',
    'r : include_role',
    'inner : inner',
    'r : last',
    'r : told',
  ]);
});

test.each([
  ['- hosts: all\n  tasks: [{ meta: end_role }]', "Cannot execute 'end_role' from outside of a role"],
  ['- hosts: all\n  handlers: [{ name: h, meta: end_role }]', "Cannot execute 'end_role' from a handler"],
])('%j is refused before anything runs', async (playbook, message) => {
  const files = { 'hosts.ini': localHosts(['h1']), 'playbook.yml': playbook };
  const { refused } = await runPlaybookFiles({ files });
  expect(refused).toEqual([expect.stringContaining(message)]);
});
