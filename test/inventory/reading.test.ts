import { KprovError } from '../../src/errors/index.js';
import { expandLimit, loadInventory } from '../../src/inventory/index.js';
import { brief, load, memoryFiles } from './memory.js';

const unreadable = {
  ...memoryFiles({ hosts: 'a\n', 'group_vars/all': 'x: 1\n' }),
  read: (path: string): string | undefined => {
    if (path.endsWith('/hosts') && !path.startsWith('/other')) return 'a\n';
    throw new KprovError('unreadable', `${path}: permission denied`);
  },
};
const io = { files: unreadable, cwd: '/w', runExecutable: async () => ({ stdout: '', stderr: '', code: 0 }) };

test('variables that may not be read are named', async () => {
  const { inventory, diagnostics } = await loadInventory(['hosts'], io);
  expect(brief(diagnostics)).toEqual(['error unreadable group_vars/all:1:1 /w/group_vars/all: permission denied']);
  expect([...inventory.hosts.keys()]).toEqual(['a']);
});

test('an inventory that may not be read is named', async () => {
  const files = { ...unreadable, ...memoryFiles({ 'secret.ini': '' }), read: unreadable.read };
  const { diagnostics } = await loadInventory(['secret.ini'], { ...io, files });
  expect(brief(diagnostics)).toEqual(['error unreadable secret.ini:1:1 /w/secret.ini: permission denied']);
});

test('a limit file that may not be read is named', () => {
  expect(expandLimit('@limit', io).diagnostics).toMatchObject([
    { code: 'limit-file', why: '/w/limit: permission denied' },
  ]);
});

test('a directory that leads back into itself comes to an end', async () => {
  const files = {
    ...memoryFiles({}),
    kind: (): 'directory' => 'directory',
    list: (path: string): string[] => (path.endsWith('_vars') ? [] : ['loop']),
  };
  const { diagnostics } = await loadInventory(['d'], { ...io, files });
  expect(diagnostics.map(({ code }) => code)).toEqual(['too-deep']);
});

test('a mark of byte order and old line ends do no harm', async () => {
  const { inventory, diagnostics } = await load({ 'h.ini': '\ufeff[g]\ra x=1\r\nb\n' });
  expect(diagnostics).toEqual([]);
  expect(inventory.groups.get('g')?.hosts).toEqual(['a', 'b']);
});

test('a script that begins with an odd comment is still INI', async () => {
  const { inventory } = await load({ hosts: '#! written by hand\na\n' });
  expect([...inventory.hosts.keys()]).toEqual(['a']);
});

test.each([
  [undefined, ['web-1', '2nd'], []],
  ['never', ['web-1', '2nd'], ['Invalid characters were found in group names but not replaced']],
  ['always', ['web_1', '_nd'], ['Invalid characters were found in group names and automatically replaced']],
  ['silently', ['web_1', '_nd'], []],
] as const)('groups whose names could not be a variable are kept or renamed: %s', async (rule, names, told) => {
  const text = '[web-1]\na\n[2nd:children]\nweb-1\n[web-1:vars]\nx=1\n';
  const files = memoryFiles({ hosts: text });
  const { inventory, diagnostics } = await loadInventory(['hosts'], {
    ...io,
    files,
    ...(rule && { oddGroupNames: rule }),
  });
  expect(diagnostics.map(({ message }) => message)).toEqual(told);
  expect([...inventory.groups.keys()].filter((name) => name !== 'all' && name !== 'ungrouped').sort()).toEqual(
    [...names].sort(),
  );
  expect(inventory.groups.get(names[1])?.hosts).toContain('a');
  expect(inventory.variablesOf('a').x).toBe(1);
});
