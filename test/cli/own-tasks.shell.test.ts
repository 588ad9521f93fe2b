import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { localHosts, runPlaybookFiles } from '../support/run-playbook.js';

jest.setTimeout(60_000);

const page = readFileSync(fileURLToPath(new URL('../../docs/own-tasks.md', import.meta.url)), 'utf8');
const block = (language: string): string => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';
const worked = block('ts');

const play = (tasks: string): string =>
  `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
const run = (files: Record<string, string>, args: readonly string[] = []) =>
  runPlaybookFiles({ files: { 'hosts.ini': localHosts(['h']), ...files }, args });
const task = (more: string, name = 'mine'): string => `
import { defineTask, flag, program, sh, text } from 'kprov/task';
export const one = defineTask({
  name: '${name}', summary: 'Mine.', parameters: { word: text('A word.', { required: true }), loud: flag('Loud.') },
  returns: {}, example: '- mine: {word: x}', inCheckMode: 'predicts',
  compile: (args) => program(sh\`kp_set msg \${args.word}\`), ${more}
});`;

test('the example of the documentation runs: it changes, then it does not, and a dry run foretells it', async () => {
  const files = { 'playbook.yml': block('yaml'), 'library/motd_line.ts': worked };
  const motd = ['-e', 'motd=WORK/out/motd'];
  const dry = await run(files, [...motd, '--check']);
  expect([dry.refused, dry.hosts.h?.[0]?.status, dry.files]).toEqual([[], 'changed', {}]);
  const real = await run(files, motd);
  expect([real.refused, real.files]).toEqual([[], { motd: 'Managed by kprov.\n' }]);
  expect(real.hosts.h?.map(({ status, result }) => [status, result.lines ?? result.msg])).toEqual([
    ['changed', 1],
    ['ok', '1 lines'],
  ]);
  const twice = await run({ ...files, 'out/motd': 'first\nManaged by kprov.\n' }, motd);
  expect([twice.hosts.h?.[0]?.status, twice.hosts.h?.[0]?.result.lines]).toEqual(['ok', 2]);
});

test('values are quoted whatever is in them', async () => {
  const odd = `$(id) \`id\` '"\\ $HOME -n`;
  const { hosts } = await run({
    'library/mine.ts': task(''),
    'playbook.yml': play(`- mine: {word: ${JSON.stringify(odd)}}`),
  });
  expect(hosts.h?.[0]?.result.msg).toBe(odd);
});

test('a role has tasks of its own, helpers are imported, and JavaScript will do', async () => {
  const { refused, hosts } = await run({
    'playbook.yml': '- hosts: all\n  gather_facts: false\n  roles: [web]\n',
    'roles/web/tasks/main.yml': '- shout: {word: hey}\n',
    'roles/web/library/shout.js': `import { defineTask, program, sh, text } from 'kprov/task';
import { loud } from './lib/loud.ts';
export const shout = defineTask({ name: 'shout', summary: 'Shouts.', parameters: { word: text('A word.') }, returns: {},
  example: '', inCheckMode: 'predicts', compile: ({ word }) => program(sh\`kp_set msg \${loud(word)}\`) });`,
    'roles/web/library/lib/loud.ts': 'export const loud = (word: string): string => word.toUpperCase();',
  });
  expect([refused, hosts.h?.[0]?.result.msg]).toEqual([[], 'HEY']);
});

test.each([
  ['while it is compiled', `compile: (args) => { throw new TypeError('boom ' + args.word); }`],
  [
    'after a step',
    `compile: (args) => program(sh\`:\`, { next: () => { throw new TypeError('boom ' + args.word); } })`,
  ],
  ['of a report', `interpret: (report, args) => { throw new TypeError('boom ' + args.word); }`],
])('what it throws %s is its failure alone', async (_when, more) => {
  const { hosts } = await run({
    'library/mine.ts': task(more),
    'playbook.yml': play('- mine: {word: x}\n  ignore_errors: true\n- debug: {msg: here}'),
  });
  const [failed, next] = hosts.h ?? [];
  expect([failed?.status, next?.result.msg]).toEqual(['failed', 'here']);
  expect(failed?.result.msg).toMatch(/library\/mine\.ts threw TypeError: boom x$/);
  expect(failed?.result.exception).toMatch(/TypeError: boom x\n {4}at /);
});

test('its arguments are checked at load, with a suggestion', async () => {
  const { refused } = await run({ 'library/mine.ts': task(''), 'playbook.yml': play('- mine: {wrod: x}') });
  expect(refused.join('\n')).toMatch(/wrod/);
});

test.each<[string, Record<string, string>, RegExp]>([
  ['a syntax error', { 'library/bad.ts': 'export const = 1;' }, /own-task-broken: .*"="/],
  ['a file that throws', { 'library/bad.ts': "throw new Error('not today');" }, /own-task-broken: not today/],
  ['an import that is not there', { 'library/bad.ts': "import './none.js';" }, /own-task-broken: .*none\.js/],
  ['a file without a task', { 'library/bad.ts': 'export const x = 1;' }, /no-task/],
  ['a name that kprov has', { 'library/bad.ts': task('', 'copy') }, /task-exists: there is a task copy in kprov/],
  [
    'a name used twice',
    { 'library/a.ts': task(''), 'library/b.ts': task('') },
    /task-exists: there is a task mine in .*a\.ts/,
  ],
  ['a name that is none', { 'library/bad.ts': task('', 'My-Task') }, /bad-task: the task My-Task: `name` must be/],
  [
    'what a declaration lacks',
    {
      'library/bad.js':
        "import { defineTask } from 'kprov/task'; export const t = defineTask({ name: 't', parameters: { a: 1 } });",
    },
    /`summary` must[\s\S]*parameter `a` must be made with[\s\S]*`inCheckMode` must be[\s\S]*`compile` must be/,
  ],
])('%s is reported before anything runs', async (_title, files, expected) => {
  const { refused, hosts } = await run({ ...files, 'playbook.yml': play('- ping:') });
  expect(refused.join('\n')).toMatch(expected);
  expect(hosts).toEqual({});
});

test('what one run has brought, another does not know', async () => {
  await run({ 'library/mine.ts': task(''), 'playbook.yml': play('- mine: {word: x}') });
  expect((await run({ 'playbook.yml': play('- mine: {word: x}') })).refused.join('\n')).toMatch(/unknown-task/);
});
