import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kprov } from '../support/kprov.js';

const directory = join(dirname(fileURLToPath(import.meta.url)), 'formats');

/** Hosts come in any order: what each says below a heading is brought together. */
function byHost(section: string): string {
  const [heading = '', ...said] = section.split(/\n(?=(?:ok|changed|failed|fatal|skipping): \[)/);
  const hostOf = (text: string): string => /\[(\w+)\]/.exec(text)?.[1] ?? '';
  return [heading, ...said.map((text) => text.trimEnd()).sort((a, b) => hostOf(a).localeCompare(hostOf(b)))].join('\n');
}

/** Without our rows about a failure, blanks at the end of the recap's lines, and a field that came with ansible-core 2.15. */
const comparable = (text: string): string[] =>
  text
    .replaceAll(/^ {4}(?:task {6}|command {3}|exit code|output {4}|cure {6}).*\n/gm, '')
    .replaceAll(/^ +"?false_condition.*\n|"false_condition": "[^"]*", /gm, '')
    .replaceAll(/(\bignored=\d+) +$/gm, '$1')
    .trim()
    .split(/\n\n(?=\S)/)
    .map(byHost);

/** A file of formats/recorded each, made by ansible-playbook 2.14.18 with these settings and options. */
const styles: readonly (readonly [file: string, env: Record<string, string>, options: readonly string[]])[] = [
  ['json', {}, []],
  ['json-pretty', { ANSIBLE_CALLBACK_FORMAT_PRETTY: 'yes' }, ['-v']],
  ['json-flat', { ANSIBLE_CALLBACK_FORMAT_PRETTY: 'no' }, ['-v']],
  ['yaml', { ANSIBLE_CALLBACK_RESULT_FORMAT: 'yaml' }, ['-v']],
  ['yaml-exact', { ANSIBLE_CALLBACK_RESULT_FORMAT: 'yaml', ANSIBLE_CALLBACK_FORMAT_PRETTY: 'no' }, ['-v']],
  ['yaml', { ANSIBLE_STDOUT_CALLBACK: 'yaml' }, ['-v']],
];

const run = (env: Record<string, string>, options: readonly string[] = []) =>
  kprov(['playbook', '-i', 'hosts.ini', 'site.yml', ...options], {
    cwd: directory,
    env: { ANSIBLE_SHOW_CUSTOM_STATS: 'yes', ANSIBLE_CONFIG: '/dev/null', ANSIBLE_FORKS: '1', ...env },
  });

test.each(styles)(
  'results and custom stats read as those of ansible-playbook: %s with %j',
  async (file, env, options) => {
    const { code, stdout } = await run(env, options);
    expect(code).toBe(0);
    const recorded = readFileSync(join(directory, 'recorded', `${file}.txt`), 'utf8');
    expect(comparable(stdout)).toEqual(comparable(recorded));
  },
);

test('without show_custom_stats nothing is said of them', async () => {
  const { stdout } = await run({ ANSIBLE_SHOW_CUSTOM_STATS: 'no' });
  expect(stdout).toContain('PLAY RECAP');
  expect(stdout).not.toContain('CUSTOM STATS');
});

test('JSON output has them in any case, added up', async () => {
  const { stdout } = await run({ ANSIBLE_SHOW_CUSTOM_STATS: 'no' }, ['--output', 'json']);
  const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { customStats?: unknown };
  expect(last.customStats).toMatchObject({ _run: { count: 2, word: 'z' }, n1: { count: 6, once: true } });
});

test.each([
  ['ANSIBLE_CALLBACK_RESULT_FORMAT', 'xml', 'expected json or yaml'],
  ['ANSIBLE_SHOW_CUSTOM_STATS', 'perhaps', 'expected yes or no'],
])('%s=%s is refused by its name', async (name, value, why) => {
  const { code, stderr } = await run({ [name]: value });
  expect(code).toBe(1);
  expect(stderr).toContain(`${name}: ${value}`);
  expect(stderr).toContain(why);
});

test('callbacks that are not there are warned of by name', async () => {
  const { stderr } = await run({ ANSIBLE_STDOUT_CALLBACK: 'dense', ANSIBLE_CALLBACKS_ENABLED: 'profile_tasks,timer' });
  expect(stderr).toContain('[WARNING]: ANSIBLE_STDOUT_CALLBACK: dense is not applied');
  expect(stderr).toContain('[WARNING]: ANSIBLE_CALLBACKS_ENABLED: profile_tasks,timer is not applied');
  const usual = await run({ ANSIBLE_STDOUT_CALLBACK: 'default', ANSIBLE_CALLBACKS_ENABLED: 'profile_tasks' });
  expect(usual.stderr).not.toContain('is not applied');
});
