import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runMain } from './run-main.js';

/** A server that only listens: what came on each connection, and whether it was closed. */
interface Seen {
  text: string;
  closed: boolean;
}

let directory: string;
let server: Server;
let port: number;
let seen: Seen[];
const sockets = new Set<Socket>();

// Most of kprov, which is loaded when it is needed: not in the first test's time.
beforeAll(() => import('../../src/cli/commands/converge.js'), 60_000);
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kprov-ahead-'));
  server = createServer((socket) => {
    const one: Seen = { text: '', closed: false };
    seen.push(one);
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      one.closed = true;
    });
    socket.on('data', (chunk) => {
      one.text += chunk.toString('latin1');
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
beforeEach(() => {
  seen = [];
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
  rmSync(directory, { recursive: true });
});

const touch = { command: 'true' };

/** Runs a playbook for hosts n1 and n2, which are the listening server. */
async function run(play: object, args: readonly string[] = [], files: Readonly<Record<string, string>> = {}) {
  const all = {
    'hosts.ini': `n[1:2] ansible_host=127.0.0.1\n[all:vars]\nansible_port=${port}\nansible_ssh_common_args="-F none"\n`,
    'site.yml': JSON.stringify([{ hosts: 'all', gather_facts: false, ...play }]),
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  const result = await runMain(['up', '-i', 'hosts.ini', '--timeout', '1', ...args, 'site.yml'], directory);
  // What the server has not noticed yet it notices now.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return result;
}

const wrong = { nosuchtask: {} };

test('a playbook with errors closes the connections that were dialled meanwhile, and not a byte was sent', async () => {
  const { code, text } = await run({ tasks: [touch, wrong] });
  expect(code).toBe(1);
  expect(text).toContain('nosuchtask');
  expect(seen).toEqual([
    { text: '', closed: true },
    { text: '', closed: true },
  ]);
});

test('the connections that were dialled ahead are those that are spoken on', async () => {
  await run({ tasks: [touch] });
  expect(seen.slice(0, 2).map(({ text }) => text.slice(0, 8))).toEqual(['SSH-2.0-', 'SSH-2.0-']);
});

test.each<[string, object, string[], number]>([
  ['all hosts of a play that gathers facts', { gather_facts: true, tasks: [{ debug: {} }] }, [], 2],
  ['all hosts of a play whose first task is in a block', { tasks: [{ block: [touch] }] }, [], 2],
  ['only those that --limit leaves', { tasks: [touch] }, ['--limit', 'n2'], 1],
  ['only as many as --forks allows', { tasks: [touch] }, ['--forks', '1'], 1],
  ['only those of its pattern', { hosts: 'all:!n1', tasks: [touch] }, [], 1],
])('before the playbook is checked there are dialled %s', async (_name, play, args, count) => {
  const tasks = 'tasks' in play && Array.isArray(play.tasks) ? play.tasks : [];
  await run({ ...play, tasks: [...tasks, wrong] }, args);
  expect(seen).toHaveLength(count);
});

test.each<[string, object, string[]]>([
  ['the tasks are only listed', { tasks: [touch] }, ['--list-tasks']],
  ['tasks are selected by tags', { tasks: [touch] }, ['--tags', 'a']],
  ['the run begins at a task', { tasks: [touch] }, ['--start-at-task', 'a']],
  ['a dry run leaves the command out', { tasks: [touch] }, ['--check']],
  ['the first task needs no host', { tasks: [{ debug: {} }] }, []],
  ['the first task needs no host by its whole name', { tasks: [{ 'ansible.builtin.set_fact': { a: 1 } }] }, []],
  ['the first task has a condition', { tasks: [{ ...touch, when: 'a is defined' }] }, []],
  ['the first task is for another host', { tasks: [{ ...touch, delegate_to: 'localhost' }] }, []],
  ['the first tasks are those of a role', { roles: ['r'], tasks: [touch] }, []],
  ['the play says how to connect', { connection: 'local', tasks: [touch] }, []],
  ['the play says where the hosts are', { vars: { ansible_port: 1 }, tasks: [touch] }, []],
  ['the play reads variables from files', { vars_files: ['v.yml'], tasks: [touch] }, []],
  ['the hosts come from a template', { hosts: '{{ h }}', tasks: [touch] }, ['-e', 'h=all']],
  ['the command line says where the hosts are, by a template', { tasks: [touch] }, ['-e', 'ansible_port={{ p }}']],
  ['the way leads through another host', { tasks: [touch] }, ['--ssh-common-args', '-J 127.0.0.1:1']],
  ['the hosts are this machine', { tasks: [touch] }, ['-c', 'local']],
  ['the inventory is broken', { tasks: [touch] }, ['-i', 'broken.yml']],
])('nothing is dialled before the playbook is checked where %s', async (_name, play, args) => {
  const tasks = 'tasks' in play && Array.isArray(play.tasks) ? play.tasks : [];
  await run({ ...play, tasks: [...tasks, wrong] }, args, { 'broken.yml': 'all: [' });
  expect(seen).toEqual([]);
});

test('a host that nobody listens on is dialled again, and that says what is wrong', async () => {
  const hosts = 'n1 ansible_host=127.0.0.1 ansible_port=1 ansible_ssh_common_args="-F none"\n';
  const { code, text } = await run({ tasks: [touch] }, [], { 'hosts.ini': hosts });
  expect(code).toBe(4);
  expect(text).toContain('refused');
});
