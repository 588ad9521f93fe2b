import { localHosts, runPlaybookFiles } from '../support/run-playbook.js';

const run = (playbook: unknown) =>
  runPlaybookFiles({ files: { 'hosts.ini': localHosts(['h1']), 'playbook.yml': JSON.stringify(playbook) } });

describe('what the engine cannot do is refused before anything runs', () => {
  test.each(['end_role'])('meta: %s', async (action) => {
    const { refused, hosts } = await run([
      { hosts: 'h1', gather_facts: false, tasks: [{ command: 'true' }, { meta: action }] },
    ]);
    expect(refused.join('\n')).toContain(action);
    expect(hosts).toEqual({});
  });
});
