import type { Block, Node, Task } from '../../src/playbook/index.js';
import { loadPlaybook } from '../../src/playbook/loader.js';
import { roleDefaults, roleParameters, roleVars } from '../../src/playbook/role-variables.js';
import { cpuTime } from '../yaml/cpu-time.js';
import { catalogue } from './catalogue.js';
import { memoryFiles } from './memory-files.js';

const load = (files: Record<string, string>) => loadPlaybook(['site.yml'], { files: memoryFiles(files), catalogue });

const flat = (nodes: readonly Node[]): Task[] =>
  nodes.flatMap((node) => (node.kind === 'task' ? [node] : flat([...node.tasks, ...node.rescue, ...node.always])));

function firstTask(nodes: readonly Node[]): Task {
  const [task] = flat(nodes);
  if (task === undefined) throw new Error('no task');
  return task;
}

const include = {
  'site.yml': `- hosts: all
  become: yes
  tags: play
  tasks:
    - block:
        - include_tasks:
            file: sub/a.yml
            apply: {tags: applied, vars: {from_apply: 1}}
          when: only the include
          tags: on_include
          vars: {param: 1}
      when: around
      vars: {block: 1}
`,
  'sub/a.yml': '- name: in a\n  ping:\n  vars: {own: 1}\n- include_tasks: b.yml\n',
  'sub/b.yml': '- name: in b\n  ping:\n',
};

test('included tasks inherit what is around the include and under apply, not what stands on it', () => {
  const { playbook, loader } = load(include);
  const outer = firstTask(playbook.plays[0]?.tasks ?? []);
  const { nodes, diagnostics } = loader.loadTaskFile('sub/a.yml', outer, { item: 'x' });
  expect(diagnostics).toEqual([]);
  const task = firstTask(nodes);
  expect(task).toMatchObject({
    name: 'in a',
    become: true,
    when: ['around'],
    tags: ['play', 'applied'],
    varsChain: [{ block: 1 }, { param: 1 }, { from_apply: 1 }, { item: 'x' }, { own: 1 }],
    includeParams: [{ param: 1 }, { item: 'x' }],
  });
});

test('an include in an included file is found beside it', () => {
  const { playbook, loader } = load(include);
  const a = loader.loadTaskFile('sub/a.yml', firstTask(playbook.plays[0]?.tasks ?? []));
  const inner = flat(a.nodes)[1];
  if (inner === undefined) throw new Error('no include');
  expect(firstTask(loader.loadTaskFile('b.yml', inner).nodes).name).toBe('in b');
});

test('a dynamic include may lead back to its own file, up to a bound', () => {
  const { playbook, loader } = load({
    'site.yml': '- hosts: all\n  tasks:\n    - include_tasks: again.yml\n',
    'again.yml': '- include_tasks: again.yml\n',
  });
  let task = firstTask(playbook.plays[0]?.tasks ?? []);
  let depth = 0;
  for (; depth < 1000; depth++) {
    const { nodes, diagnostics } = loader.loadTaskFile('again.yml', task);
    if (diagnostics.length > 0) {
      expect(diagnostics[0]?.code).toBe('import-cycle');
      break;
    }
    task = firstTask(nodes);
  }
  expect(depth).toBeGreaterThan(20);
  expect(depth).toBeLessThan(200);
});

test('a missing dynamic include is reported at the include', () => {
  const { playbook, loader } = load(include);
  const { nodes, diagnostics } = loader.loadTaskFile('sub/c.yml', firstTask(playbook.plays[0]?.tasks ?? []));
  expect(nodes).toEqual([]);
  expect(diagnostics).toMatchObject([{ code: 'missing-file', position: { file: 'site.yml', line: 7, column: 19 } }]);
});

test('each loading of a file has its own task ids, the same from run to run', () => {
  const ids = (): string[] => {
    const { playbook, loader } = load(include);
    const outer = firstTask(playbook.plays[0]?.tasks ?? []);
    return [1, 2].flatMap(() => flat(loader.loadTaskFile('sub/a.yml', outer).nodes).map((task) => task.id));
  };
  expect(new Set(ids()).size).toBe(4);
  expect(ids()).toEqual(ids());
});

const roles = {
  'site.yml': `- hosts: all
  roles:
    - {role: app, size: 3, vars: {at_use: 1}}
  tasks:
    - include_role:
        name: late
        apply: {become: yes}
      vars: {given: 1}
      when: no
`,
  'roles/app/tasks/main.yml': '- ping:\n',
  'roles/app/defaults/main.yml': 'shared: app default\napp_default: 1\n',
  'roles/app/vars/main.yml': 'shared_var: app\nat_use: overridden\n',
  'roles/app/meta/main.yml': 'dependencies: [{role: base, level: low}]\n',
  'roles/base/tasks/main.yml': '- ping:\n',
  'roles/base/defaults/main.yml': 'shared: base default\nbase_default: 1\n',
  'roles/base/vars/main.yml': 'shared_var: base\nbase_var: 1\n',
  'roles/late/tasks/main.yml': '- name: late main\n  ping:\n',
  'roles/late/tasks/other.yml': '- name: late other\n  ping:\n',
  'roles/late/handlers/main.yml': '- name: late handler\n  ping:\n',
  'roles/late/defaults/main.yml': 'd: main\n',
  'roles/late/defaults/other.yml': 'd: other\n',
};

