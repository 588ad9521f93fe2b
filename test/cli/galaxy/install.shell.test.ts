import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { clone } from '../../../src/cli/galaxy/git.js';
import { runMain } from '../run-main.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'kprov-galaxy-test-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const git = (repository: string, ...args: string[]): void => {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'init.defaultBranch=main'];
  execFileSync('git', ['-C', repository, ...who, ...args], { stdio: 'pipe' });
};

function repository(name: string, files: Record<string, string>): string {
  const path = join(directory, name);
  mkdirSync(path, { recursive: true });
  git(path, 'init', '-q');
  commit(path, files);
  return path;
}

function commit(path: string, files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  git(path, 'add', '.');
  git(path, 'commit', '-qm', 'x');
}

const tasksOf = (role: string): string => readFileSync(join(directory, 'roles', role, 'tasks/main.yml'), 'utf8');

jest.setTimeout(120_000);

test('roles come from git at their version, from paths, and with what they depend on', async () => {
  const dependency = repository('needed', { 'tasks/main.yml': '# needed\n' });
  const web = repository('web', {
    'tasks/main.yml': '# one\n',
    'meta/main.yml': `dependencies:\n- {src: "git+file://${dependency}", name: needed}\n- common\n`,
  });
  git(web, 'tag', 'v1');
  commit(web, { 'tasks/main.yml': '# two\n' });
  mkdirSync(join(directory, 'own/tasks'), { recursive: true });
  writeFileSync(join(directory, 'own/tasks/main.yml'), '# own\n');
  const requirements = `roles:\n- {src: "git+file://${web}", version: v1, name: nice}\n- {src: ./own, name: mine}\n`;
  writeFileSync(join(directory, 'requirements.yml'), requirements);

  const first = await runMain(['galaxy', 'install', '-r', 'requirements.yml', '-p', 'roles'], directory);
  expect(first.code).toBe(0);
  expect(first.text).toContain('- nice (v1) was installed successfully');
  expect(first.text).toContain('- dependency common names no source; it is left to whoever has it');
  expect([tasksOf('nice'), tasksOf('mine'), tasksOf('needed')]).toEqual(['# one\n', '# own\n', '# needed\n']);
  expect(readdirSync(join(directory, 'roles')).sort()).toEqual(['mine', 'needed', 'nice']);
  expect(existsSync(join(directory, 'roles/nice/.git'))).toBe(false);
  expect(readFileSync(join(directory, 'roles/nice/meta/.galaxy_install_info'), 'utf8')).toContain('version: "v1"');

  const second = await runMain(['galaxy', 'install', '-r', 'requirements.yml', '-p', 'roles'], directory);
  expect(second.text).toContain('- nice (v1) is already installed, skipping.');
  const other = await runMain(['galaxy', 'install', `git+file://${web},main,nice`, '-p', 'roles'], directory);
  expect(other.text).toContain('- nice (v1) is already installed - use --force to change version to main');
  expect(tasksOf('nice')).toBe('# one\n');
  const forced = await runMain(['galaxy', 'install', `git+file://${web},main,nice`, '-p', 'roles', '-f'], directory);
  expect(forced.code).toBe(0);
  expect(tasksOf('nice')).toBe('# two\n');
});

test('what cannot be had is said, and nothing of it is left', async () => {
  const web = repository('other', { 'tasks/main.yml': '# one\n' });
  const empty = repository('empty', { 'README.md': 'no role\n' });
  for (const [source, message] of [
    [`git+file://${web},v9,gone`, 'has no version v9'],
    [`git+file://${empty},,gone`, 'is no role'],
    [`git+file://${directory}/nowhere,,gone`, 'cannot clone'],
    ['./nowhere,,gone', 'there is no directory ./nowhere'],
  ]) {
    const { code, text } = await runMain(['galaxy', 'install', source ?? '', '-p', 'none'], directory);
    expect([code, text]).toEqual([1, expect.stringContaining(message ?? '')]);
  }
  expect(readdirSync(join(directory, 'none'))).toEqual([]);
});

test('git runs no command that a source names, and takes no source for an option', async () => {
  const witness = join(directory, 'witness');
  const target = join(directory, 'attack');
  await expect(clone(`ext::sh -c "touch ${witness}"`, target, undefined)).rejects.toThrow('cannot clone');
  await expect(clone(`--upload-pack=touch ${witness}`, target, undefined)).rejects.toThrow('cannot clone');
  expect(existsSync(witness)).toBe(false);
});
