import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { git } from '../../../src/tasks/general/git.js';
import type { Mapping } from '../../../src/values/index.js';
import { shells } from '../../support/shells.js';
import { snapshot, TaskHost } from '../../support/task-cases.js';

jest.setTimeout(60_000);

describe.each(shells)('git in %s', (_name, argv) => {
  let host: TaskHost;
  let dir: string;
  let repo: string;
  let dest: string;
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'protocol.file.allow',
    GIT_CONFIG_VALUE_0: 'always',
  };
  const run = (at: string, ...args: string[]) =>
    execFileSync('git', ['-C', at, ...args], { encoding: 'utf8', env }).trim();
  const commit = (name: string, content: string, at = repo) => {
    writeFileSync(join(at, name), content);
    run(at, 'add', '.');
    run(at, 'commit', '-q', '-m', name);
    return run(at, 'rev-parse', 'HEAD');
  };
  const bring = (args: Mapping = {}, check = false) =>
    host.run(git, { repo: `file://${repo}`, dest, ...args }, { check });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kprov-'));
    repo = join(dir, 'repo');
    dest = join(dir, 'deep', 'dest $(id)');
    execFileSync('git', ['init', '-q', '-b', 'main', repo], { env });
    host = new TaskHost(argv, env);
  });
  afterEach(async () => {
    await host.close();
    rmSync(dir, { recursive: true });
  });

  test('clones, finds nothing to do, and follows the remote side; a dry run fetches nothing', async () => {
    const first = commit('f', 'one');
    expect(await bring({}, true)).toMatchObject({ status: 'changed', result: { before: null, after: first } });
    expect(existsSync(dest)).toBe(false);
    expect(await bring()).toMatchObject({
      status: 'changed',
      result: { before: null, after: first, remote_url_changed: false },
    });
    expect(await bring()).toMatchObject({ status: 'ok', result: { before: first, after: first } });
    expect((await bring({}, true)).status).toBe('ok');
    const second = commit('f', 'two');
    const before = snapshot(dest);
    expect(await bring({}, true)).toMatchObject({ status: 'changed', result: { before: first, after: second } });
    expect(snapshot(dest)).toEqual(before);
    expect(await bring({ update: false })).toMatchObject({ status: 'ok', result: { after: first } });
    const updated = await bring();
    expect([updated.status, updated.result.after, updated.diff]).toEqual([
      'changed',
      second,
      [expect.objectContaining({ after: `commit: ${second}\n` })],
    ]);
    expect(readFileSync(join(dest, 'f'), 'utf8')).toBe('two');
  });

  test('checks out branches, tags and commits, back and forth', async () => {
    const first = commit('f', 'one');
    run(repo, 'tag', '-a', 'v1', '-m', 'v1');
    run(repo, 'checkout', '-q', '-b', 'side');
    const side = commit('f', 'side');
    run(repo, 'checkout', '-q', 'main');
    const second = commit('f', 'two');
    for (const [version, after] of [
      ['side', side],
      ['v1', first],
      [second, second],
      ['v1', first],
      ['main', second],
      ['side', side],
    ] as const) {
      expect(await bring({ version })).toMatchObject({ status: 'changed', result: { after } });
      expect(await bring({ version })).toMatchObject({ status: 'ok', result: { after } });
      expect((await bring({ version }, true)).status).toBe('ok');
    }
    expect((await bring({ version: 'none' })).status).toBe('failed');
  });

  test('local changes fail, or go with force; new files stay', async () => {
    commit('f', 'one');
    await bring();
    writeFileSync(join(dest, 'f'), 'mine');
    writeFileSync(join(dest, 'new'), 'mine');
    expect(await bring()).toMatchObject({
      status: 'failed',
      result: { msg: `Local modifications exist in the destination: ${dest} (force=no).` },
    });
    expect((await bring({ force: true }, true)).status).toBe('changed');
    expect((await bring({ force: true })).status).toBe('changed');
    expect([readFileSync(join(dest, 'f'), 'utf8'), readFileSync(join(dest, 'new'), 'utf8')]).toEqual(['one', 'mine']);
    expect((await bring({ force: true })).status).toBe('ok');
  });

  test('a shallow clone has the last commit only, and is updated', async () => {
    commit('f', 'one');
    commit('f', 'two');
    await bring({ depth: 1 });
    expect(run(dest, 'rev-list', '--count', 'HEAD')).toBe('1');
    const third = commit('f', 'three');
    expect(await bring({ depth: 1 })).toMatchObject({ status: 'changed', result: { after: third } });
    expect((await bring({ depth: 1 })).status).toBe('ok');
  });

  test('another address is taken over', async () => {
    commit('f', 'one');
    await bring();
    const other = join(dir, 'other');
    execFileSync('git', ['clone', '-q', repo, other], { env });
    expect(await bring({ repo: `file://${other}` })).toMatchObject({
      status: 'changed',
      result: { remote_url_changed: true },
    });
    expect(run(dest, 'remote', 'get-url', 'origin')).toBe(`file://${other}`);
    expect((await bring({ repo: `file://${other}` })).status).toBe('ok');
  });

  test('submodules come along, and follow', async () => {
    const inner = join(dir, 'inner');
    execFileSync('git', ['init', '-q', '-b', 'main', inner], { env });
    commit('i', 'one', inner);
    commit('f', 'one');
    run(repo, 'submodule', '--quiet', 'add', `file://${inner}`, 'sub');
    run(repo, 'commit', '-q', '-m', 'sub');
    await bring();
    expect(readFileSync(join(dest, 'sub/i'), 'utf8')).toBe('one');
    commit('i', 'two', inner);
    expect((await bring()).status).toBe('ok');
    expect((await bring({ track_submodules: true })).status).toBe('changed');
    expect(readFileSync(join(dest, 'sub/i'), 'utf8')).toBe('two');
  });

  test('bare repositories, archives, separate directories', async () => {
    const first = commit('f', 'one');
    expect(await bring({ dest: join(dir, 'bare'), bare: true })).toMatchObject({
      status: 'changed',
      result: { after: first },
    });
    expect((await bring({ dest: join(dir, 'bare'), bare: true })).status).toBe('ok');
    const archive = join(dir, 'a.tar.gz');
    expect((await bring({ archive, archive_prefix: 'p/' })).status).toBe('changed');
    expect((await bring({ archive, archive_prefix: 'p/' })).status).toBe('ok');
    expect(execFileSync('tar', ['tf', archive], { encoding: 'utf8' })).toBe('p/\np/f\n');
    await bring({ dest: join(dir, 'work'), separate_git_dir: join(dir, 'gitdir') });
    expect(existsSync(join(dir, 'gitdir/config'))).toBe(true);
    const moved = { dest: join(dir, 'work'), separate_git_dir: join(dir, 'elsewhere') };
    expect((await bring(moved, true)).status).toBe('changed');
    expect(await bring(moved)).toMatchObject({
      status: 'changed',
      result: { git_dir_before: join(dir, 'gitdir'), git_dir_now: join(dir, 'elsewhere') },
    });
    expect([existsSync(join(dir, 'gitdir')), (await bring(moved)).status]).toEqual([false, 'ok']);
  });

  test('nothing is cloned where that is off', async () => {
    const first = commit('f', 'one');
    expect(await bring({ clone: false })).toMatchObject({ status: 'changed', result: { after: first } });
    expect(existsSync(dest)).toBe(false);
  });

  test.each([
    ['version', '--upload-pack=id'],
    ['repo', '--config=x'],
    ['remote', '-x'],
    ['refspec', '--force'],
  ])('%s is never an option', async (name, value) => {
    expect(await bring({ [name]: value })).toMatchObject({
      status: 'failed',
      result: { msg: expect.stringContaining('dash') },
    });
  });

  test('a signature that is not there fails', async () => {
    commit('f', 'one');
    expect(await bring({ verify_commit: true })).toMatchObject({
      status: 'failed',
      result: { msg: expect.stringContaining('Failed to verify GPG signature') },
    });
  });
});
