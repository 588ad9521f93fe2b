import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { readBed } from '../lab/bed.js';
import { kprov } from '../support/kprov.js';
import { putFiles } from '../support/task-cases.js';

jest.setTimeout(120_000);

const bed = readBed();
const onHost = (script: string): string =>
  execFileSync('ssh', ['-F', bed.sshConfigFile, 'node1', script], { encoding: 'utf8' });
const traces = (): string =>
  onHost('ls -la --time-style=+ /tmp /var/tmp /home/vagrant /home/ops /root | grep -v systemd-; exit 0');

/** Who runs it, in what directory it lies, and what it was given, in three languages and two ways of passing arguments. */
const modules = {
  'library/of_sh': `#!/bin/sh
. "$1"
printf '{"changed": true, "user": "%s", "home": "%s", "folder": "%s", "given": "%s"}' \\
  "$(id -un)" "$HOME" "$(stat -c '%U %a' "$\{0%/*}")" "$(printf %s "$word" | od -An -tx1 | tr -d ' \\n')"
`,
  'library/of_perl.pl': `#!/usr/bin/perl
# WANT_JSON
open(my $f, '<', $ARGV[0]); local $/; my $text = <$f>;
$text =~ /"word":\\s*"((?:[^"\\\\]|\\\\.)*)"/; my $word = $1;
print "noise before\\n", '{"changed": false, "user": "' . getpwuid($>) . '", "given": "' . $word . '"}', "\\n";
`,
  'library/of_bash': `#!/bin/bash
. "$1"
[[ $word == odd* ]] && printf '{"user": "%s", "version": "%s"}' "$USER" "$\{BASH_VERSINFO[0]}"
`,
  'library/large': `#!/bin/sh\n${`# ${'x'.repeat(1022)}\n`.repeat(1100)}printf '{"user": "%s"}' "$(id -un)"\n`,
  'library/of_python.py': '#!/usr/bin/python\n# WANT_JSON\nprint(\'{"changed": true}\')\n',
  'library/refuses': `#!/bin/sh\necho '{"failed": true, "msg": "not by '"$(id -un)"'"}'\nexit 3\n`,
};
const odd = 'odd "it\'s" $(id) `id` \\n;|& é';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kprov-'));
  putFiles(
    folder,
    Object.fromEntries(Object.entries(modules).map(([name, content]) => [name, { content, mode: 0o755 }])),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Result {
  status: string;
  value: Record<string, unknown>;
}

/** Results on node1, where vagrant logs in. */
async function play(tasks: readonly object[], keywords: object = {}): Promise<Result[]> {
  const book = [
    {
      hosts: 'node1',
      gather_facts: false,
      remote_user: 'vagrant',
      vars: { ansible_user: 'vagrant', odd },
      ...keywords,
      tasks,
    },
  ];
  putFiles(folder, { 'site.yml': JSON.stringify(book) });
  const { stdout, stderr } = await kprov([
    'run',
    '-i',
    bed.inventoryFile,
    '--output',
    'json',
    join(folder, 'site.yml'),
  ]);
  const results = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { type: string; result: Result })
    .filter(({ type }) => type === 'task-finished')
    .map(({ result }) => result);
  if (results.length === 0) throw new Error(stderr);
  return results;
}

const hex = Buffer.from(odd).toString('hex');

test.each<[string, object, Record<string, string>]>([
  ['whoever logs in', {}, { user: 'vagrant', home: '/home/vagrant' }],
  ['root', { become: true }, { user: 'root', home: '/root' }],
  ['a user without rights', { become: true, become_user: 'ops' }, { user: 'ops', home: '/home/ops' }],
  ['nobody, who has no home', { become: true, become_user: 'nobody' }, { user: 'nobody' }],
])('a module of shell runs as %s, in a directory of that user alone, and leaves nothing', async (_, keywords, who) => {
  const before = traces();
  const [result] = await play([{ of_sh: { word: '{{ odd }}' } }], keywords);
  expect(result).toMatchObject({ status: 'changed', value: { ...who, given: hex, folder: `${who.user} 700` } });
  expect(traces()).toBe(before);
});

test('modules of other languages do, each run by what its first line names', async () => {
  const results = await play([{ of_perl: { word: '{{ odd }}' } }, { of_bash: { word: 'odd' } }], {
    become: true,
    become_user: 'ops',
  });
  expect(results).toMatchObject([
    { status: 'ok', value: { user: 'ops', given: odd } },
    { status: 'ok', value: { version: expect.stringMatching(/^\d+$/) } },
  ]);
});

test('one that is sent as a file of its own is readable for the user that it runs as, and removed', async () => {
  const before = traces();
  const results = await play([
    { large: {} },
    { large: {}, become: true, become_user: 'ops' },
    { large: {}, become: true },
  ]);
  expect(results.map(({ value }) => value.user)).toEqual(['vagrant', 'ops', 'root']);
  expect(traces()).toBe(before);
});

test('in the background, too, as another user', async () => {
  const [result] = await play([{ of_sh: { word: 'x' }, async: 30, poll: 1, become: true, become_user: 'ops' }]);
  expect(result).toMatchObject({ status: 'changed', value: { user: 'ops', given: '78' } });
});

test('a host without Python runs all of these, and says so where a module is Python', async () => {
  expect(onHost('command -v python python3 || echo none')).toBe('none\n');
  const [result] = await play([{ of_python: {} }], { become: true });
  expect(result?.status).toBe('failed');
  expect(String(result?.value.msg)).toContain('is Python, and there is no Python on this host');
});

test('a failure of its own is told with its words', async () => {
  const [result] = await play([{ refuses: {} }], { become: true, become_user: 'ops' });
  expect(result).toMatchObject({ status: 'failed', value: { msg: 'not by ops' } });
});

test('what is delegated runs on the other host, as the user there', async () => {
  const [result] = await play([{ of_sh: { word: 'x' }, delegate_to: 'node2', become: true }]);
  expect(result).toMatchObject({ status: 'changed', value: { user: 'root' } });
});
