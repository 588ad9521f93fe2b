import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownHosts } from '../../../src/tasks/general/known-hosts.js';
import { editKnownHosts } from '../../../src/tasks/general/known-hosts-edit.js';
import { proveTaskCases } from '../../support/task-cases.js';

const rsa = 'example.com ssh-rsa AAAAB3NzaC1yc2E=';
const ed = 'example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5';
const other = 'other.example.com,10.0.0.1 ssh-rsa AAAAother=';

proveTaskCases(knownHosts, [
  {
    name: 'a key is added to a new file',
    args: { name: 'example.com', key: rsa, path: '{dir}/f' },
    after: { f: `${rsa}\n` },
    diff: { before: '', after: `${rsa}\n` },
    result: {
      name: 'example.com',
      path: '{dir}/f',
      state: 'present',
      hash_host: false,
      diff: expect.objectContaining({ before: '', after: `${rsa}\n` }),
    },
    roundTrips: 2,
  },
  {
    name: 'a key that is there is left alone, comments at its end aside',
    args: { name: 'Example.COM', key: rsa, path: '{dir}/f' },
    files: { f: `# c\n${other}\n${rsa} root@example\n` },
    status: 'ok',
  },
  {
    name: 'another key of the type is replaced, one of another type is not',
    args: { name: 'example.com', key: rsa, path: '{dir}/f' },
    files: { f: `${ed}\n${rsa.replace('yc2E', 'old')}\n${other}` },
    after: { f: `${ed}\n${other}\n${rsa}\n` },
    roundTrips: 2,
  },
  {
    name: 'one of several names is found, and all keys of it are removed',
    args: { name: '10.0.0.1', state: 'absent', path: '{dir}/f' },
    files: { f: `${rsa}\n${other}\n` },
    after: { f: `${rsa}\n` },
    roundTrips: 2,
  },
  {
    name: 'the key of an authority for the host is not replaced by its own',
    args: { name: 'example.com', key: rsa, path: '{dir}/f' },
    files: { f: '@cert-authority *.com ssh-rsa AAAAca=\n' },
    after: { f: `@cert-authority *.com ssh-rsa AAAAca=\n${rsa}\n` },
    roundTrips: 2,
  },
  { name: 'nothing is removed from no file', args: { name: 'x', state: 'absent', path: '{dir}/f' }, status: 'ok' },
  {
    name: 'a key of another host is refused',
    args: { name: 'elsewhere', key: rsa, path: '{dir}/f' },
    status: 'failed',
    roundTrips: 0,
    result: { msg: 'Host parameter does not match hashed host field in supplied key' },
  },
  { name: 'to add needs a key', args: { name: 'x', path: '{dir}/f' }, status: 'failed', roundTrips: 0 },
  {
    name: 'a hashed name is written once',
    args: { name: 'example.com', key: rsa, path: '{dir}/f', hash_host: true },
    files: { f: `${other}\n` },
    roundTrips: 2,
  },
]);

test('ssh-keygen finds the hashed name, and what ssh-keygen hashes is found', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kprov-'));
  try {
    const file = join(dir, 'f');
    const edit = { host: 'example.com', key: rsa, isHashed: true, state: 'present' } as const;
    writeFileSync(file, editKnownHosts('', edit) ?? '');
    expect(execFileSync('ssh-keygen', ['-F', 'example.com', '-f', file], { encoding: 'utf8' })).toContain(
      'AAAAB3NzaC1yc2E=',
    );
    const key = execFileSync(
      'sh',
      ['-c', 'ssh-keygen -q -t ed25519 -N "" -f "$1/k" && cut -d" " -f1,2 "$1/k.pub"', 'sh', dir],
      { encoding: 'utf8' },
    ).trim();
    writeFileSync(file, `example.com ${key}\n`);
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
    const hashed = execFileSync('cat', [file], { encoding: 'utf8' });
    expect(hashed).toMatch(/^\|1\|/);
    expect(editKnownHosts(hashed, { ...edit, key: `example.com ${key}` })).toBeUndefined();
    expect(editKnownHosts(hashed, { ...edit, key: undefined, state: 'absent' })).toBe('');
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test.each([
  ['*.example.com', 'a.example.com', true],
  ['*.example.com,!a.example.com', 'a.example.com', false],
  ['[h]:2222', '[h]:2222', true],
  ['h', '[h]:2222', false],
  ['[ab]', 'a', false],
])('a line about %s is one about %s: %s', (hosts, host, isAbout) => {
  const text = `${hosts} ssh-rsa AAAA\n`;
  expect(editKnownHosts(text, { host, key: undefined, isHashed: false, state: 'absent' }) === '').toBe(isAbout);
});
