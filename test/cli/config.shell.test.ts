import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, jest } from '@jest/globals';
import { workFolder } from '../support/run-playbook.js';
import { runMain } from './run-main.js';

jest.setTimeout(60_000);

const directory = workFolder({
  'none.cfg': '',
  'ansible.cfg': "[defaults]\nforks = 7\nnull_representation = ''\njinja2_extensions = odd\n",
  'playbook.yml': '- hosts: localhost\n  gather_facts: false\n  tasks:\n    - include_tasks: sub/tasks.yml\n',
  'nobody.yml': '- hosts: nobody\n  tasks: [debug: ]\n',
  'sub/tasks.yml': '- debug: {msg: "it is {{ word | default(\'nowhere\') }}"}\n',
  'sub/group_vars/all.yml': 'word: beside the tasks\n',
  'library/says': '#!/bin/sh\necho \'{"word": "said"}\'\n',
});
mkdirSync(join(directory, 'empty'));
const env = { ...process.env };
afterAll(() => {
  process.env = env;
  rmSync(directory, { recursive: true });
});
const run = (args: string[], variables: NodeJS.ProcessEnv = {}) => {
  process.env = { ...env, ...variables };
  return runMain(args, directory);
};

test('config dump tells what is given, where, and what becomes of it, refused settings too', async () => {
  const { text, code } = await run(['config', 'dump', '--only-changed'], { ANSIBLE_TIMEOUT: '5' });
  expect(code).toBe(0);
  expect(text).toContain('ansible.cfg) = 7  # applied: as --forks');
  expect(text).toMatch(/^jinja2_extensions\(.*\) = odd {2}# refused: /m);
  expect(text).toMatch(/^timeout\(ANSIBLE_TIMEOUT\) = 5 /m);
  expect(text).not.toContain('(default)');
});

test('config dump lists every setting, in JSON for machines', async () => {
  const { text } = await run(['config', 'dump', '--format', 'json']);
  const rows = JSON.parse(text) as { name: string; origin: string }[];
  expect(rows.find(({ name }) => name === 'become_user')?.origin).toBe('default');
  expect(rows.find(({ name }) => name === 'forks')?.origin).toMatch(/ansible\.cfg$/);
});

test.each([
  ['top', 'nowhere'],
  ['all', 'beside the tasks'],
  ['bottom', 'beside the tasks'],
])('with playbook_vars_root %s group_vars beside included tasks are: %s', async (root, word) => {
  const { text, code } = await run(['playbook', 'playbook.yml'], {
    ANSIBLE_CONFIG: join(directory, 'none.cfg'),
    ANSIBLE_PLAYBOOK_VARS_ROOT: root,
  });
  expect([code, text]).toEqual([0, expect.stringContaining(`it is ${word}`)]);
});

test.each([
  ['warning', 0, 'no host and no group matches nobody'],
  ['error', 1, 'ERROR! no host and no group matches nobody [unmatched-pattern]'],
  ['ignore', 0, undefined],
  ['maybe', 1, 'expected warning, error or ignore'],
])('with host_pattern_mismatch %s a pattern that nothing matches ends with %i', async (word, expected, told) => {
  const { text, code } = await run(['playbook', 'nobody.yml'], {
    ANSIBLE_CONFIG: join(directory, 'none.cfg'),
    ANSIBLE_HOST_PATTERN_MISMATCH: word,
  });
  expect(code).toBe(expected);
  if (told === undefined) expect(text).not.toContain('matches nobody');
  else expect(text).toContain(told);
});

test('modules of a configured folder, and of --module-path, are found', async () => {
  const folder = join(directory, 'library');
  for (const [args, variables] of [
    [[], { ANSIBLE_LIBRARY: folder }],
    [['-M', folder], {}],
  ] as const) {
    process.env = { ...env, ANSIBLE_CONFIG: join(directory, 'none.cfg'), ...variables };
    const { text } = await runMain(['adhoc', 'localhost', '-m', 'says', ...args], join(directory, 'empty'));
    expect(text).toContain('"word": "said"');
  }
});
