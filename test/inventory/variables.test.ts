import fc from 'fast-check';
import { load } from './memory.js';

/** Every place a variable can come from, lowest precedence first. */
const places: [place: string, file: string, text: (value: string) => string][] = [
  ['vars of all', 'inv/hosts', (v) => `[all:vars]\nx=${v}\n`],
  ['vars of a parent group', 'inv/hosts', (v) => `[parent:vars]\nx=${v}\n`],
  ['vars of a child group', 'inv/hosts', (v) => `[child:vars]\nx=${v}\n`],
  ['vars of a child group of higher priority', 'inv/hosts', (v) => `[aaa:vars]\nansible_group_priority=2\nx=${v}\n`],
  ['group_vars/all beside the inventory', 'inv/group_vars/all', (v) => `x: ${v}\n`],
  ['group_vars/all beside the playbook', 'play/group_vars/all.yml', (v) => `x: ${v}\n`],
  ['group_vars of a parent beside the inventory', 'inv/group_vars/parent.yml', (v) => `x: ${v}\n`],
  ['group_vars of a child beside the inventory', 'inv/group_vars/child.json', (v) => `{"x": "${v}"}`],
  ['group_vars of a child of higher priority', 'inv/group_vars/aaa/main.yml', (v) => `x: ${v}\n`],
  ['group_vars of a parent beside the playbook', 'play/group_vars/parent', (v) => `x: ${v}\n`],
  ['group_vars of a child beside the playbook', 'play/group_vars/child.yml', (v) => `x: ${v}\n`],
  ['vars of the host', 'inv/hosts', (v) => `[child]\nh x=${v}\n`],
  ['host_vars beside the inventory', 'inv/host_vars/h.yaml', (v) => `x: ${v}\n`],
  ['host_vars beside the playbook', 'play/host_vars/h', (v) => `x: ${v}\n`],
];

const base = '[child]\nh\n[aaa]\nh\n[parent:children]\nchild\naaa\n';

async function valueWith(chosen: typeof places): Promise<{ value: unknown; file: string | undefined }> {
  // A group without its priority would be a different case: [aaa] always has it.
  const files: Record<string, string> = { 'inv/hosts': `${base}[aaa:vars]\nansible_group_priority=2\n` };
  for (const [place, file, text] of chosen)
    files[file] = (files[file] ?? '') + text(JSON.stringify(place).slice(1, -1).replaceAll(' ', '_'));
  const { inventory, diagnostics } = await load(files, ['inv/hosts']);
  expect(diagnostics).toEqual([]);
  const scope = { playbookDir: 'play' };
  expect(inventory.checkPlaybookDir('play')).toEqual([]);
  return { value: inventory.variablesOf('h', scope).x, file: inventory.positionOf('h', 'x', scope)?.file };
}

test('of any places that set a variable the highest wins, and is named', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray(places, { minLength: 1 }), async (chosen) => {
      const [place = '', file] = chosen.at(-1) ?? [];
      expect(await valueWith(chosen)).toEqual({ value: place.replaceAll(' ', '_'), file });
    }),
  );
});

test('a variable is known by the line and column of its name', async () => {
  const { inventory } = await load({
    hosts: '[g]\nh  x=1 y="a b"\n[g:vars]\n  z = 1\n',
    'group_vars/g.yml': '---\nv: 1\nw:\n  - 2\n',
  });
  const at = (name: string): string => {
    const position = inventory.positionOf('h', name);
    return `${position?.file}:${position?.line}:${position?.column}`;
  };
  expect(['x', 'y', 'z', 'v', 'w', 'nosuch'].map(at)).toEqual([
    'hosts:2:4',
    'hosts:2:8',
    'hosts:4:3',
    'group_vars/g.yml:2:1',
    'group_vars/g.yml:3:1',
    'undefined:undefined:undefined',
  ]);
});

