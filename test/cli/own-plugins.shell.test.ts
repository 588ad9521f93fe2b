import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, jest } from '@jest/globals';
import { PluginServer } from '../../src/cli/python/plugin-server.js';
import { localHosts, runPlaybookFiles, workFolder } from '../support/run-playbook.js';

jest.setTimeout(60_000);

const play = (tasks: string): string =>
  `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
const run = (files: Record<string, string>) =>
  runPlaybookFiles({ files: { 'hosts.ini': localHosts(['h']), ...files } });
const filters = (body: string): string => `class FilterModule:\n    def filters(self):\n        return {${body}}\n`;
const env = { ...process.env };
afterEach(() => {
  process.env = { ...env };
});

test('without folders of plugins no Python is begun', async () => {
  process.env.KPROV_PYTHON = '/nonexistent/python';
  const { refused, hosts } = await run({ 'playbook.yml': play('- debug: {msg: "{{ [1] | max }}"}') });
  expect([refused, hosts.h?.[0]?.result.msg]).toEqual([[], 1]);
});

test('plugins without a Python here are an error before anything runs', async () => {
  process.env.KPROV_PYTHON = '/nonexistent/python';
  const { refused, hosts } = await run({
    'filter_plugins/mine.py': filters("'up': str.upper"),
    'playbook.yml': play('- ping:'),
  });
  expect([refused.join('\n'), hosts]).toEqual([expect.stringMatching(/^no-python: .*filter_plugins/), {}]);
});

test('a plugin that cannot be loaded is left out, the others are there', async () => {
  const { hosts } = await run({
    'filter_plugins/bad.py': 'import no_such_package\n',
    'filter_plugins/good.py': filters("'up': str.upper"),
    'playbook.yml': play('- debug: {msg: "{{ \'a\' | up }}"}'),
  });
  expect(hosts.h?.[0]?.result.msg).toBe('A');
});

test('values go and come as they are, whatever is in them', () => {
  const directory = workFolder({ 'f/mine.py': filters("'same': lambda value: value") });
  const { server, found } = PluginServer.start({ filters: [`${directory}/f`] });
  expect(found).toMatchObject({ filters: ['same'], warnings: [] });
  const big = 'ü\n"\\'.repeat(100_000);
  for (const value of [null, true, 1, 1.5, '', big, [big, { [big]: [] }], { __proto__x: 1 }]) {
    const answer = server.ask({ do: 'filter', name: 'same', value, args: [], kwargs: {} }, () => undefined);
    expect(JSON.parse(JSON.stringify(answer))).toEqual(value);
  }
});

test('a plugin that ends its process is an error of the template, and nothing hangs', async () => {
  const { hosts } = await run({
    'filter_plugins/mine.py': `import os\n${filters("'ends': lambda value: os._exit(1)")}`,
    'playbook.yml': play(
      '- debug: {msg: "{{ \'a\' | ends }}"}\n  ignore_errors: true\n- debug: {msg: "{{ 1 | ends }}"}',
    ),
  });
  expect(hosts.h?.map(({ result }) => result.msg)).toEqual([
    expect.stringMatching(/has ended/),
    expect.stringMatching(/has ended/),
  ]);
});

test('what a plugin prints does no harm, and no folder of pipes stays behind', async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('kprov-plugins-'));
  const { hosts } = await run({
    'filter_plugins/mine.py': `print('hello')\n${filters("'says': lambda value: print(value) or 1")}`,
    'playbook.yml': play('- debug: {msg: "{{ \'a\' | says }}"}'),
  });
  expect(hosts.h?.[0]?.result.msg).toBe(1);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('kprov-plugins-'))).toEqual(before);
});

test('a lookup that wants what is still on its way is asked again', async () => {
  const { hosts } = await run({
    'lookup_plugins/reads.py': `from ansible.plugins.lookup import LookupBase
class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        return [variables[terms[0]]['stdout']]
`,
    'playbook.yml': play("- command: echo late\n  register: out\n- debug: {msg: \"{{ lookup('reads', 'out') }}\"}"),
  });
  expect(hosts.h?.[1]?.result.msg).toBe('late');
});
