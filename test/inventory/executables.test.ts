import { jest } from '@jest/globals';
import { type Executed, loadInventory } from '../../src/inventory/index.js';
import { brief, load, memoryFiles, type Run } from './memory.js';

const script = { 'inv.sh': '#!/bin/sh\n' };
const ok = (value: unknown): Executed => ({ stdout: JSON.stringify(value), stderr: '', code: 0 });

test('groups, children, variables and _meta of --list are read with a single call', async () => {
  const run = jest.fn<Run>(async () =>
    ok({
      _meta: { hostvars: { a: { ansible_host: '10.0.0.1', n: 1 }, stranger: { x: 1 } } },
      web: { hosts: ['a', 'b'], vars: { v: [1] }, children: ['inner'] },
      inner: ['c'],
      d: { x: 1 },
      empty: {},
    }),
  );
  const { inventory, diagnostics } = await load(script, ['inv.sh'], run);
  expect(run.mock.calls).toEqual([['/w/inv.sh', ['--list']]]);
  expect([...inventory.hosts.keys()]).toEqual(['a', 'b', 'c', 'd', 'empty']);
  expect(inventory.groups.get('web')?.hosts).toEqual(['a', 'b', 'c']);
  expect(inventory.variablesOf('a')).toMatchObject({
    ansible_host: '10.0.0.1',
    n: 1,
    v: [1],
    inventory_file: '/w/inv.sh',
  });
  expect(inventory.variablesOf('c')).toMatchObject({ v: [1] });
  expect(inventory.variablesOf('d')).toMatchObject({ x: 1 });
  expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
    'warning group-and-host',
    'warning group-and-host',
  ]);
});

test('without _meta every host is asked for with --host', async () => {
  const run = jest.fn<Run>(async (_, [option, host]) => {
    if (option === '--list') return ok({ g: ['a', 'b', 'c'] });
    return host === 'b' ? { stdout: '\n', stderr: '', code: 0 } : ok({ name: host });
  });
  const { inventory, diagnostics } = await load(script, ['inv.sh'], run);
  expect(run.mock.calls.map(([, args]) => args)).toEqual([
    ['--list'],
    ['--host', 'a'],
    ['--host', 'b'],
    ['--host', 'c'],
  ]);
  expect(['a', 'b', 'c'].map((host) => inventory.variablesOf(host).name)).toEqual(['a', undefined, 'c']);
  expect(diagnostics).toEqual([]);
});

const answers: [what: string, answer: Executed | Error, message: string][] = [
  ['broken JSON', { stdout: '{"a":', stderr: '', code: 0 }, 'inv.sh --list printed no JSON'],
  ['nothing', { stdout: '', stderr: '', code: 0 }, 'inv.sh --list printed no JSON but nothing'],
  ['a list', ok([]), 'inv.sh --list printed JSON that is no object'],
  [
    'a failure',
    { stdout: '', stderr: '\nno credentials\nmore\n', code: 3 },
    'inv.sh --list ended with exit code 3: no credentials',
  ],
  ['a signal', { stdout: '', stderr: '', code: null }, 'inv.sh --list was killed'],
  ['an exception', new Error('spawn ENOEXEC'), 'inv.sh --list could not be run: spawn ENOEXEC'],
  ['hosts that are no list', ok({ g: { hosts: 'a' } }), 'the hosts of group g are no list'],
  ['hosts that are numbers', ok({ g: [1] }), 'the hosts of group g hold something that is no text: 1'],
  ['children that are text', ok({ g: { children: 'a' } }), 'the children of group g are no list'],
  ['vars that are a list', ok({ g: { vars: [] } }), 'the vars of group g are no JSON object'],
  ['hostvars that are a list', ok({ _meta: { hostvars: [] }, g: ['a'] }), '_meta.hostvars is no JSON object'],
  [
    'a host variable list',
    ok({ _meta: { hostvars: { a: [] } }, g: ['a'] }),
    'the variables of host a are no JSON object',
  ],
  [
    'a bad host name',
    ok({ g: ['-x'] }),
    'bad host name "-x" in group g: it begins with "-" and would be taken for an option',
  ],
  [
    'deep nesting',
    { stdout: `{"g": {"vars": {"x": ${'['.repeat(5000)}${']'.repeat(5000)}}}}`, stderr: '', code: 0 },
    'inv.sh --list printed no JSON',
  ],
];

test.each(answers)('an executable that answers with %s is named with the reason', async (_, answer, message) => {
  const { diagnostics } = await load(script, ['inv.sh'], async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  });
  expect(brief(diagnostics)).toEqual([`error executable-inventory inv.sh:1:1 ${message}`]);
});

test('groups that an executable puts in a circle are refused', async () => {
  const { diagnostics } = await load(script, ['inv.sh'], async () =>
    ok({ a: { children: ['b'] }, b: { children: ['a'] } }),
  );
  expect(diagnostics.map(({ code }) => code)).toEqual(['group-cycle']);
});

test('a key __proto__ in the JSON is only a key', async () => {
  const stdout = '{"_meta": {"hostvars": {"a": {"__proto__": {"polluted": 1}}}}, "g": ["a"]}';
  const { inventory } = await load(script, ['inv.sh'], async () => ({ stdout, stderr: '', code: 0 }));
  expect(Object.keys(inventory.variablesOf('a'))).toContain('__proto__');
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test('a script that is not executable is not taken for a list of hosts', async () => {
  const files = { ...memoryFiles({ 'inv.py': '#!/usr/bin/env python3\nprint(1)\n' }), isExecutable: () => false };
  const { diagnostics } = await loadInventory(['inv.py'], { files, cwd: '/w', runExecutable: async () => ok({}) });
  expect(diagnostics.map(({ code, fix }) => [code, fix])).toEqual([
    ['not-executable', 'make it executable:\nchmod +x inv.py'],
  ]);
});

test('an INI file with an execute bit is still INI', async () => {
  const files = { ...memoryFiles({ hosts: '[g]\na\n' }), isExecutable: () => true };
  const { inventory } = await loadInventory(['hosts'], { files, cwd: '/w', runExecutable: async () => ok({}) });
  expect([...inventory.hosts.keys()]).toEqual(['a']);
});
