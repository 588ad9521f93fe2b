import { ConnectError, type Transport } from '../../../src/transport/index.js';
import { localHosts, runPlaybookFiles } from '../../support/run-playbook.js';

/** Runs a play and says which connections were asked for before the first of them was there. */
async function dialled(play: object, { isReached = true, args = [] as string[] } = {}) {
  const ahead: string[] = [];
  let isThere = false;
  const wrap = (transport: Transport): Transport => ({
    close: () => transport.close(),
    connect: async (target, signal) => {
      if (!isThere) ahead.push(target.name);
      // What is asked for later than in this very turn is not asked for ahead.
      await new Promise((resolve) => setImmediate(resolve));
      isThere = true;
      if (!isReached) throw new ConnectError('connection-refused', `${target.name}: nobody is there`);
      return transport.connect(target, signal);
    },
  });
  const files = {
    'hosts.ini': localHosts(['h1', 'h2', 'h3']),
    'playbook.yml': JSON.stringify([{ hosts: 'all', gather_facts: false, ...play }]),
  };
  const run = await runPlaybookFiles({ files, wrap, args });
  return { ahead, run };
}

const touch = { command: 'true' };
const all = ['h1', 'h2', 'h3'];

test.each<[string, object, string[], string[]]>([
  ['a task that every host needs', { tasks: [touch] }, [], all],
  ['the facts', { gather_facts: true, tasks: [{ debug: {} }] }, [], all],
  ['a task in a block', { tasks: [{ block: [touch] }] }, [], all],
  ['only as many as forks allows', { tasks: [touch] }, ['--forks', '2'], ['h1', 'h2']],
  ['only those that --limit leaves', { tasks: [touch] }, ['--limit', 'h2'], ['h2']],
  ['only those of the first batch', { serial: 1, tasks: [touch] }, [], ['h1']],
])('connections are begun ahead of %s', async (_name, play, args, hosts) => {
  const { ahead, run } = await dialled(play, { args });
  expect(ahead).toEqual(hosts);
  expect(Object.values(run.recap).every(({ unreachable }) => unreachable === 0)).toBe(true);
});

test.each<[string, object, string[]]>([
  ['nothing is done on a host', { tasks: [{ debug: {} }, { set_fact: { a: 1 } }] }, []],
  ['the tasks are left out by tags', { tasks: [{ ...touch, tags: 'a' }] }, ['--tags', 'b']],
  ['the condition does not hold', { tasks: [{ ...touch, when: false }] }, []],
  ['a dry run leaves commands out', { tasks: [touch] }, ['--check']],
])('no host is connected to where %s', async (_name, play, args) => {
  expect((await dialled(play, { args })).ahead).toEqual([]);
});

test('a host that cannot be reached is unreachable at its first task', async () => {
  const { run } = await dialled({ tasks: [{ ...touch, name: 'first' }, touch] }, { isReached: false });
  for (const host of all) {
    expect(run.hosts[host]?.map(({ task, status }) => [task, status])).toEqual([['first', 'unreachable']]);
    expect(run.recap[host]).toMatchObject({ unreachable: 1, ok: 0 });
  }
});
