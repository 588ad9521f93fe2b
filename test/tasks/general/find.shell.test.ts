import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { find } from '../../../src/tasks/general/find.js';
import { Float, type Mapping } from '../../../src/values/index.js';
import { shells } from '../../support/shells.js';
import { putFiles, TaskHost } from '../../support/task-cases.js';

describe.each(shells)('find in %s', (_name, argv) => {
  let host: TaskHost;
  let dir: string;
  beforeEach(() => {
    host = new TaskHost(argv);
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'kprov-')));
    putFiles(dir, {
      'a.log': 'one\nERROR here\n',
      'b.txt': 'ERROR\n',
      '.hid': 'h',
      'sub/c.log': 'x ERROR\n',
      'sub/deep/d.log': 'q',
      "odd '$(id)\n-name.log": '',
      big: 'x'.repeat(5000),
    });
    symlinkSync('sub', join(dir, 'link'));
    utimesSync(join(dir, 'b.txt'), 1, 1);
  });
  afterEach(async () => {
    await host.close();
    rmSync(dir, { recursive: true });
  });
  const names = async (args: Mapping): Promise<string[]> => {
    const run = await host.run(find, { paths: dir, ...args });
    expect([run.status, run.result.msg]).toEqual(['ok', 'All paths examined']);
    expect(run.result.matched).toBe((run.result.files as Mapping[]).length);
    return (run.result.files as Mapping[]).map(({ path }) => String(path).slice(dir.length + 1));
  };
  const odd = "odd '$(id)\n-name.log";

  test.each<[string, Mapping, string[]]>([
    ['files of the directory itself', {}, ['a.log', 'b.txt', 'big', odd]],
    ['hidden ones on request', { hidden: true, patterns: '.*' }, ['.hid']],
    [
      'by shell patterns, at any depth',
      { patterns: '*.log', recurse: true },
      ['a.log', odd, 'sub/c.log', 'sub/deep/d.log'],
    ],
    ['by Python expressions that begin the name', { patterns: '[ab]\\.', use_regex: true }, ['a.log', 'b.txt']],
    ['but for the excluded', { patterns: ['*.log', '*.txt'], excludes: 'a*' }, ['b.txt', odd]],
    ['not deeper than asked for', { recurse: true, depth: 2, patterns: '?.log' }, ['a.log', 'sub/c.log']],
    ['directories', { file_type: 'directory' }, ['sub']],
    ['links', { file_type: 'link' }, ['link']],
    ['everything', { file_type: 'any' }, ['a.log', 'b.txt', 'big', 'link', odd, 'sub']],
    ['behind links', { follow: true, recurse: true, patterns: 'c.log' }, ['link/c.log', 'sub/c.log']],
    ['at least so large', { size: '1k' }, ['big']],
    ['at most so large', { size: '-10' }, ['b.txt', odd]],
    ['at least so old', { age: '52w' }, ['b.txt']],
    ['at most so old', { age: '-1h', patterns: '?.*' }, ['a.log']],
    ['with a line that begins with an expression', { contains: 'ERR.R', recurse: true }, ['a.log', 'b.txt']],
    ['with an expression that only Python knows', { contains: '(?=ERROR).*', recurse: true }, ['a.log', 'b.txt']],
    ['with an expression anywhere', { contains: 'one\\nE', read_whole_file: true }, ['a.log']],
  ])('lists %s', async (_title, args, expected) => {
    expect(await names(args)).toEqual(expected);
  });

  test('says what each file is', async () => {
    const run = await host.run(find, { paths: [dir], patterns: 'b.txt', get_checksum: true });
    expect(run.result).toMatchObject({
      matched: 1,
      examined: 7,
      skipped_paths: {},
      files: [
        {
          path: join(dir, 'b.txt'),
          mode: '0644',
          size: 6,
          isreg: true,
          isdir: false,
          mtime: new Float(1),
          rusr: true,
          xoth: false,
          checksum: '709c7506b17090bce0d1e2464f39f4a434cf25f1',
        },
      ],
    });
  });

  test('lists by permissions: all of them, or any', async () => {
    chmodSync(join(dir, 'a.log'), 0o600);
    chmodSync(join(dir, 'big'), 0o755);
    expect(await names({ mode: '0600' })).toEqual(['a.log']);
    expect(await names({ mode: 'u=rw' })).toEqual(['a.log']);
    expect(await names({ mode: 'u=x', exact_mode: false })).toEqual(['big']);
  });

  test('stops where it has as many as asked for, the shallowest first', async () => {
    const run = await host.run(find, { paths: dir, patterns: '?.log', recurse: true, limit: 2 });
    expect(run.result).toMatchObject({ matched: 2, msg: 'Limit of matches reached' });
    expect((run.result.files as Mapping[]).map(({ path }) => path)).toEqual([
      join(dir, 'a.log'),
      join(dir, 'sub/c.log'),
    ]);
    expect((await host.run(find, { paths: dir, limit: 0 })).result.msg).toBe(
      'limit cannot be 0 (use None for unlimited)',
    );
  });

  test('sums up with the algorithm asked for, and reads the encoding asked for', async () => {
    writeFileSync(join(dir, 'latin'), Buffer.from('caf\xe9\n', 'latin1'));
    const run = await host.run(find, {
      paths: dir,
      contains: 'café',
      encoding: 'iso-8859-1',
      get_checksum: true,
      checksum_algorithm: 'md5',
    });
    const checksum = createHash('md5').update(Buffer.from('caf\xe9\n', 'latin1')).digest('hex');
    expect(run.result.files).toEqual([expect.objectContaining({ path: join(dir, 'latin'), checksum })]);
    expect((await host.run(find, { paths: dir, encoding: 'none' })).result.msg).toBe('unknown encoding: none');
  });

  test('names the paths that are no directories', async () => {
    const run = await host.run(find, { paths: `${dir}/none` });
    expect(run.result).toMatchObject({
      matched: 0,
      msg: 'Not all paths examined, check warnings for details',
      skipped_paths: { [`${dir}/none`]: `'${dir}/none' is not a directory` },
    });
  });

  test.each([
    ['age', 'failed to process age'],
    ['size', 'failed to process size'],
  ])('refuses a wrong %s', async (name, msg) => {
    expect(await host.run(find, { paths: dir, [name]: '3 apples' })).toMatchObject({
      status: 'failed',
      result: { msg },
    });
  });
});
