import { kprov } from '../support/kprov.js';

test.each(['up', 'reset'])('the built program finds the playbook of kprov %s', async (command) => {
  const { code, stdout, stderr } = await kprov([command, '-i', 'one,', '--list-tasks'], { cwd: '/' });
  expect({ code, said: stdout + stderr }).toEqual({
    code: 0,
    said: expect.stringMatching(/playbook: \S+\/playbooks\/(cluster|reset)\.yml\n/),
  });
});
