import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { copy } from '../../../src/tasks/general/copy.js';
import { shells } from '../../support/shells.js';
import { proveTaskCases, putFiles, snapshot, TaskHost, type TaskRun } from '../../support/task-cases.js';

const large = 'line\n'.repeat(20_000);

proveTaskCases(copy, [
  {
    name: 'content with mode preserve is for its owner alone, as in Ansible',
    args: { content: 'x', dest: '{dir}/kept', mode: 'preserve' },
    after: { kept: 'x' },
    modes: { kept: '0600' },
  },
  {
    name: 'content makes a file with its mode',
    args: { content: 'one\ntwo\n', dest: '{dir}/f', mode: '0640' },
    after: { f: 'one\ntwo\n' },
    modes: { f: '0640' },
    result: {
      dest: '{dir}/f',
      size: 8,
      mode: '0640',
      owner: expect.any(String),
      state: 'file',
      checksum: 'c708d7ef841f7e1748436b8ef5670d0b2de1a227',
    },
    diff: { before: '', after: 'one\ntwo\n' },
  },
  {
    name: 'a mapping as content is written as JSON',
    args: { content: { b: [1, true, null], a: 'x' }, dest: '{dir}/f' },
    after: { f: '{"b": [1, true, null], "a": "x"}' },
  },
  {
    name: 'a file that differs is replaced and keeps its permissions',
    files: { f: { content: 'old', mode: 0o600 } },
    args: { content: 'new', dest: '{dir}/f' },
    after: { f: 'new' },
    modes: { f: '0600' },
    diff: { before: 'old', after: 'new' },
  },
  {
    name: 'only the permissions differ',
    files: { f: { content: 'same', mode: 0o600 } },
    args: { content: 'same', dest: '{dir}/f', mode: 'u=rw,g=r,o=r' },
    modes: { f: '0644' },
    diff: {
      before: '{\n    "mode": "0600",\n    "path": "{dir}/f"\n}\n',
      after: '{\n    "mode": "0644",\n    "path": "{dir}/f"\n}\n',
    },
  },
  {
    name: 'force: no leaves an existing file alone',
    files: { f: 'old' },
    args: { content: 'new', dest: '{dir}/f', force: false },
    status: 'ok',
    after: { f: 'old' },
    result: { msg: 'file already exists' },
  },
  {
    name: 'content into a directory is refused',
    args: { content: 'x', dest: '{dir}' },
    status: 'failed',
    result: { msg: 'can not use content with a dir as dest' },
  },
  {
    name: 'a missing directory is a failure, and unknown in check mode',
    args: { content: 'x', dest: '{dir}/no/f' },
    status: 'failed',
    check: 'unknown',
    result: { msg: 'the directory {dir}/no does not exist' },
  },
  {
    name: 'a file keeps its name in a directory',
    files: { src: 'x', 'd/y': '' },
    args: { src: '{dir}/src', dest: '{dir}/d' },
    after: { 'd/src': 'x' },
    result: { dest: '{dir}/d/src', src: '{dir}/src' },
  },
  {
    name: 'a slash at the end makes the directory, with directory_mode',
    files: { src: 'x' },
    args: { src: '{dir}/src', dest: '{dir}/a/b/', directory_mode: '0700' },
    after: { 'a/b/src': 'x' },
    modes: { a: '0700', 'a/b': '0700' },
  },
  {
    name: 'mode preserve takes the permissions of src',
    files: { src: { content: 'x', mode: 0o751 } },
    args: { src: '{dir}/src', dest: '{dir}/f', mode: 'preserve' },
    modes: { f: '0751' },
  },
  {
    name: 'a link at dest is replaced by the file',
    files: { target: 'x', f: { link: 'target' } },
    args: { content: 'x', dest: '{dir}/f' },
    after: { target: 'x', f: 'x' },
  },
  {
    name: 'a link at dest is followed where that is asked for',
    files: { target: 'x', f: { link: 'target' } },
    args: { content: 'y', dest: '{dir}/f', follow: true },
    after: { target: 'y', f: '-> target' },
  },
  {
    name: 'a wrong checksum is refused before anything is sent',
    files: { src: 'x' },
    args: { src: '{dir}/src', dest: '{dir}/f', checksum: 'abc' },
    status: 'failed',
    roundTrips: 0,
  },
  {
    name: 'a directory is copied with all that is in it, and keeps its name',
    files: { 's/a': '1', 's/.hidden': '2', 's/sub/b c': '3', 's/empty': { directory: true }, 'd/keep': 'k' },
    args: { src: '{dir}/s', dest: '{dir}/d', mode: '0600' },
    after: { 'd/s/a': '1', 'd/s/.hidden': '2', 'd/s/sub/b c': '3', 'd/s/empty': 'directory', 'd/keep': 'k' },
    modes: { 'd/s/a': '0600' },
  },
  {
    name: 'with a slash at its end only what is in the directory is copied',
    files: { 's/a': '1', 's/sub/b': '3' },
    args: { src: '{dir}/s/', dest: '{dir}/d/e' },
    after: { 'd/e/a': '1', 'd/e/sub/b': '3' },
  },
  {
    name: 'a large file is compared first and then brought',
    files: { src: large, f: { content: 'old', mode: 0o600 } },
    args: { src: '{dir}/src', dest: '{dir}/f', backup: true },
    after: { f: large },
    modes: { f: '0600' },
    roundTrips: 2,
    result: { size: 100_000, backup_file: expect.stringContaining('/f.') },
    diff: { before: 'old', after: large },
  },
  {
    name: 'a binary file goes byte for byte',
    files: { src: new Uint8Array([0, 255, 10, 13, 0, 128]) },
    args: { src: '{dir}/src', dest: '{dir}/f', mode: '0600' },
    after: { f: Buffer.from([0, 255, 10, 13, 0, 128]).toString('utf8') },
    roundTrips: 2,
    diff: { before: '', after: '(binary, 6 bytes)\n' },
  },
  {
    name: 'of a large directory only what differs is brought',
    files: { 's/a': large, 's/b': 'x', 'd/a': large },
    args: { src: '{dir}/s/', dest: '{dir}/d' },
    after: { 'd/b': 'x' },
    roundTrips: 2,
  },
  {
    name: 'a staging directory of a broken run is taken over',
    files: { src: large },
    args: { src: '{dir}/src', dest: '{dir}/f' },
    roundTrips: 2,
    after: { f: large },
  },
  {
    name: 'a file that does not pass the validation is not put in place',
    files: { f: 'good' },
    args: { content: 'bad', dest: '{dir}/f', validate: "grep -q 'go*d' %s" },
    status: 'failed',
    check: 'changed',
    after: { f: 'good' },
    result: { msg: 'failed to validate: rc:1 error:' },
  },
  {
    name: 'a file that passes the validation is put in place',
    args: { content: 'good', dest: '{dir}/f', validate: "grep -q 'go*d' %s" },
    after: { f: 'good' },
  },
  {
    name: 'backup keeps the old file',
    files: { f: 'old' },
    args: { content: 'new', dest: '{dir}/f', backup: true },
    result: { backup_file: expect.stringMatching(/\/f\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~$/) },
  },
  {
    name: 'a file of the host is copied on the host',
    files: { src: { content: 'x', mode: 0o700 } },
    args: { src: '{dir}/src', dest: '{dir}/f', remote_src: true, mode: 'preserve' },
    after: { f: 'x' },
    modes: { f: '0700' },
    result: { checksum: '11f6ad8ec52a2984abaafd7c3b516503785c2072' },
    diff: { before: '', after: 'x' },
  },
  {
    name: 'a directory of the host is copied on the host',
    files: { 's/a b': '1', 's/.h': '2', 's/sub/c': '3', 's/l': { link: 'a b' } },
    args: { src: '{dir}/s', dest: '{dir}/d', remote_src: true },
    after: { 'd/s/a b': '1', 'd/s/.h': '2', 'd/s/sub/c': '3', 'd/s/l': '-> a b' },
  },
  {
    name: 'a source that is not on the host is a failure',
    args: { src: '/dev/null', dest: '{dir}/f', remote_src: true },
    status: 'failed',
    result: { msg: "Cannot copy invalid source '/dev/null': not a file" },
  },
  {
    name: 'with remote_src what is not there cannot be copied',
    args: { src: '{dir}/none', dest: '{dir}/f', remote_src: true },
    status: 'failed',
    check: 'unknown',
    result: { msg: 'Source {dir}/none not found' },
  },
]);