test('templates stay as they are written', async () => {
  const { inventory } = await load({ hosts: 'h a="{{ b }}" c={{b}}\n', 'host_vars/h': 'd: "{{ b }}"\n' });
  expect(inventory.variablesOf('h')).toMatchObject({ a: '{{ b }}', c: '{{b}}', d: '{{ b }}' });
});

test('a mapping replaces a mapping, it does not merge with it', async () => {
  const { inventory } = await load({
    hosts: '[g]\nh\n',
    'group_vars/all': 'm: {a: 1}\n',
    'group_vars/g': 'm: {b: 2}\n',
  });
  expect(inventory.variablesOf('h').m).toEqual({ b: 2 });
});

test('the inventory says which file named a host first', async () => {
  const { inventory } = await load({ 'a/hosts': 'h\n', 'b/hosts': 'h\ni\n' }, ['a/hosts', 'b/hosts', 'j,']);
  expect(inventory.variablesOf('h')).toEqual({ inventory_file: '/w/a/hosts', inventory_dir: '/w/a' });
  expect(inventory.variablesOf('i')).toEqual({ inventory_file: '/w/b/hosts', inventory_dir: '/w/b' });
  expect(inventory.variablesOf('j')).toEqual({ inventory_file: 'j,', inventory_dir: null });
});

test('what is wrong beside a playbook is said when asked for', async () => {
  const { inventory } = await load({
    hosts: '[workers]\nh\n',
    'play/group_vars/workers': '- x\n',
    'play/host_vars/h': 'a: [\n',
  });
  expect(inventory.checkPlaybookDir('play').map(({ code, position }) => `${code} ${position?.file}`)).toEqual([
    'bad-vars-file play/group_vars/workers',
    'yaml-syntax play/host_vars/h',
  ]);
});

test('a host called __proto__ with a variable __proto__ harms nobody', async () => {
  const { inventory } = await load({ hosts: '[__proto__]\n__proto__ __proto__=1\n' });
  expect(Object.keys(inventory.variablesOf('__proto__'))).toContain('__proto__');
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});

describe('at run time', () => {
  test('add_host adds a host with groups and variables, and is unchanged the second time', async () => {
    const { inventory } = await load({ hosts: '[g]\na\n[g:vars]\nv=1\n' });
    const add = (): boolean => inventory.addHost('b', { groups: ['g', 'new'], variables: { x: [1] } });
    expect([add(), add()]).toEqual([true, false]);
    expect(inventory.hosts.get('b')?.groups).toEqual(['g', 'new']);
    expect(inventory.variablesOf('b')).toMatchObject({ v: 1, x: [1] });
    expect(inventory.groups.get('all')?.hosts).toEqual(['b', 'a']);
    expect(inventory.groups.get('ungrouped')?.hosts).toEqual([]);
  });

  test('add_host without groups adds to ungrouped', async () => {
    const { inventory } = await load({ hosts: 'a\n' });
    inventory.addHost('b');
    expect(inventory.hosts.get('b')?.groups).toEqual(['ungrouped']);
  });

  test('group_by makes groups below their parents, and moves hosts out of ungrouped', async () => {
    const { inventory } = await load({ hosts: 'a\n[top:vars]\nt=1\n[top]\n' });
    expect(inventory.addToGroup('a', 'os_debian', ['top'])).toBe(true);
    expect(inventory.addToGroup('a', 'os_debian', ['top'])).toBe(false);
    expect(inventory.hosts.get('a')?.groups).toEqual(['os_debian', 'top']);
    expect(inventory.variablesOf('a').t).toBe(1);
    expect(inventory.groups.get('os_debian')).toMatchObject({ depth: 2, parents: ['top'], directHosts: ['a'] });
  });

  test('bad names and circles are refused', async () => {
    const { inventory } = await load({ hosts: '[a]\nh\n[b:children]\na\n' });
    expect(() => inventory.addHost('-x')).toThrow('begins with "-"');
    expect(() => inventory.addToGroup('h', 'a\n')).toThrow('control character');
    expect(() => inventory.addToGroup('h', 'b', ['a'])).toThrow('group b cannot be below a');
  });
});
