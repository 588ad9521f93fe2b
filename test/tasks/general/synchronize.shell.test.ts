import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { synchronize } from '../../../src/tasks/general/synchronize.js';
import type { Mapping } from '../../../src/values/index.js';
import { shells } from '../../support/shells.js';
import { expectNoLeftovers, putFiles, snapshot, TaskHost, type TaskRun } from '../../support/task-cases.js';

jest.setTimeout(60_000);

describe.each(shells)('synchronize in %s', (_name, argv) => {
  let host: TaskHost;
  let dir: string;
  let src: string;
  let dest: string;
  beforeEach(() => {
    host = new TaskHost(argv);
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'kprov-')));
    src = join(dir, 'src');
    dest = join(dir, 'dest');
    putFiles(src, {
      a: 'one\n',
      'sub/b $(id)': { content: 'two\n', mode: 0o750 },
      'sub/bytes': Uint8Array.from({ length: 300 }, (_, i) => i % 256),
      'deep/er/.git/x': 'git',
      empty: { directory: true, mode: 0o711 },
    });
    symlinkSync('a', join(src, 'link'));
    for (const name of ['a', 'sub/bytes']) utimesSync(join(src, name), 1_500_000_000, 1_500_000_000);
  });
  afterEach(async () => {
    expectNoLeftovers(dir);
    await host.close();
    rmSync(dir, { recursive: true });
  });
  const sync = (args: Mapping = {}, check = false): Promise<TaskRun> =>
    host.run(synchronize, { src: `${src}/`, dest, ...args }, { check });

  test('brings a tree, keeps modes, times and links, and then has nothing to do', async () => {
    const before = snapshot(dir);
    expect((await sync({}, true)).status).toBe('changed');
    expect(snapshot(dir)).toEqual(before);
    expect(await sync()).toMatchObject({
      status: 'changed',
      result: { stdout_lines: expect.arrayContaining(['<f+++++++++ a', 'cd+++++++++ sub']) },
    });
    expect(readFileSync(join(dest, 'sub/b $(id)'), 'utf8')).toBe('two\n');
    expect(readFileSync(join(dest, 'sub/bytes'))).toEqual(readFileSync(join(src, 'sub/bytes')));
    expect([
      lstatSync(join(dest, 'a')).mtimeMs,
      lstatSync(join(dest, 'empty')).mode & 0o777,
      readlinkSync(join(dest, 'link')),
    ]).toEqual([1_500_000_000_000, 0o711, 'a']);
    const after = snapshot(dest);
    for (const check of [true, false])
      expect(await sync({}, check)).toMatchObject({ status: 'ok', result: { msg: '', stdout_lines: [] } });
    expect(snapshot(dest)).toEqual(after);
  });

  test('without a slash at its end the directory itself is brought', async () => {
    await sync({ src });
    expect(readFileSync(join(dest, 'src/a'), 'utf8')).toBe('one\n');
    expect((await sync({ src })).status).toBe('ok');
  });

  test('only what differs is brought', async () => {
    await sync();
    writeFileSync(join(src, 'a'), 'changed\n');
    chmodSync(join(src, 'sub/bytes'), 0o600);
    const { result } = await sync();
    expect(result.stdout_lines).toEqual(['<fs........ a', '.f...p..... sub/bytes']);
    expect(readFileSync(join(dest, 'a'), 'utf8')).toBe('changed\n');
    expect((await sync()).status).toBe('ok');
  });

  test('by content where asked for, whatever the times are', async () => {
    await sync();
    utimesSync(join(dest, 'a'), 1, 1);
    expect((await sync({ checksum: true, times: false })).status).toBe('ok');
    writeFileSync(join(dest, 'a'), 'ONE\n');
    utimesSync(join(dest, 'a'), 1_500_000_000, 1_500_000_000);
    expect((await sync()).status).toBe('ok');
    expect((await sync({ checksum: true })).status).toBe('changed');
    expect(readFileSync(join(dest, 'a'), 'utf8')).toBe('one\n');
  });

  test('deletes what is not there any more, but for the excluded; a kind gives way to another', async () => {
    putFiles(dest, { 'old/x': '', 'keep.log': 'k', a: { directory: true }, 'a/inner': 'x' });
    const args = { delete: true, rsync_opts: ['--exclude=*.log', '--exclude=.git'] };
    const run = await sync(args);
    expect(run.result.stdout_lines).toEqual(expect.arrayContaining(['*deleting   old', '*deleting   a/inner']));
    expect([readFileSync(join(dest, 'a'), 'utf8'), readFileSync(join(dest, 'keep.log'), 'utf8')]).toEqual([
      'one\n',
      'k',
    ]);
    expect(Object.keys(snapshot(dest))).not.toEqual(expect.arrayContaining(['old']));
    expect(Object.keys(snapshot(dest))).not.toContain('deep/er/.git');
    expect((await sync(args)).status).toBe('ok');
  });

  test('a single file goes to a name or into a directory', async () => {
    await sync({ src: join(src, 'a'), dest: join(dir, 'one') });
    expect(readFileSync(join(dir, 'one'), 'utf8')).toBe('one\n');
    await sync({ src: join(src, 'a'), dest: `${dest}/` });
    expect(readFileSync(join(dest, 'a'), 'utf8')).toBe('one\n');
  });

  test('only existing files, or links as what they lead to', async () => {
    putFiles(dest, { a: 'old' });
    await sync({ existing_only: true });
    expect(Object.keys(snapshot(dest))).toEqual(['.', 'a']);
    await sync({ copy_links: true });
    expect(lstatSync(join(dest, 'link')).isFile()).toBe(true);
  });

  test('pulls what differs; a dry run takes nothing', async () => {
    const dry = await sync({ mode: 'pull' }, true);
    expect([dry.status, dry.saved]).toEqual(['changed', []]);
    const run = await sync({ mode: 'pull', rsync_opts: ['--exclude=.git'] });
    expect(run.saved.map(({ path, mode }) => [path, mode])).toEqual(
      expect.arrayContaining([
        [join(dest, 'a'), 0o644],
        [join(dest, 'sub/b $(id)'), 0o750],
      ]),
    );
    expect(run.saved.some(({ path }) => path.includes('.git'))).toBe(false);
    for (const { path, content, mode } of run.saved) putFiles('/', { [path]: { content, mode: mode ?? 0 } });
    expect((await sync({ mode: 'pull', rsync_opts: ['--exclude=.git'] })).status).toBe('ok');
  });

  test.each<[string, Mapping, RegExp]>([
    ['options that are not known', { rsync_opts: ['--fuzzy'] }, /--fuzzy/],
    ['a third host', { dest: 'other:/x' }, /third host/],
    ['deleting in a pull', { mode: 'pull', delete: true }, /deletes nothing/],
    ['parameters that are not there', { rsync_path: 'sudo rsync' }, /rsync_path/],
  ])('refuses %s', async (_title, args, msg) => {
    const said = await sync(args).then(
      ({ status, result }) => (status === 'failed' ? String(result.msg) : status),
      (error: Error) => error.message,
    );
    expect(said).toMatch(msg);
  });

  test('refuses to be delegated to another host', async () => {
    const run = await host.run(synchronize, { src, dest }, { context: { delegateTo: 'other' } });
    const msg = expect.stringContaining('cannot be delegated to other');
    expect(run).toMatchObject({ status: 'failed', result: { msg } });
  });

  describe('delegated to the host itself', () => {
    const within = (args: Mapping, check = false): Promise<TaskRun> =>
      host.run(synchronize, { src: `${src}/`, dest, ...args }, { check, context: { host: 'n1', delegateTo: 'n1' } });

    const withoutInodes = (folder: string) =>
      Object.entries(snapshot(folder)).map(([name, about]) => [name, about.replace(/^(file \d+ \d+:\d+) \d+/, '$1')]);

    test('makes one tree of the host like another, once; a dry run touches nothing', async () => {
      const before = snapshot(dir);
      const foretold = await within({}, true);
      expect([foretold.status, snapshot(dir)]).toEqual(['changed', before]);
      const { status, result } = await within({});
      expect([status, withoutInodes(dest)]).toEqual(['changed', withoutInodes(src)]);
      expect(result).toMatchObject({ rc: 0, msg: expect.stringContaining('>f+++++++++ sub/b $(id)\n') });
      expect(result.cmd).toMatch(/^rsync --delay-updates -F --archive --out-format=/);
      expect(foretold.result.stdout_lines).toEqual(result.stdout_lines);
      expect(await within({ mode: 'pull' })).toMatchObject({ status: 'ok', result: { msg: '', stdout_lines: [] } });
    });

    test('removes, leaves out and compares as asked for', async () => {
      await within({});
      putFiles(dest, { more: 'x', a: 'two\n' });
      utimesSync(join(dest, 'a'), 1, 1);
      utimesSync(join(src, 'a'), 1, 1);
      expect((await within({ times: false })).status).toBe('ok');
      expect((await within({ checksum: true, rsync_opts: ['--exclude=more'], delete: true })).status).toBe('changed');
      expect([readFileSync(join(dest, 'a'), 'utf8'), readFileSync(join(dest, 'more'), 'utf8')]).toEqual(['one\n', 'x']);
      expect(await within({ delete: true })).toMatchObject({
        status: 'changed',
        result: { msg: '*deleting   more\n' },
      });
    });

    test('tells what rsync says of a failure, and of a path of another host', async () => {
      const missing = await within({ src: `${dir}/none` });
      expect(missing).toMatchObject({ status: 'failed', result: { rc: 23 } });
      expect(`${missing.result.msg}${missing.result.output}`).toContain('No such file or directory');
      expect((await within({ src: `${dir}/none` }, true)).status).toBe('unknown');
      expect(await within({ dest: 'a b:/x' })).toMatchObject({
        status: 'failed',
        result: { msg: 'a b:/x would be a path of another host' },
      });
    });
  });
});
