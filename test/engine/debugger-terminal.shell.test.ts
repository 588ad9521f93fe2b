import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { program } from '../support/kprov.js';
import { workFolder } from '../support/run-playbook.js';
import { isAnsibleHere } from './golden.js';

const playbook = `
- hosts: localhost
  gather_facts: false
  debugger: on_failed
  vars: { word: good, deep: { list: [1, 2], text: "{{ word }}" } }
  tasks:
    - name: wrong variable
      debug: { msg: "{{ nothing }}" }
    - name: wrong value
      command: "test {{ flag }} = yes"
      vars: { flag: "no_" }
    - name: wrong for good
      fail: { msg: too bad }
`;

interface Seen {
  code: number;
  shown: string;
}

/** The program at a pseudo-terminal, its debugger answered. */
function atTerminal(command: readonly string[], answers: readonly string[]): Seen {
  const directory = workFolder({ 'playbook.yml': playbook });
  try {
    const driver = join(process.cwd(), 'test/support/at_terminal.py');
    const env = { ...process.env, TERM: 'dumb', NO_COLOR: '1', ANSIBLE_NOCOLOR: '1', CI: '1' };
    const text = execFileSync('python3', [driver, JSON.stringify([command, answers])], { cwd: directory, env });
    return JSON.parse(text.toString()) as Seen;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const ours = (answers: readonly string[]) =>
  atTerminal([process.execPath, program, 'playbook', 'playbook.yml'], answers);

/** What the debugger was asked and what it said, of lines that print something. */
function printed({ shown }: Seen): string[] {
  // What is typed while a prompt is being made is echoed once more by the terminal.
  const plain = shown.replaceAll('\r', '').replace(/^(.* \(debug\)> )?(p .*)\n\2$/gm, '$1$2');
  const said = plain.split(/^\[localhost\] TASK: (.*) \(debug\)> /m).slice(1);
  return said.flatMap((part, i) => (i % 2 === 1 && part.startsWith('p ') ? [`${said[i - 1]}: ${part.trimEnd()}`] : []));
}

const answers = [
  'p task',
  'p task.args',
  'p host',
  "p task_vars['word']",
  "p task_vars['deep']",
  "task.args['msg'] = '{{ word }}'",
  'p task.args',
  'r',
  "p task_vars['flag']",
  "task_vars['flag'] = 'yes'",
  'u',
  "p task_vars['flag']",
  'p result._result["rc"]',
  'redo',
  'p task.args',
  "p [1, 'a', None, True]",
  "p {'b': 'x' * 50, 'a': ['y' * 40]}",
  'q',
];

(isAnsibleHere() ? test : test.skip)("the debugger at a terminal says what Ansible's says, and quits alike", () => {
  const [kprov, ansible] = [ours(answers), atTerminal(['ansible-playbook', 'playbook.yml'], answers)];
  expect(printed(kprov)).toEqual(printed(ansible));
  expect(printed(kprov)).toHaveLength(12);
  expect([kprov.code, ansible.code]).toEqual([99, 99]);
  expect(kprov.shown).toContain('User interrupted execution');
});

test('the end of the input at a terminal ends the run with exit code 99', () => {
  const { code, shown } = ours([]);
  expect(code).toBe(99);
  expect(shown).not.toContain('wrong value');
});
