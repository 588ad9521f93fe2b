import { localHosts, type PlaybookRun, runPlaybookFiles } from '../support/run-playbook.js';

const play = (tasks: string, keywords = '') => `
- hosts: all
  gather_facts: false
  vars: { word: good, list: [1, 2] }
  ${keywords}
  handlers:
    - { name: told, debug: {} }
  tasks:
${tasks}
`;

interface Spec {
  tasks: string;
  keywords?: string;
  answers: readonly string[] | ((question: string) => string | undefined);
  hosts?: readonly string[];
  settings?: Record<string, string>;
}

async function debug({ tasks, keywords, answers, hosts = ['h1'], settings }: Spec) {
  const files = { 'hosts.ini': localHosts(hosts), 'playbook.yml': play(tasks, keywords) };
  const run = await runPlaybookFiles({ files, answers, settings });
  expect(run.refused).toEqual([]);
  return { run, asked: run.questions.map((question) => question.replace(/after \d+$/, '')) };
}

const prompt = (task: string, host = 'h1', kind = 'TASK') => `[${host}] ${kind}: ${task} (debug)> `;
/** What was said to each line that was typed. */
const said = (asked: readonly string[], task: string) =>
  asked.slice(1).map((question) => question.slice(0, -prompt(task).length).trimEnd());
const statuses = (run: PlaybookRun) =>
  Object.fromEntries(
    Object.entries(run.hosts).map(([host, tasks]) => [host, tasks.map(({ task, status }) => `${task} ${status}`)]),
  );

const failing = `
    - { name: wrong, debugger: on_failed, debug: { msg: "{{ nothing }}" } }
    - { name: after, debug: { msg: "{{ word }}" } }`;

test('a failed task is shown, and c goes on with its failure', async () => {
  const { run, asked } = await debug({ tasks: failing, answers: ['c'] });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatch(/^failed: \[h1\]: .*'nothing' is undefined[\s\S]*\n\[h1\] TASK: wrong \(debug\)> $/);
  expect(statuses(run)).toEqual({ h1: ['wrong failed'] });
  expect(run.recap.h1).toMatchObject({ failed: 1, ok: 0 });
});

test('a changed argument counts when the task is done again; the first result counts nowhere', async () => {
  const { run, asked } = await debug({
    tasks: failing,
    answers: ["task.args['msg'] = '{{ word }}'", 'p task.args', 'r'],
  });
  expect(said(asked, 'wrong')).toEqual(['', "{'msg': '{{ word }}'}"]);
  expect(statuses(run)).toEqual({ h1: ['wrong ok', 'after ok'] });
  expect(run.recap.h1).toMatchObject({ ok: 2, failed: 0 });
});

test('task_vars win over every other variable, for this task alone', async () => {
  const { run, asked } = await debug({
    tasks: `
    - { name: wrong, debugger: on_failed, assert: { that: "word == 'better' and list == [1, 5]" }, vars: { word: own } }
    - { name: after, debug: { msg: "{{ word }} {{ list }}" } }`,
    answers: [
      "task_vars['word'] = 'better'",
      "task_vars['list'][1] = 2 + 3",
      "p task_vars['word'], task_vars.list",
      'redo',
    ],
  });
  expect(said(asked, 'wrong').at(-1)).toBe("['better', [1, 5]]");
  expect(statuses(run)).toEqual({ h1: ['wrong ok', 'after ok'] });
  expect(run.hosts.h1?.at(-1)?.result).toMatchObject({ msg: 'good [1, 2]' });
});

test('u takes changed arguments back and shows them with the changed variables', async () => {
  const { asked } = await debug({
    tasks: `
    - { name: wrong, debugger: on_failed, command: "false {{ word }}", register: out }`,
    answers: ["task.args['cmd'] = 'true'", "task_vars['word'] = 'other'", 'u', 'p task.args', 'p task.args.cmd', 'q'],
  });
  expect(said(asked, 'wrong').slice(-2)).toEqual(["{'cmd': 'false other'}", "'false other'"]);
});

test.each([
  ['p task', 'TASK: wrong'],
  ['p task.name', "'wrong'"],
  ['p host', 'h1'],
  ['p host.name', "'h1'"],
  ['p result._result.rc', '1'],
  ['p result._result', expect.stringMatching(/^{'changed': True,\n 'cmd': \['false', '{{ word }}'\],\n[\s\S]*}$/)],
  ['result.is_failed()', 'True'],
  ["p task_vars['templated']", "'{{ word }}'"],
  ['p templated | upper', "'GOOD'"],
  ["p 'out' in task_vars", 'False'],
  ['p list + [3]', '[1, 2, 3]'],
  ['p no_such', "***'no_such' is undefined"],
  ['p 1 +', expect.stringMatching(/^\*\*\*/)],
  ["task.args['a']['b'] = 1", "***there is no 'a'"],
  ['import os', '***not understood: import os; h tells what is'],
  ['h', expect.stringContaining('c[ontinue]')],
])('%s at the debugger', async (line, expected) => {
  const { asked } = await debug({
    tasks: `
    - { name: wrong, debugger: on_failed, command: { argv: ["false", "{% raw %}{{ word }}{% endraw %}"] }, register: out, vars: { templated: "{{ word }}" } }`,
    answers: [line, 'c'],
  });
  expect(said(asked, 'wrong')).toEqual([expected]);
});

