import { localHosts, runPlaybookFiles } from '../../support/run-playbook.js';

test('a command that does not end is ended at its deadline, and what stands behind it still runs', async () => {
  const playbook = `
- hosts: all
  gather_facts: false
  tasks:
    - name: hangs
      shell: echo begun; sleep 600
      timeout: 1
      ignore_errors: true
      register: hung
    - name: behind
      debug: {msg: "{{ hung.msg }} {{ hung is timedout }} {{ hung.timedout.period }}"}
`;
  const run = await runPlaybookFiles({ files: { 'playbook.yml': playbook, 'hosts.ini': localHosts(['one']) } });
  const said = run.hosts.one?.find(({ task }) => task === 'behind');
  expect(said?.result.msg).toBe(
    'The shell action failed to execute in the expected time frame (1) and was terminated; its last output, 1 s earlier: begun True 1',
  );
});
