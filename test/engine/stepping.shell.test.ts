import { localHosts, runPlaybookFiles } from '../support/run-playbook.js';

const playbook = `
- hosts: all
  gather_facts: false
  handlers:
    - { name: told, debug: {} }
  tasks:
    - { name: one, command: 'true', notify: told }
    - meta: noop
    - { name: two, debug: {} }
    - { name: three, debug: {} }
    - { name: four, debug: {} }
`;
const files = { 'hosts.ini': localHosts(['h1', 'h2']), 'playbook.yml': playbook };
const question = (what: string, settled: number) => `Perform task: ${what} (N)o/(y)es/(c)ontinue: after ${settled}`;

const done = async (answers: readonly string[]) => {
  const run = await runPlaybookFiles({ files, answers, step: true });
  const tasks = Object.values(run.hosts).map((records) => records.map(({ task }) => task).join(' '));
  return { tasks, questions: run.questions };
};

test('--step asks before each task, once for all hosts, when all before it is done; no leaves it out', async () => {
  const { tasks, questions } = await done(['y', 'n', 'YES', '', 'y']);
  expect(tasks).toEqual(['one three told', 'one three told']);
  expect(questions).toEqual([
    question('TASK: one', 0),
    question('TASK: two', 2),
    question('TASK: three', 2),
    question('TASK: four', 4),
    question('HANDLER: told', 4),
  ]);
});

test('c does the task and all that follow without asking', async () => {
  const { tasks, questions } = await done(['n', 'c']);
  expect(tasks).toEqual(['two three four', 'two three four']);
  expect(questions).toHaveLength(2);
});
