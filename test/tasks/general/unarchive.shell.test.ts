import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unarchive } from '../../../src/tasks/general/unarchive.js';
import { shells } from '../../support/shells.js';
import { proveTaskCases, putFiles, TaskHost } from '../../support/task-cases.js';

const folder = mkdtempSync(join(tmpdir(), 'kprov-'));
putFiles(folder, { 'top/a b': 'one\n', 'top/sub/c': { content: 'two\n', mode: 0o755 }, 'top/l': { link: 'a b' } });
execFileSync('tar', ['czf', 'x.tgz', 'top'], { cwd: folder });
execFileSync('zip', ['-qry', 'x.zip', 'top'], { cwd: folder });
const [tgz, zip] = [readFileSync(join(folder, 'x.tgz')), readFileSync(join(folder, 'x.zip'))];
afterAll(() => rmSync(folder, { recursive: true }));

const unpacked = { 'd/top/a b': 'one\n', 'd/top/sub/c': 'two\n', 'd/top/l': '-> a b' };
const files = { 'x.tgz': tgz, 'x.zip': zip, d: { directory: true } } as const;

proveTaskCases(unarchive, [
  {
    name: 'a tar archive of the host',
    files,
    args: { src: '{dir}/x.tgz', dest: '{dir}/d', remote_src: true, list_files: true },
    after: unpacked,
    modes: { 'd/top/sub/c': '0755' },
    result: {
      dest: '{dir}/d',
      src: '{dir}/x.tgz',
      state: 'directory',
      handler: 'TgzArchive',
      files: expect.arrayContaining(['top/a b']),
      extract_results: {
        cmd: ['tar', '-x', '-z', '-C', '{dir}/d', '-f', '{dir}/x.tgz'],
        rc: 0,
        out: '',
        err: '',
      },
    },
  },
  {
    name: 'what was tampered with is unpacked again, with a mode of its own',
    files: { ...files, 'd/top/a b': 'none' },
    // Other members are missing as well: busybox, whose tar cannot compare, sees at least that.
    args: { src: '{dir}/x.tgz', dest: '{dir}/d/', remote_src: true, mode: 'u=rwX,go=' },
    after: unpacked,
    modes: { 'd/top/sub/c': '0700', 'd/top/a b': '0600' },
    result: { dest: '{dir}/d/', state: 'directory' },
  },
  {
    name: 'a tar archive of the control machine',
    files,
    args: { src: '{dir}/x.tgz', dest: '{dir}/d' },
    after: unpacked,
    check: 'unknown',
    roundTrips: 2,
  },
  {
    name: 'a zip archive',
    files,
    args: { src: '{dir}/x.zip', dest: '{dir}/d', remote_src: true },
    after: unpacked,
    result: { handler: 'ZipArchive', extract_results: expect.objectContaining({ rc: 0, err: '' }) },
  },
  {
    name: 'only some members',
    files,
    args: { src: '{dir}/x.tgz', dest: '{dir}/d', remote_src: true, include: ['top/a b'] },
    after: { 'd/top/a b': 'one\n', 'd/top/sub': undefined },
  },
  {
    name: 'extra options',
    files,
    args: { src: '{dir}/x.tgz', dest: '{dir}/d', remote_src: true, extra_opts: ['--strip-components=1'] },
    after: { 'd/a b': 'one\n', 'd/sub/c': 'two\n' },
  },
  {
    name: 'creates skips it, and nothing is sent',
    files,
    args: { src: '{dir}/x.tgz', dest: '{dir}/d', creates: '{dir}/x.zip' },
    status: 'skipped',
  },
  {
    name: 'a directory that is not there',
    files,
    args: { src: '{dir}/x.tgz', dest: '{dir}/none', remote_src: true },
    status: 'failed',
    check: 'unknown',
    result: { msg: "Destination '{dir}/none' is not a directory" },
  },
  {
    name: 'members that are wanted and members that are not exclude each other',
    files,
    args: { src: '{dir}/x.tgz', dest: '{dir}/d', remote_src: true, include: ['a'], exclude: ['b'] },
    status: 'failed',
    roundTrips: 0,
    result: { msg: 'parameters are mutually exclusive: include|exclude' },
  },
  {
    name: 'what is no archive',
    files: { ...files, x: 'text' },
    args: { src: '{dir}/x', dest: '{dir}/d', remote_src: true },
    status: 'failed',
    result: { msg: expect.stringContaining('Failed to find handler for "') },
  },
]);

test.each(shells)(
  'in %s what is there already is told of as the directory, whatever its members are',
  async (_name, argv) => {
    const host = new TaskHost(argv);
    const dest = mkdtempSync(join(tmpdir(), 'kprov-'));
    const args = { src: join(folder, 'x.tgz'), dest, remote_src: true, mode: '0711' };
    const runs = [await host.run(unarchive, args), await host.run(unarchive, args)];
    await host.close();
    rmSync(dest, { recursive: true });
    expect(runs.map(({ result }) => [result.state, result.mode])).toEqual([
      ['directory', '0700'],
      ['directory', '0700'],
    ]);
  },
);
