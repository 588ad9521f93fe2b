import { Worker } from 'node:worker_threads';
import { jest } from '@jest/globals';
import { runPlaybookFiles } from '../../support/run-playbook.js';

jest.setTimeout(60_000);

/** Lookups are synchronous: a server in this very thread could not answer. */
let worker: Worker;
let base: string;
beforeAll(async () => {
  worker = new Worker(
    `const { createServer } = require('node:http');
     const { parentPort } = require('node:worker_threads');
     createServer((request, response) => {
       if (request.url === '/none') response.writeHead(404).end();
       else if (request.url === '/who') response.end(String(request.headers.authorization) + ' ' + request.headers['x-a']);
       else response.end('one\\ntwo\\n');
     }).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port); });`,
    { eval: true },
  );
  base = `http://127.0.0.1:${await new Promise((done) => worker.once('message', done))}`;
});
afterAll(() => worker.terminate());

async function values(expressions: Readonly<Record<string, string>>, files: Record<string, string> = {}) {
  const vars = Object.entries(expressions).map(([name, text]) => `    ${name}: "{{ ${text} }}"\n`);
  const show = Object.keys(expressions).map((name) => `${name}: "{{ ${name} }}"`);
  const { hosts, refused } = await runPlaybookFiles({
    files: {
      'hosts.ini': 'h ansible_connection=local\n[web]\nw1\nw2\n',
      'playbook.yml': `- hosts: h\n  gather_facts: false\n  vars:\n${vars.join('')}  tasks:\n    - debug: {msg: {${show.join(', ')}}}\n`,
      ...files,
    },
  });
  expect(refused).toEqual([]);
  const [first] = hosts.h ?? [];
  expect(first?.status).toBe('ok');
  return first?.result.msg;
}

test('tables, addresses and hosts are looked up in a play', async () => {
  expect(
    await values(
      {
        port: "lookup('ini', 'port', section='web', file='x.ini')",
        full: "lookup('ansible.builtin.csvfile', 'ann', file='u.csv', delimiter=',')",
        lines: `lookup('url', '${base}/', wantlist=True)`,
        whole: `lookup('ansible.builtin.url', '${base}/', split_lines=False)`,
        who: `lookup('url', '${base}/who', username='me', password='p', headers={'X-A': '1'})`,
        hosts: "query('inventory_hostnames', 'all:!h')",
        pairs: "q('community.general.cartesian', [1, 2], ['a'])",
        flat: "lookup('community.general.flattened', [1, [2, [3]]], wantlist=True)",
        lost: `lookup('url', '${base}/none', errors='ignore') | default('none', true)`,
        several: `query('url', '${base}/none', errors='warn')`,
      },
      { 'files/x.ini': '[web]\nport = 80\n', 'files/u.csv': 'ann,30\n' },
    ),
  ).toEqual({
    port: '80',
    full: '30',
    lines: ['one', 'two'],
    whole: 'one\ntwo\n',
    who: `Basic ${btoa('me:p')} 1`,
    hosts: ['w1', 'w2'],
    pairs: [
      [1, 'a'],
      [2, 'a'],
    ],
    flat: [1, 2, 3],
    lost: 'none',
    several: [],
  });
});

test.each([
  ['an answer that is an error', "lookup('url', 'BASE/none')", /HTTP Error 404/],
  ['an address that is no web address', "lookup('url', 'file:///etc/passwd')", /neither http nor https/],
  ['an option that is none', "lookup('url', 'BASE/', ciphers='x')", /no option ciphers/],
  ['a lookup that is refused', "lookup('config', 'DEFAULT_FORKS')", /no lookup config/],
])('%s fails', async (_title, expression, message) => {
  const { hosts } = await runPlaybookFiles({
    files: {
      'hosts.ini': 'h ansible_connection=local\n',
      'playbook.yml': `- hosts: h\n  gather_facts: false\n  tasks:\n    - debug: {msg: "{{ ${expression.replace('BASE', base)} }}"}\n`,
    },
  });
  expect([hosts.h?.[0]?.status, String(hosts.h?.[0]?.result.msg)]).toEqual(['failed', expect.stringMatching(message)]);
});

test('loops by the names of lookups', async () => {
  const { hosts, refused } = await runPlaybookFiles({
    files: {
      'hosts.ini': 'h ansible_connection=local\n[web]\nw1\nw2\n',
      'playbook.yml': `- hosts: h
  gather_facts: false
  tasks:
    - debug: {msg: "{{ item }}"}
      with_inventory_hostnames: ['all:!h']
    - debug: {msg: "{{ item[0] }}{{ item[1] }}"}
      with_cartesian: [[1, 2], [a]]
`,
    },
  });
  expect(refused).toEqual([]);
  expect(hosts.h?.map(({ result }) => (result.results as { msg: string }[]).map(({ msg }) => msg))).toEqual([
    ['w1', 'w2'],
    ['1a', '2a'],
  ]);
});