describe.each(shells)('copy in %s', (_name, argv) => {
  let host: TaskHost;
  let folder: string;
  beforeEach(() => {
    host = new TaskHost(argv);
    folder = mkdtempSync(join(tmpdir(), 'kprov-'));
  });
  afterEach(async () => {
    await host.close();
    rmSync(folder, { recursive: true });
  });
  const run = (args: Record<string, string | boolean>, check = false): Promise<TaskRun> =>
    host.run(copy, args, { check });

  test('any text arrives byte for byte', async () => {
    const dest = join(folder, 'f');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 100 }), async (content) => {
        fc.pre(Buffer.from(content).toString() === content);
        await run({ content, dest });
        expect(readFileSync(dest, 'utf8')).toBe(content);
        expect((await run({ content, dest })).status).toBe('ok');
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  test('any bytes arrive', async () => {
    const src = join(folder, 'src');
    const dest = join(folder, 'f');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (content) => {
        writeFileSync(src, content);
        await run({ src, dest });
        expect(readFileSync(dest)).toEqual(Buffer.from(content));
        expect((await run({ src, dest })).status).toBe('ok');
      }),
      { numRuns: 30 },
    );
  });

  test('any name of a file will do', async () => {
    const name = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(name, async (name) => {
        fc.pre(!/[/\0]/.test(name) && name !== '.' && name !== '..');
        expect((await run({ content: name, dest: `${folder}/${name}` })).status).toBe('changed');
        expect(readFileSync(join(folder, name), 'utf8')).toBe(name);
        rmSync(join(folder, name));
      }),
      { numRuns: 60 },
    );
  });

  test('an unchanged large file costs one round trip, and a broken run is mended', async () => {
    const src = join(folder, 'src');
    writeFileSync(src, large);
    const args = { src, dest: join(folder, 'f') };
    await run(args);
    expect((await run(args)).roundTrips).toBe(1);
    rmSync(join(folder, 'f'));
    const { createHash } = await import('node:crypto');
    const stale = join(folder, `.kprov-${createHash('sha256').update(args.dest).digest('hex').slice(0, 16)}`);
    mkdirSync(stale, { mode: 0o700 });
    writeFileSync(join(stale, 'content'), 'half');
    expect((await run(args)).status).toBe('changed');
    expect(Object.keys(snapshot(folder))).toEqual(['.', 'f', 'src']);
  });

  test('check mode: what an earlier task would have written is there for a later one', async () => {
    const dest = join(folder, 'f');
    putFiles(folder, { src: large });
    expect((await run({ content: 'x', dest, mode: '0600' }, true)).status).toBe('changed');
    expect((await run({ content: 'x', dest, mode: '0600' }, true)).status).toBe('ok');
    expect((await run({ src: join(folder, 'src'), dest }, true)).status).toBe('changed');
    expect((await run({ src: join(folder, 'src'), dest }, true)).status).toBe('ok');
    expect((await run({ content: 'x', dest }, true)).status).toBe('changed');
    expect((await run({ src: join(folder, 'src'), dest: `${folder}/d/` }, true)).status).toBe('changed');
    expect((await run({ content: 'y', dest: join(folder, 'd/y') }, true)).status).toBe('changed');
    expect(Object.keys(snapshot(folder))).toEqual(['.', 'src']);
  });

  test('the new file is never readable by others before its mode is set', async () => {
    putFiles(folder, { f: { content: 'old', mode: 0o600 } });
    chmodSync(join(folder, 'f'), 0o600);
    const checked = 'sh -c \'test $(stat -c %a "$0") = 600\' %s';
    expect(await run({ content: 'new', dest: join(folder, 'f'), validate: checked })).toMatchObject({
      status: 'changed',
    });
  });
});
