import { runPlaybookFiles } from '../../support/run-playbook.js';

// Nothing listens on port 1.
const inventory = 'h1 ansible_connection=local\nbad ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=1\n';

const run = (playbook: unknown) =>
  runPlaybookFiles({ files: { 'hosts.ini': inventory, 'playbook.yml': JSON.stringify(playbook) }, args: ['-T', '2'] });

const task = { name: 'a', command: 'true' };

test('an unreachable host leaves the run; the others go on, into later plays too', async () => {
  const play = { hosts: 'all', gather_facts: false, tasks: [task] };
  const { recap, hosts } = await run([play, play]);
  expect(recap.bad).toMatchObject({ unreachable: 1, ok: 0, failed: 0 });
  expect(recap.h1).toMatchObject({ ok: 2, unreachable: 0 });
  expect(hosts.bad?.map(({ status }) => status)).toEqual(['unreachable']);
});

test('neither rescue nor always runs on a host that cannot be reached', async () => {
  const block = { block: [task], rescue: [{ debug: { msg: 'r' } }], always: [{ debug: { msg: 'a' } }] };
  const { hosts } = await run([{ hosts: 'bad', gather_facts: false, tasks: [block] }]);
  expect(hosts.bad?.map(({ status }) => status)).toEqual(['unreachable']);
});

test('with ignore_unreachable the host goes on, and the result says so', async () => {
  const tasks = [
    { ...task, ignore_unreachable: true, register: 'r' },
    { name: 'b', debug: { msg: '{{ r.unreachable }}' } },
  ];
  const { hosts, recap } = await run([{ hosts: 'bad', gather_facts: false, tasks }]);
  expect(hosts.bad?.at(-1)).toMatchObject({ task: 'b', status: 'ok', result: { msg: true } });
  expect(recap.bad).toMatchObject({ ok: 2, ignored: 1, unreachable: 0 });
});