test('an empty line repeats the last command', async () => {
  const { asked } = await debug({ tasks: failing, answers: ['p word', '', 'c'] });
  expect(said(asked, 'wrong')).toEqual(["'good'", "'good'"]);
});

test('what a host has said is not expanded when it becomes an argument that way', async () => {
  const { run } = await debug({
    tasks: `
    - { name: says, command: { argv: [echo, "{% raw %}{{ word }}{% endraw %}"] }, register: out }
    - { name: wrong, debugger: on_failed, fail: { msg: "{{ out.stdout }}" }, failed_when: asked is not defined }`,
    answers: ['u', 'p task.args', "task_vars['asked'] = 1", 'u', 'r'],
  });
  expect(run.hosts.h1?.at(-1)?.result).toMatchObject({ msg: '{{ word }}' });
});

test.each([
  ["task.args['msg'] = out.stdout"],
  ["task.args['msg'] = [out.stdout][0] ~ ''"],
  ["task_vars['text'] = out.stdout"],
  ["task_vars['known']['text'] = 1"],
])('what a host has said is data still after %s', async (line) => {
  const { run } = await debug({
    tasks: `
    - { name: says, command: { argv: [echo, "{% raw %}{{ word }}{% endraw %}"] }, register: out }
    - { name: keeps, set_fact: { known: { said: "{{ out.stdout }}", text: x } } }
    - { name: wrong, debugger: on_failed, assert: { that: asked is defined }, vars: { text: x } }
    - { name: after, debugger: always, debug: { msg: "{{ text }} {{ known.said }}" }, vars: { text: x } }`,
    answers: ["task_vars['asked'] = 1", 'r', line, 'r', 'c'],
  });
  expect(run.hosts.h1?.at(-1)?.result.msg).toMatch(/{{ word }}/);
  expect(run.hosts.h1?.at(-1)?.result.msg).not.toMatch(/good/);
});

test('q ends the run: nothing follows on any host, and the run counts as interrupted', async () => {
  const { run } = await debug({
    tasks: `
    - { name: wrong, debugger: on_failed, command: "{{ 'false' if inventory_hostname == 'h1' else 'true' }}" }
    - { name: after, debug: {} }`,
    keywords: 'strategy: linear',
    hosts: ['h1', 'h2'],
    answers: ['q'],
  });
  expect(statuses(run).h1).toEqual(['wrong failed']);
  expect(Object.values(statuses(run)).flat()).not.toContain('after ok');
  expect(run.events).toContainEqual(expect.objectContaining({ message: 'User interrupted execution' }));
});

test('the end of the input ends the run, as with Ansible, and says why', async () => {
  const { run, asked } = await debug({ tasks: failing, answers: [] });
  expect(asked).toHaveLength(1);
  expect(statuses(run)).toEqual({ h1: ['wrong failed'] });
  expect(run.events).toContainEqual(
    expect.objectContaining({ type: 'notice', message: expect.stringContaining('no terminal') }),
  );
});

const tasksOfEveryKind = `
    - { name: fine, debug: {} }
    - { name: left out, debug: {}, when: false }
    - { name: ignored, command: "false", ignore_errors: true }
    - { name: wrong, command: "false" }`;

test.each([
  ['always', {}, ['fine', 'left out', 'ignored', 'wrong']],
  ['never', { ANSIBLE_ENABLE_TASK_DEBUGGER: 'yes' }, []],
  ['on_failed', {}, ['wrong']],
  ['on_unreachable', {}, []],
  ['on_skipped', {}, ['left out']],
  ['on_skipped', { ANSIBLE_ENABLE_TASK_DEBUGGER: 'yes' }, ['left out', 'wrong']],
  ['', { ANSIBLE_ENABLE_TASK_DEBUGGER: 'yes' }, ['wrong']],
  ['', { ANSIBLE_ENABLE_TASK_DEBUGGER: 'yes', ANSIBLE_TASK_DEBUGGER_IGNORE_ERRORS: 'no' }, ['ignored', 'wrong']],
  ["{{ 'on_failed' if word == 'good' else 'never' }}", {}, ['wrong']],
  ['', {}, []],
])('debugger: %s with %j asks about %j', async (keyword, settings, expected) => {
  const { asked } = await debug({
    tasks: tasksOfEveryKind,
    keywords: keyword && `debugger: "${keyword}"`,
    settings,
    answers: ['c', 'c', 'c', 'c'],
  });
  expect(asked.map((question) => /TASK: (.*) \(debug\)> $/.exec(question)?.[1])).toEqual(expected);
});