test('role variables: parents, dependencies, the role; files win over the use', () => {
  const { playbook } = load(roles);
  const [base, app] = playbook.plays[0]?.roles ?? [];
  if (base === undefined || app === undefined) throw new Error('roles are missing');
  expect([base.name, app.name]).toEqual(['base', 'app']);
  expect({ ...roleDefaults(app) }).toEqual({ shared: 'app default', app_default: 1, base_default: 1 });
  expect({ ...roleDefaults(base) }).toEqual({ shared: 'base default', app_default: 1, base_default: 1 });
  expect({ ...roleVars(app) }).toEqual({ shared_var: 'app', base_var: 1, at_use: 'overridden' });
  expect({ ...roleParameters(base) }).toEqual({ size: 3, level: 'low' });
  expect({ ...roleParameters(app) }).toEqual({ size: 3 });
});

test('a role is included with its parts chosen, its handlers and variables', () => {
  const { playbook, loader } = load(roles);
  const task = firstTask(playbook.plays[0]?.tasks ?? []);
  const loaded = loader.loadRole({ name: 'late', tasks_from: 'other', defaults_from: 'other.yml' }, task);
  expect(loaded.diagnostics).toEqual([]);
  expect(firstTask(loaded.nodes)).toMatchObject({ name: 'late other', become: true, when: [] });
  expect(loaded.handlers.map((handler) => [handler.name, handler.isHandler])).toEqual([['late handler', true]]);
  expect(loaded.role).toMatchObject({ name: 'late', defaults: { d: 'other' }, allowDuplicates: true });
  expect(firstTask(loaded.nodes).includeParams).toEqual([{ given: 1 }]);
  const [block] = loaded.nodes as Block[];
  expect(block).toMatchObject({ kind: 'block', isRole: true, name: 'late' });
});

test('an argument knows its place, in a mapping and in key=value text', () => {
  const { playbook } = load({
    'site.yml': '- hosts: all\n  tasks:\n    - copy:\n        src: here\n        dest: /b\n    - copy: src=a dest=/b\n',
  });
  const [first, second] = flat(playbook.plays[0]?.tasks ?? []);
  expect(first?.at(['dest'])).toMatchObject({ line: 5, column: 15, length: 2 });
  expect(second?.at(['dest'])).toMatchObject({ line: 6, column: 19, length: 7 });
});

test('imports with templated names take extra variables and plain variables around them', () => {
  const files = {
    'site.yml': `- hosts: all
  vars: {dir: tasks}
  tasks:
    - import_tasks: "{{ dir }}/{{ os }}.yml"
      vars: {os: debian}
`,
    'tasks/debian.yml': '- name: debian\n  ping:\n',
    'tasks/redhat.yml': '- name: redhat\n  ping:\n',
  };
  expect(firstTask(load(files).playbook.plays[0]?.tasks ?? []).name).toBe('debian');
  const withExtra = loadPlaybook(['site.yml'], { files: memoryFiles(files), catalogue, staticVars: { os: 'redhat' } });
  expect(firstTask(withExtra.playbook.plays[0]?.tasks ?? []).name).toBe('redhat');
});

test('mistakes of all files are said at once, sorted by place', () => {
  const { diagnostics } = load({
    'site.yml': '- hosts: all\n  tasks:\n    - import_tasks: b.yml\n    - import_tasks: a.yml\n    - nothing: x\n',
    'a.yml': '- coppy: x\n',
    'b.yml': '- ping:\n  wen: x\n',
  });
  expect(diagnostics.map(({ position }) => `${position?.file}:${position?.line}`)).toEqual([
    'a.yml:1',
    'b.yml:2',
    'site.yml:5',
  ]);
});

describe('large and hostile playbooks', () => {
  test('2,000 tasks load quickly', () => {
    const task = (i: number): string =>
      `    - name: task ${i}\n      ansible.builtin.copy:\n        src: a{{ x }}\n        dest: /etc/${i}\n        mode: "0644"\n      when: x is defined\n      tags: [a, b]\n`;
    const text = `- hosts: all\n  tasks:\n${Array.from({ length: 2000 }, (_, i) => task(i)).join('')}`;
    const run = () => {
      const { playbook, diagnostics } = load({ 'site.yml': text });
      expect(diagnostics).toEqual([]);
      expect(playbook.plays[0]?.tasks).toHaveLength(2000);
    };
    // Twice what it takes where nothing else runs, collecting garbage included.
    expect(Math.min(cpuTime(run), cpuTime(run), cpuTime(run))).toBeLessThan(2000);
  });

  test('imports that multiply end with an error', () => {
    const files: Record<string, string> = { 'site.yml': '- hosts: all\n  tasks:\n    - import_tasks: f0.yml\n' };
    for (let i = 0; i < 40; i++) files[`f${i}.yml`] = `- import_tasks: f${i + 1}.yml\n- import_tasks: f${i + 1}.yml\n`;
    files['f40.yml'] = '- ping:\n';
    const elapsed = cpuTime(() => expect(load(files).diagnostics.map(({ code }) => code)).toContain('too-many-tasks'));
    expect(elapsed).toBeLessThan(30_000);
  }, 60_000);

  test('blocks that nest too deeply are refused', () => {
    let text = '- hosts: all\n  tasks:\n';
    for (let i = 0; i < 300; i++) text += `${'  '.repeat(i + 2)}- block:\n`;
    expect(load({ 'site.yml': text }).diagnostics.map(({ code }) => code)).toEqual(['too-deep']);
  });

  test.each([
    '- hosts: all\n  tasks:\n    - __proto__: x\n',
    '- hosts: all\n  tasks:\n    - constructor:\n        toString: 1\n',
    '- hosts: all\n  __proto__: {tasks: 1}\n',
    '- hosts: all\n  tasks:\n    - copy: {__proto__: x, dest: a, src: b}\n',
    '- hosts: all\n  tasks:\n    - with_constructor: x\n      ping:\n',
  ])('names of object members mean nothing: %j', (text) => {
    const { diagnostics } = load({ 'site.yml': text });
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(diagnostics.every(({ position }) => position?.file === 'site.yml')).toBe(true);
  });
});
