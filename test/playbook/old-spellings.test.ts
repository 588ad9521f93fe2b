import { loadPlaybook, type Node, registryCatalogue, type Task } from '../../src/playbook/index.js';
import { memoryFiles } from './memory-files.js';

const tasksOf = (nodes: readonly Node[]): Task[] =>
  nodes.flatMap((node) => (node.kind === 'task' ? [node] : tasksOf(node.tasks)));

function load(task: string) {
  const text = `- hosts: all\n  tasks:\n    - ${task.trim().replace(/\n/g, '\n      ')}\n`;
  const { playbook, diagnostics } = loadPlaybook(['site.yml'], {
    files: memoryFiles({ 'site.yml': text, 't.yml': '- ping:\n' }),
    catalogue: registryCatalogue(),
  });
  return {
    task: tasksOf(playbook.plays[0]?.tasks ?? [])[0],
    notes: diagnostics.map(({ severity, code, message }) => `${severity} ${code}: ${message}`),
  };
}

const oldSpelling = (what: string): string => `warning deprecated: \`${what}\` is an old spelling`;

/** [as it was written, what the task has come to, the one note]. */
const cases: [string, object, string?][] = [
  [
    'apt: name=x state=installed force=yes',
    { args: { name: 'x', state: 'present', force: 'yes' } },
    oldSpelling('state=installed of apt'),
  ],
  ['apt: {pkg: x, state: removed}', { args: { state: 'absent' } }, oldSpelling('state=removed of apt')],
  ['package: name=x state=installed', { args: { state: 'present' } }, oldSpelling('state=installed of package')],
  ['yum: name=x state=installed', { args: { state: 'installed' } }],
  ['service: name=x state=running', { args: { state: 'started' } }, oldSpelling('state=running of service')],
  [
    'get_url: url=http://x/ dest=/y sha256sum=abc',
    { args: { checksum: 'sha256:abc' } },
    oldSpelling('sha256sum of get_url'),
  ],
  [
    'fetch: src=/a dest=b validate_md5=yes',
    { args: { validate_checksum: 'yes' } },
    oldSpelling('validate_md5 of fetch'),
  ],
  [
    'stat: path=/x get_md5=yes',
    { args: { path: '/x' } },
    'warning deprecated: `get_md5` of `stat` does nothing any more',
  ],
  [
    'command: ls\nargs: {warn: no}',
    { args: { cmd: 'ls' } },
    'warning deprecated: `warn` of `command` does nothing any more',
  ],
  ['shell: ls warn=no', { args: { cmd: 'ls' } }, 'warning deprecated: `warn` of `shell` does nothing any more'],
  ['ping:\nalways_run: yes', { checkMode: false }, oldSpelling('always_run')],
  ['ping:\nsudo: yes', { become: true, becomeMethod: 'sudo' }, oldSpelling('sudo')],
  ['ping:\nsudo_user: bob', { becomeUser: 'bob', becomeMethod: 'sudo' }, oldSpelling('sudo_user')],
  ['ping:\nsu: yes', { become: true, becomeMethod: 'su' }, oldSpelling('su')],
  ['include: t.yml', { action: 'ping' }, oldSpelling('include')],
  ['include: "{{ name }}.yml"', { action: 'include_tasks' }, oldSpelling('include')],
  ['include_tasks: t.yml\nstatic: yes', { action: 'ping' }, oldSpelling('static')],
  ['include_tasks: t.yml\nstatic: no', { action: 'include_tasks' }, oldSpelling('static')],
  ['action: command ls -l chdir=/tmp', { action: 'command', args: { cmd: 'ls -l', chdir: '/tmp' } }],
  ['action: {module: copy, content: x, dest: /y}', { action: 'copy', args: { content: 'x' } }],
  ['local_action: command ls', { action: 'command', delegateTo: 'localhost' }],
  ['local_action: {module: command, cmd: ls}', { args: { cmd: 'ls' }, delegateTo: 'localhost' }],
  [`lineinfile: dest=/x line="a = \\"b\\"" create=yes`, { args: { dest: '/x', line: 'a = "b"', create: 'yes' } }],
  [
    'debug: msg="{{ item }} x"\nwith_items: [1]',
    { args: { msg: '{{ item }} x' }, loop: { style: 'items' } },
    oldSpelling('with_items'),
  ],
];

test.each(cases.map(([text, expected, note]) => [text, expected, note === undefined ? [] : [note]] as const))(
  '%s is what it was in its day, with one note at most',
  (text, expected, expectedNotes) => {
    const { task, notes } = load(text);
    expect(task).toMatchObject(expected);
    expect(notes).toEqual(expectedNotes);
  },
);

const loops =
  'items list dict fileglob filetree first_found sequence nested cartesian together subelements indexed_items flattened lines random_choice file env inventory_hostnames ini csvfile template vars pipe'.split(
    ' ',
  );

test.each(loops)('with_%s is taken, with one note', (style) => {
  const { task, notes } = load(`debug: msg={{ item }}\nwith_${style}: "{{ given }}"`);
  expect(task?.loop).toMatchObject({ style, items: '{{ given }}' });
  expect(notes).toEqual([oldSpelling(`with_${style}`)]);
});

test.each([
  ['items', 'packages', '{{ packages if packages is defined else "packages" }}'],
  ['items', 'found.stdout_lines', '{{ found.stdout_lines if found is defined else "found.stdout_lines" }}'],
  ['dict', 'users', '{{ users if users is defined else "users" }}'],
  ['subelements', '[users, keys]', ['{{ users if users is defined else "users" }}', 'keys']],
  ['nested', '[users, [1, 2]]', ['{{ users if users is defined else "users" }}', [1, 2]]],
])('a bare word under with_%s (%s) is a variable where there is one', (style, text, items) => {
  const { task, notes } = load(`debug: msg={{ item }}\nwith_${style}: ${text}`);
  expect(task?.loop?.items).toEqual(items);
  expect(notes).toEqual([expect.stringMatching(/: `the bare word /)]);
});

test('words that are no names stay what they are', () => {
  expect(load('debug: msg={{ item }}\nwith_items: two words').task?.loop?.items).toBe('two words');
  expect(load('debug: msg={{ item }}\nwith_sequence: count=4').task?.loop?.items).toBe('count=4');
});
