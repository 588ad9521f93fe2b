import { localHosts, runPlaybookFiles } from '../support/run-playbook.js';

const resultOf = async (task: object) => {
  const tasks = [{ ...task, ignore_errors: true }];
  const { hosts } = await runPlaybookFiles({
    files: {
      'hosts.ini': localHosts(['h1']),
      'playbook.yml': JSON.stringify([{ hosts: 'h1', gather_facts: false, tasks }]),
      'broken.j2': 'first\n{{ 5 / 0 }}\n',
    },
  });
  return hosts.h1?.[0]?.result;
};

const zero = 'TemplateError: division by zero';

describe('`exception` says what a template came to grief over, and where', () => {
  test.each([
    ['an argument', { debug: { msg: 'a {{ 5 / 0 }}' } }, `${zero}\n  line 1, column 8 of the text`],
    ['a condition', { debug: {}, when: '5 / 0 == 1' }, `${zero}\n  line 1, column 3 of the text`],
    ['a loop', { debug: {}, loop: '{{ [1, 5 / 0] }}' }, `${zero}\n  line 1, column 10 of the text`],
    [
      'a file',
      { template: { src: 'broken.j2', dest: 'out/x' } },
      expect.stringMatching(/^TemplateError.*line 2, column 6 of .*broken.j2$/s),
    ],
  ])('%s', async (_, task, exception) => {
    expect(await resultOf(task)).toMatchObject({ failed: true, exception });
  });

  test('a variable that is not there is no such grief, nor is a failure of the host', async () => {
    expect(await resultOf({ debug: { msg: '{{ nobody }}' } })).not.toHaveProperty('exception');
    expect(await resultOf({ command: 'false' })).not.toHaveProperty('exception');
  });
});
