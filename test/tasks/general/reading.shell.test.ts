import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetch } from '../../../src/tasks/general/fetch.js';
import { ping } from '../../../src/tasks/general/ping.js';
import { slurp } from '../../../src/tasks/general/slurp.js';
import { stat } from '../../../src/tasks/general/stat.js';
import { tempfile } from '../../../src/tasks/general/tempfile.js';
import { shells } from '../../support/shells.js';
import { proveTaskCases, TaskHost } from '../../support/task-cases.js';

const bytes = new Uint8Array([0, 255, 10, 13, 0, 128]);

proveTaskCases(slurp, [
  {
    name: 'any bytes in base64',
    files: { f: bytes },
    args: { src: '{dir}/f' },
    status: 'ok',
    result: { content: Buffer.from(bytes).toString('base64'), encoding: 'base64', source: '{dir}/f' },
  },
  { name: 'an empty file', files: { f: '' }, args: { src: '{dir}/f' }, status: 'ok', result: { content: '' } },
  {
    name: 'a file that is not there',
    args: { src: '{dir}/f' },
    status: 'failed',
    check: 'unknown',
    result: { msg: 'file not found: {dir}/f' },
  },
  { name: 'a directory', args: { src: '{dir}' }, status: 'failed' },
]);

proveTaskCases(ping, [
  { name: 'pong', args: {}, status: 'ok', result: { ping: 'pong' } },
  { name: 'any data', args: { data: `a'b"$c\n` }, status: 'ok', result: { ping: `a'b"$c\n` } },
  {
    name: 'a crash looks like that of a Python module',
    args: { data: 'crash' },
    status: 'failed',
    result: { msg: expect.stringContaining('MODULE FAILURE'), module_stderr: 'Exception: boom\n', rc: 1 },
  },
]);

proveTaskCases(stat, [
  {
    name: 'a file with its checksum',
    files: { f: { content: 'x', mode: 0o4755 } },
    args: { path: '{dir}/f' },
    status: 'ok',
    result: {
      stat: expect.objectContaining({
        exists: true,
        isreg: true,
        mode: '4755',
        isuid: true,
        xusr: true,
        size: 1,
        checksum: '11f6ad8ec52a2984abaafd7c3b516503785c2072',
      }),
    },
  },
  { name: 'what is not there', args: { path: '{dir}/f' }, status: 'ok', result: { stat: { exists: false } } },
  {
    name: 'a link to nothing',
    files: { l: { link: 'nowhere' } },
    args: { path: '{dir}/l' },
    status: 'ok',
    result: { stat: expect.objectContaining({ exists: true, islnk: true, lnk_target: 'nowhere' }) },
  },
  {
    name: 'a followed link to nothing',
    files: { l: { link: 'nowhere' } },
    args: { path: '{dir}/l', follow: true },
    status: 'ok',
    result: { stat: { exists: false } },
  },
]);

describe.each(shells)('in %s', (_name, argv) => {
  let host: TaskHost;
  let folder: string;
  beforeEach(() => {
    host = new TaskHost(argv);
    folder = mkdtempSync(join(tmpdir(), 'kprov-'));
    writeFileSync(join(folder, 'f'), bytes);
  });
  afterEach(async () => {
    await host.close();
    rmSync(folder, { recursive: true });
  });
  const context = { variable: (name: string) => (name === 'playbook_dir' ? folder : undefined) };

  test('fetch puts a file below the name of the host, wherever its path points', async () => {
    const src = `${folder}/../${folder.slice(5)}/f`;
    const run = await host.run(fetch, { src, dest: 'out' }, { context });
    expect(run.status).toBe('changed');
    expect(run.saved).toEqual([{ path: `out/n1${folder}/f`, content: Buffer.from(bytes) }]);
  });

  test('fetch with flat keeps the name behind a slash, and says ok where the file is the same', async () => {
    const run = await host.run(fetch, { src: `${folder}/f`, dest: './', flat: true }, { context });
    expect([run.status, run.result.dest]).toEqual(['ok', `${folder}/f`]);
  });

  test('fetch saves nothing in check mode, but foretells it', async () => {
    const run = await host.run(fetch, { src: `${folder}/f`, dest: 'out' }, { context, check: true });
    expect([run.status, run.saved]).toEqual(['changed', []]);
  });

  test('fetch of what is not there fails, or is ignored', async () => {
    const args = { src: `${folder}/none`, dest: 'out' };
    expect(await host.run(fetch, args, { context })).toMatchObject({
      status: 'failed',
      result: { msg: 'the remote file does not exist' },
    });
    expect(await host.run(fetch, { ...args, fail_on_missing: false }, { context })).toMatchObject({ status: 'ok' });
  });

  test('tempfile makes files and directories of fresh names that are nobody else’s', async () => {
    const first = await host.run(tempfile, { path: folder, suffix: '.x' });
    const second = await host.run(tempfile, { path: folder, state: 'directory', prefix: 'p' });
    expect(statSync(String(first.result.path)).mode & 0o777).toBe(0o600);
    expect(statSync(String(second.result.path)).mode & 0o777).toBe(0o700);
    expect(first.result.path).toMatch(/\/ansible\.\w{8}\.x$/);
    expect(second.result.path).toMatch(/\/p\w{8}$/);
  });
});
