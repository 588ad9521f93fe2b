import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, jest } from '@jest/globals';
import { localHosts, runPlaybookFiles } from '../support/run-playbook.js';

jest.setTimeout(60_000);

const play = (tasks: string): string =>
  `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
const run = (files: Record<string, string>, args: readonly string[] = []) =>
  runPlaybookFiles({ files: { 'hosts.ini': localHosts(['h']), ...files }, args });
const env = { ...process.env };
afterEach(() => {
  process.env = { ...env };
});

const greets = `#!/usr/bin/python
from ansible.module_utils.basic import AnsibleModule
module = AnsibleModule(argument_spec={'name': {}}, supports_check_mode=True)
module.exit_json(changed=True, check=module.check_mode, greeting=module.params['name'])
`;
const touches = '#!/bin/sh\n. "$1"\n: >"$path"\necho \'{"changed": true}\'\n';

test('a dry run asks a module that knows of it, and leaves out one that does not', async () => {
  const { refused, hosts, files } = await run(
    {
      'library/greets.py': greets,
      'library/touches': touches,
      'playbook.yml': play('- greets: {name: x}\n- touches: {path: "WORK/out/made"}\n- debug: {msg: end}').replace(
        'WORK',
        '{{ playbook_dir }}',
      ),
    },
    ['--check'],
  );
  expect(refused).toEqual([]);
  expect(hosts.h?.map(({ status, result }) => [status, result.check ?? result.msg])).toEqual([
    ['changed', true],
    ['skipped', 'touches is left out in check mode, of which it does not know'],
    ['ok', 'end'],
  ]);
  expect(files).toEqual({});
});

test('packing reads no Python from the folder where kprov is started', async () => {
  const [here, folder] = [process.cwd(), mkdtempSync(join(tmpdir(), 'kprov-modules-'))];
  writeFileSync(join(folder, 'inspect.py'), `open('${folder}/read', 'w')\n`);
  process.chdir(folder);
  try {
    const { refused } = await run({ 'library/greets.py': greets, 'playbook.yml': play('- greets: {name: x}') });
    expect([refused, readdirSync(folder)]).toEqual([[], ['inspect.py']]);
  } finally {
    process.chdir(here);
    rmSync(folder, { recursive: true });
  }
});

test('arguments are never on a command line, and nothing of a module stays behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kprov-modules-'));
  process.env.TMPDIR = folder;
  try {
    const sees =
      '#!/bin/sh\nWANT_JSON=\n(ps -ef 2>/dev/null; cat /proc/[0-9]*/cmdline 2>/dev/null) | tr "\\0" " " | grep -c s3cret[-]w0rd | sed "s/.*/{\\"seen\\": &}/"\n';
    const { hosts } = await run({
      'library/sees': sees,
      'playbook.yml': play('- sees: {word: s3cret-w0rd}\n- sees: {word: s3cret-w0rd}\n  no_log: true'),
    });
    expect(hosts.h?.map(({ result }) => result.seen ?? result.censored)).toEqual([0, expect.stringMatching(/hidden/)]);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a module is told of no_log, of diffs and of its name', async () => {
  const tells = '#!/bin/sh\n# WANT_JSON\nprintf \'{"got": %s}\' "$(cat "$1")"\n';
  const { hosts } = await run({ 'library/tells': tells, 'playbook.yml': play('- tells: {a: 1}') }, ['--diff']);
  expect(hosts.h?.[0]?.result.got).toMatchObject({
    a: 1,
    _ansible_diff: true,
    _ansible_check_mode: false,
    _ansible_no_log: false,
    _ansible_module_name: 'tells',
  });
});

test('a binary is sent as it is, and run with a file of JSON', async () => {
  // A script with a byte that stands in no text.
  const binary = '#!/bin/sh\n: \u0001\nprintf \'{"got": %s}\' "$(cat "$1")"\n';
  const { hosts } = await run({ 'library/bin': binary, 'playbook.yml': play('- bin: {a: [1]}') });
  expect(hosts.h?.[0]?.result.got).toMatchObject({ a: [1] });
});

const says = (word: string): string => `#!/bin/sh\necho '{"word": "${word}"}'\n`;

test('modules of an imported playbook, of a role elsewhere are found', async () => {
  const { refused, hosts } = await run({
    'sub/library/of_sub': says('sub'),
    'sub/site.yml': play('- of_sub:'),
    'far/roles/web/library/of_role': says('role'),
    'far/roles/web/tasks/main.yml': '- of_role:\n',
    'playbook.yml': `- import_playbook: sub/site.yml\n${play("- include_role: {name: '{{ playbook_dir }}/far/roles/web'}")}`,
  });
  expect(refused).toEqual([]);
  expect(hosts.h?.map(({ result }) => result.word)).toEqual(['sub', undefined, 'role']);
});

test('a module of a role in place of a task of kprov counts where the role is used', async () => {
  const files = {
    'roles/mine/library/ping': says('mine'),
    'roles/mine/tasks/main.yml': '- ping:\n',
    'roles/plain/tasks/main.yml': '- ping:\n',
  };
  const using = async (role: string) =>
    (await run({ ...files, 'playbook.yml': play(`- import_role: {name: ${role}}`) })).hosts.h?.[0]?.result;
  expect(await using('plain')).toMatchObject({ ping: 'pong' });
  expect(await using('mine')).toMatchObject({ word: 'mine' });
});

test.each<[string, Record<string, string>, string, RegExp]>([
  [
    'module_utils without Ansible here',
    { 'library/greets.py': greets },
    '/nonexistent/python',
    /refused-task: .*`greets`/,
  ],
  ['a file that says not what runs it', { 'library/greets': 'print(1)\n' }, '', /refused-task: .*`greets`/],
  ['PowerShell', { 'library/greets.ps1': '#Requires -Module x\n' }, '', /refused-task: .*`greets`/],
])('%s is refused where a playbook uses it, and only there', async (_title, files, python, expected) => {
  process.env.KPROV_PYTHON = python;
  expect((await run({ ...files, 'playbook.yml': play('- greets:') })).refused.join('\n')).toMatch(expected);
  expect((await run({ ...files, 'playbook.yml': play('- ping:') })).refused).toEqual([]);
});
