import { localHosts, runPlaybookFiles, type TaskRecord } from '../support/run-playbook.js';

const saying = (msg: string) => ({ debug: { msg } });

const run = (tasks: unknown, files: Record<string, string> = {}, strategy = 'free') =>
  runPlaybookFiles({
    files: {
      'hosts.ini': localHosts(['h1', 'h2']),
      'playbook.yml': JSON.stringify([{ hosts: 'all', gather_facts: false, strategy, tasks }]),
      'roles/r/tasks/main.yml': '- debug: msg=role\n',
      ...files,
    },
  });

const said = (records: readonly TaskRecord[] = []): unknown[] =>
  records.filter(({ action, status }) => action === 'debug' && status === 'ok').map(({ result }) => result.msg);

const guarded = (include: object) => [
  saying('before'),
  { block: [include], rescue: [saying('rescued')], always: [saying('always')] },
  saying('after'),
];

describe('what cannot be read as tasks ends the run, whatever would be rescued', () => {
  test.each([
    ['broken YAML', '- debug: {\n', 'yaml-syntax'],
    ['an unknown action', '- wrong.wrong.wrong: {a: b}\n', 'unknown-task'],
    ['an unknown keyword', '- debug: msg=1\n  wheen: false\n', 'unknown-keyword'],
    ['two actions', '- debug: msg=1\n  command: "true"\n', 'two-actions'],
    ['an include without a file', '- include_tasks:\n', 'missing-parameter: No file specified for include_tasks'],
    ['a role without a name', '- ansible.builtin.include_role:\n', "missing-parameter: 'name' is a required field"],
  ])('%s', async (_, content, code) => {
    const { refused, hosts } = await run(guarded({ include_tasks: 'inner.yml', ignore_errors: true }), {
      'inner.yml': content,
    });
    expect(refused.join('\n')).toContain(code);
    expect([...new Set([...said(hosts.h1), ...said(hosts.h2)])]).toEqual(['before']);
  });

  test.each(['free', 'linear'])('strategy %s: hosts that do not include it end with the run', async (strategy) => {
    const { refused, hosts } = await run(
      [
        saying('before'),
        { include_tasks: 'inner.yml', when: "inventory_hostname == 'h1'" },
        { wait_for: { path: '/nowhere/at/all', timeout: 5, sleep: 1 }, when: "inventory_hostname == 'h2'" },
        saying('after'),
      ],
      { 'inner.yml': 'a: {' },
      strategy,
    );
    expect(refused).toHaveLength(1);
    expect([said(hosts.h1), said(hosts.h2)]).toEqual([['before'], ['before']]);
  });

  test('a part of a role that is not there', async () => {
    const { refused, hosts } = await run(guarded({ include_role: { name: 'r', tasks_from: 'nothing' } }));
    expect(refused.join('\n')).toContain('missing-file: role `r` has no tasks/nothing');
    expect(said(hosts.h1)).not.toContain('rescued');
  });

  test('it does not where a task before it has failed', async () => {
    const { refused, hosts } = await run(
      [{ block: [{ command: 'false' }, { include_tasks: 'inner.yml' }], rescue: [saying('rescued')] }],
      { 'inner.yml': '- debug: {\n' },
    );
    expect(refused).toEqual([]);
    expect([said(hosts.h1), said(hosts.h2)]).toEqual([['rescued'], ['rescued']]);
  });
});

describe('what a rescue may have', () => {
  test.each([
    ['a file that is not there', { include_tasks: 'nowhere.yml' }, ''],
    ['a role that is not there', { include_role: { name: 'nobody' } }, ''],
    ['a file that is no list', { include_tasks: 'inner.yml' }, 'a: b\n'],
    ['an import in the file that is not there', { include_tasks: 'inner.yml' }, '- import_tasks: nowhere.yml\n'],
    ['wrong arguments in the file', { include_tasks: 'inner.yml' }, '- debug: {verbosity: high}\n'],
  ])('%s', async (_, include, content) => {
    const { refused, hosts } = await run(guarded(include), { 'inner.yml': content });
    expect(refused).toEqual([]);
    expect(said(hosts.h2)).toEqual(['before', 'rescued', 'always', 'after']);
  });

  test('wrong arguments in an included file are the failure of the hosts that include it', async () => {
    const { refused, hosts } = await run(
      [{ include_tasks: 'inner.yml', when: "inventory_hostname == 'h1'" }, saying('after')],
      { 'inner.yml': '- debug: {verbosity: high}\n' },
    );
    expect(refused).toEqual([]);
    expect([said(hosts.h1), said(hosts.h2)]).toEqual([[], ['after']]);
  });
});
