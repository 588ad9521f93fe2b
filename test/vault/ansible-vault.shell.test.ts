import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { runMain } from '../cli/run-main.js';

jest.setTimeout(180_000);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kprov-vault-test-'));
  for (const [name, text] of [
    ['one', 'first password\n'],
    ['two', 'zweites Paßwort'],
  ]) {
    writeFileSync(join(directory, name ?? ''), text ?? '');
  }
  writeFileSync(
    join(directory, 'pass-client.sh'),
    '#!/bin/sh\n[ "$1" = --vault-id ] || exit 1\n[ "$2" = dev ] || exit 2\necho from-client\n',
  );
  writeFileSync(join(directory, 'script'), '#!/bin/sh\necho from-script\n');
  for (const name of ['pass-client.sh', 'script']) chmodSync(join(directory, name), 0o755);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const path = (name: string): string => join(directory, name);
const put = (name: string, text: string | Uint8Array): void => writeFileSync(path(name), text);
const read = (name: string): string => readFileSync(path(name), 'utf8');
const ansible = (...args: string[]): string =>
  execFileSync('ansible-vault', args, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

async function kprov(...args: string[]): Promise<string> {
  const { code, text } = await runMain(['vault', ...args], directory);
  if (code !== 0) throw new Error(text);
  return text;
}

const text = 'password: hunter22\nother: "ü {{ x }}"\n';
const sources: readonly [string, string[]][] = [
  ['a file', ['--vault-password-file', 'one']],
  ['a file with an id', ['--vault-id', 'dev@two']],
  ['a script', ['--vault-id', 'script']],
  ['a client script, which is told the id', ['--vault-id', 'dev@pass-client.sh']],
  ['one of several ids', ['--vault-id', 'dev@two', '--vault-id', 'prod@one', '--encrypt-vault-id', 'prod']],
];

test.each(sources)('what kprov encrypts with the password of %s, ansible-vault decrypts', async (_, args) => {
  put('a', text);
  await kprov('encrypt', ...args, 'a');
  expect(read('a')).toMatch(/^\$ANSIBLE_VAULT;1\.[12];AES256/);
  expect(statSync(path('a')).mode & 0o777).toBe(0o600);
  const opening = args.filter(
    (word, index) => word !== '--encrypt-vault-id' && args[index - 1] !== '--encrypt-vault-id',
  );
  ansible('decrypt', ...opening, 'a');
  expect(read('a')).toBe(text);
});

test.each(sources)('what ansible-vault encrypts with the password of %s, kprov decrypts', async (_, args) => {
  put('b', text);
  ansible('encrypt', ...args, 'b');
  const opening = args.filter(
    (word, index) => word !== '--encrypt-vault-id' && args[index - 1] !== '--encrypt-vault-id',
  );
  expect(await kprov('view', ...opening, 'b')).toBe(text);
  await kprov('decrypt', ...opening, 'b', '--output', 'plain');
  expect(read('plain')).toBe(text);
});

test('bytes that are no text come through both ways', async () => {
  const bytes = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
  put('c', bytes);
  await kprov('encrypt', '--vault-id', 'one', 'c');
  ansible('decrypt', '--vault-id', 'one', 'c');
  ansible('encrypt', '--vault-id', 'one', 'c');
  await kprov('decrypt', '--vault-id', 'one', 'c');
  expect(readFileSync(path('c')).equals(bytes)).toBe(true);
});

test('rekey: the new password opens it in both, the old one in neither, and the mode stays', async () => {
  put('d', text);
  ansible('encrypt', '--vault-id', 'one', 'd');
  chmodSync(path('d'), 0o640);
  await kprov('rekey', '--vault-id', 'one', '--new-vault-id', 'dev@two', 'd');
  expect(read('d')).toContain(';1.2;AES256;dev\n');
  expect(statSync(path('d')).mode & 0o777).toBe(0o640);
  expect(ansible('view', '--vault-id', 'dev@two', 'd')).toBe(text);
  await expect(kprov('view', '--vault-id', 'one', 'd')).rejects.toThrow('wrong-vault-password');
  await kprov('rekey', '--vault-id', 'dev@two', '--new-vault-password-file', 'one', 'd');
  expect(ansible('view', '--vault-id', 'one', 'd')).toBe(text);
});

test('edit: what the editor made of it is encrypted with the same password and id', async () => {
  put('e', text);
  ansible('encrypt', '--vault-id', 'dev@two', 'e');
  const before = read('e');
  put('editor', '#!/bin/sh\ncase $(ls -ld "$(dirname "$1")") in drwx------*) ;; *) exit 1 ;; esac\necho more >>"$1"\n');
  chmodSync(path('editor'), 0o755);
  const editor = process.env.EDITOR;
  try {
    process.env.EDITOR = 'true';
    await kprov('edit', '--vault-id', 'two', 'e');
    expect(read('e')).toBe(before);
    process.env.EDITOR = path('editor');
    await kprov('edit', '--vault-id', 'dev@two', 'e');
    await kprov('create', '--vault-id', 'one', 'f');
    process.env.EDITOR = 'false';
    await expect(kprov('edit', '--vault-id', 'dev@two', 'e')).rejects.toThrow('nothing was written');
  } finally {
    if (editor === undefined) delete process.env.EDITOR;
    else process.env.EDITOR = editor;
  }
  expect(read('e')).toContain(';dev\n');
  expect(ansible('view', '--vault-id', 'dev@two', 'e')).toBe(`${text}more\n`);
  expect(ansible('view', '--vault-id', 'one', 'f')).toBe('more\n');
  await expect(kprov('create', '--vault-id', 'one', 'f')).rejects.toThrow("please use 'edit' instead");
});

test('encrypt_string gives what Ansible and kprov read in a file of variables', async () => {
  const yaml = await kprov(
    'encrypt_string',
    '--vault-id',
    'dev@two',
    'it is {{ raw }}',
    '12',
    '--name',
    'a',
    '--name',
    'b',
  );
  const [values] = [
    yaml
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .join('\n'),
  ];
  put('vars.yml', values ?? '');
  const args = ['-i', 'localhost,', '-c', 'local', '--vault-id', 'dev@two', 'p.yml'];
  put(
    'p.yml',
    `- hosts: all
  gather_facts: no
  vars_files: vars.yml
  tasks:
  - assert: {that: ["a == 'it is {' ~ '{ raw }}'", "b == '12'", "b|int + 1 == 13", "(a ~ b)|length == 17"]}
`,
  );
  execFileSync('ansible-playbook', args, { cwd: directory, stdio: 'pipe' });
  const { code, text: said } = await runMain(['playbook', ...args], directory);
  expect([code, said]).toEqual([0, expect.stringContaining('ok=1')]);
});

test.each([
  ['an encrypted file again', ['encrypt', '--vault-id', 'one', 'g'], 'input is already encrypted'],
  ['a plain file', ['decrypt', '--vault-id', 'one', 'one'], 'not-vaulted'],
  [
    'with one of several passwords, unnamed',
    ['encrypt', '--vault-id', 'a@one', '--vault-id', 'b@two', 'one'],
    'available to encrypt',
  ],
  [
    'with an id that was not given',
    ['encrypt', '--vault-id', 'a@one', '--encrypt-vault-id', 'z', 'one'],
    'Did not find a match',
  ],
  ['with a file that is not there', ['view', '--vault-id', 'nowhere', 'g'], 'was not found'],
  [
    'with a client script that does not know the id',
    ['view', '--vault-id', 'prod@pass-client.sh', 'g'],
    'it knows no vault id prod',
  ],
  ['with an id that holds ;', ['view', '--vault-id', 'a;b@one', 'g'], 'is no vault id'],
  ['without a password and a terminal', ['view', 'g'], 'there is no terminal to ask'],
  ['two files into one', ['encrypt', '--vault-id', 'one', '--output', 'x', 'one', 'two'], 'At most one input file'],
])('refused: %s', async (_, args, message) => {
  put('g', text);
  ansible('encrypt', '--vault-id', 'one', 'g');
  await expect(kprov(...args)).rejects.toThrow(message);
});