test('strategy: debug is linear with the debugger', async () => {
  const { run, asked } = await debug({
    tasks: `
    - { name: wrong, command: "false" }
    - { name: after, debug: {} }`,
    keywords: 'strategy: debug',
    hosts: ['h1', 'h2'],
    answers: ["task.args['cmd'] = 'true'", 'r', "task.args['cmd'] = 'true'", 'r'],
  });
  // One host after the other, in the order of their results.
  const prompts = asked.map((question) => question.split('\n').at(-1));
  expect(prompts).toEqual([prompts[0], prompts[0], prompts[2], prompts[2]]);
  expect(new Set(prompts)).toEqual(new Set([prompt('wrong', 'h1'), prompt('wrong', 'h2')]));
  expect(statuses(run)).toEqual({ h1: ['wrong changed', 'after ok'], h2: ['wrong changed', 'after ok'] });
});

test('a host that cannot be reached is tried again', async () => {
  const { run, asked } = await debug({
    tasks:
      '    - { name: lost, debugger: on_unreachable, ping: {}, vars: { ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1 } }',
    answers: ['r', "task_vars['ansible_connection'] = 'local'", 'r'],
  });
  expect(asked.map((question) => question.split(':')[0])).toEqual(['unreachable', 'unreachable', '[h1] TASK']);
  expect(statuses(run)).toEqual({ h1: ['lost ok'] });
  expect(run.recap.h1).toMatchObject({ ok: 1, unreachable: 0 });
});

test('handlers, loops, blocks with rescue and run_once come to the debugger as well', async () => {
  const both = (...lines: string[]): Record<string, string[]> => ({ h1: [...lines], h2: [...lines] });
  const answers = new Map([
    ['each', both("task_vars['item'] = 'true'", 'r')],
    ['in block', both('c')],
    ['once', both("task.args['cmd'] = 'true'", 'r')],
  ]);
  const { run, asked } = await debug({
    tasks: `
    - { name: each, debugger: on_failed, command: "{{ item }}", loop: ["true", "false"], notify: told }
    - block:
        - { name: in block, command: "false" }
      rescue:
        - { name: rescued, debug: {} }
    - { name: once, run_once: true, command: "false" }
    - { meta: flush_handlers }`,
    keywords: 'debugger: on_failed',
    hosts: ['h1', 'h2'],
    // Hosts go on side by side: whose question comes first is open.
    answers: (question) => {
      const [, place = '', task = ''] = /\[(h\d)\] TASK: (.*) \(debug\)> $/.exec(question) ?? [];
      return answers.get(task)?.[place]?.shift();
    },
  });
  expect(asked).toHaveLength(8);
  expect(statuses(run).h1).toEqual(['each changed', 'in block failed', 'rescued ok', 'once changed', 'told ok']);
  expect(statuses(run).h2).toEqual(['each changed', 'in block failed', 'rescued ok', 'told ok']);
});

test('a result that was registered is that of the last time', async () => {
  const { run } = await debug({
    tasks: `
    - { name: wrong, debugger: on_failed, shell: "test -e {{ playbook_dir }}/mark || { touch {{ playbook_dir }}/mark; false; }", register: out }
    - { name: after, debug: { msg: "{{ out.rc }}" } }`,
    answers: ['r'],
  });
  expect(run.hosts.h1?.at(-1)?.result).toMatchObject({ msg: 0 });
});

test('nothing of a task with no_log is shown', async () => {
  const { asked } = await debug({
    tasks: `
    - { name: wrong, debugger: on_failed, no_log: true, shell: "echo {{ secret }}; false", vars: { secret: "top-{{ word }}-hidden" } }`,
    answers: ['p task.args', 'p result._result', "p task_vars['secret'], secret", 'p result._result.stdout', 'c'],
  });
  const text = asked.join('\n');
  expect(text).toContain('no_log');
  expect(text).not.toContain('top-good-hidden');
  expect(said(asked, 'wrong')[0]).toContain('censored');
  expect(said(asked, 'wrong')[1]).toContain('censored');
});

test.each([
  ['assert: { that: "secret == \'x\'" }', 'p secret'],
  ['command: "false {{ item }}", loop: ["{{ secret }}"]', 'p result._result, secret'],
  ['fail: { msg: "{{ secret }}" }', "p task_vars['secret']"],
  ['fail: { msg: "{{ of_secret }}" }', 'p of_secret | upper | lower'],
])('a variable that went into a task with no_log is not shown: %s', async (task, line) => {
  const { asked } = await debug({
    tasks: `
    - { name: wrong, debugger: on_failed, no_log: true, ${task}, vars: { secret: very-hidden, of_secret: "{{ secret }}" } }`,
    answers: [line, 'c'],
  });
  expect(asked).toHaveLength(2);
  expect(asked.join('\n')).not.toContain('very-hidden');
});
