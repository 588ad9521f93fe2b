import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getUrl } from '../../../src/tasks/general/get-url.js';
import { waitFor } from '../../../src/tasks/general/wait-for.js';
import { shells } from '../../support/shells.js';
import { TaskHost } from '../../support/task-cases.js';

let server: Server;
let base: string;
let port: number;
let body = 'content\n';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/secret' && request.headers.authorization !== `Basic ${btoa('me:p"w')}`) {
      response.writeHead(401).end();
    } else if (request.url === '/header') response.end(request.headers['x-test'] ?? '');
    else if (request.url === '/sums') response.end(`${sha256('other')}  other\n${sha256(body)}  *dir/file\n`);
    else if (request.url === '/moved') response.writeHead(302, { location: '/file' }).end();
    else if (request.url === '/none') response.writeHead(404).end();
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  base = `http://127.0.0.1:${port}`;
});
afterAll(() => server.close());

describe.each(shells)('in %s', (_name, argv) => {
  let host: TaskHost;
  let folder: string;
  let dest: string;
  beforeEach(() => {
    body = 'content\n';
    host = new TaskHost(argv);
    folder = mkdtempSync(join(tmpdir(), 'kprov-'));
    dest = join(folder, 'file');
  });
  afterEach(async () => {
    await host.close();
    rmSync(folder, { recursive: true });
  });
  const get = (args: Record<string, string | boolean>, check = false) =>
    host.run(getUrl, { url: `${base}/file`, dest, ...args }, { check });

  test('get_url downloads once, and check mode writes nothing', async () => {
    expect((await get({ mode: '0600' }, true)).status).toBe('changed');
    expect((await get({ mode: '0600' }, true)).status).toBe('ok');
    expect(readdirSync(folder)).toEqual([]);
    expect(await get({ mode: '0600' })).toMatchObject({
      status: 'changed',
      result: { dest, status_code: 200, size: 8, mode: '0600', msg: 'OK (8 bytes)' },
    });
    expect(readFileSync(dest, 'utf8')).toBe(body);
    body = 'other\n';
    expect((await get({})).status).toBe('ok');
    expect((await get({ force: true }, true)).status).toBe('changed');
    expect((await get({ force: true })).status).toBe('changed');
    expect((await get({ force: true })).status).toBe('ok');
    expect((await get({ force: true }, true)).status).toBe('ok');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('get_url goes by the checksum, given or listed', async () => {
    const checksum = `sha256:${sha256(body)}`;
    expect((await get({ checksum })).status).toBe('changed');
    expect((await get({ checksum })).status).toBe('ok');
    expect((await get({ checksum: `sha256:${base}/sums` })).status).toBe('ok');
    const wrong = await get({ checksum: `sha256:${'0'.repeat(64)}` });
    expect([wrong.status, wrong.result.msg]).toEqual(['failed', expect.stringContaining('did not match')]);
    expect(readdirSync(folder)).toEqual(['file']);
    writeFileSync(dest, 'tampered');
    expect((await get({ checksum })).status).toBe('changed');
    expect(readFileSync(dest, 'utf8')).toBe(body);
  });

  test('get_url sends headers and credentials, follows redirections, and takes the name of the URL', async () => {
    await host.run(getUrl, { url: `${base}/header`, dest, headers: { 'X-Test': 'a "b" \\c' } });
    expect(readFileSync(dest, 'utf8')).toBe('a "b" \\c');
    expect((await get({ url: `${base}/secret`, dest: join(folder, 's') })).status).toBe('failed');
    const secret = { url_username: 'me', url_password: 'p"w' };
    expect((await get({ url: `${base}/secret`, dest: join(folder, 's'), ...secret })).status).toBe('changed');
    expect((await get({ url: `${base}/moved?x=1`, dest: folder })).result.dest).toBe(join(folder, 'moved'));
  });

  test('get_url tells what it documents: sums, seconds, owner and the file that it came by', async () => {
    const first = await get({});
    const md5 = createHash('md5').update(body).digest('hex');
    const sha1 = createHash('sha1').update(body).digest('hex');
    const owner = { uid: process.getuid?.(), gid: process.getgid?.(), owner: expect.any(String), state: 'file' };
    expect(first.result).toMatchObject({
      ...owner,
      md5sum: md5,
      checksum_src: sha1,
      checksum_dest: null,
      src: expect.stringContaining(folder),
      elapsed: expect.any(Number),
    });
    expect((await get({ force: true })).result).toMatchObject({ md5sum: md5, checksum_src: sha1, checksum_dest: sha1 });
    expect((await get({})).result).toMatchObject({ ...owner, elapsed: 0, checksum_src: null, checksum_dest: null });
  });

  test('get_url downloads to tmp_dest first, and leaves nothing there', async () => {
    const tmp = mkdtempSync(join(tmpdir(), 'kprov-'));
    const run = await get({ tmp_dest: tmp });
    expect([run.status, run.result.src]).toEqual(['changed', expect.stringContaining(tmp)]);
    expect((await get({ force: true, tmp_dest: tmp })).status).toBe('ok');
    expect((await get({ url: `${base}/none`, force: true, tmp_dest: tmp })).status).toBe('failed');
    expect(readdirSync(tmp)).toEqual([]);
    const wrong = await get({ force: true, tmp_dest: join(tmp, 'none') });
    expect(wrong.result.msg).toBe(`${join(tmp, 'none')} directory does not exist.`);
    rmSync(tmp, { recursive: true });
  });

  test('get_url says what went wrong', async () => {
    const run = await get({ url: `${base}/none` });
    expect(run).toMatchObject({ status: 'failed', result: { status_code: 404 } });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('wait_for sees ports open and closed', async () => {
    const run = (args: Record<string, string | number>) => host.run(waitFor, { timeout: 1, ...args });
    expect((await run({ port })).status).toBe('ok');
    expect(await run({ port: 1, timeout: 0 })).toMatchObject({
      status: 'failed',
      result: { msg: 'Timeout when waiting for 127.0.0.1:1' },
    });
    expect((await run({ port: 1, state: 'stopped' })).status).toBe('ok');
    expect((await run({ port, state: 'stopped', msg: 'still there' })).result.msg).toBe('still there');
  });

  test('wait_for drained waits for the last connection, those of excluded hosts aside', async () => {
    const run = (args: Record<string, string | number | string[]>) =>
      host.run(waitFor, { timeout: 0, port, state: 'drained', active_connection_states: ['ESTABLISHED'], ...args });
    const client = connect(port, '127.0.0.1');
    await once(client, 'connect');
    expect(await run({})).toMatchObject({
      status: 'failed',
      result: { msg: `Timeout when waiting for 127.0.0.1:${port} to drain` },
    });
    expect((await run({ host: 'localhost' })).status).toBe('failed');
    expect((await run({ host: '0.0.0.0' })).status).toBe('failed');
    expect((await run({ host: '127.0.0.2' })).status).toBe('ok');
    expect((await run({ exclude_hosts: ['127.0.0.1'] })).status).toBe('ok');
    expect((await run({ active_connection_states: ['SYN_SENT', 'CLOSE_WAIT'] })).status).toBe('ok');
    const going = run({ timeout: 10 });
    setTimeout(() => client.destroy(), 300);
    expect((await going).status).toBe('ok');
  });

  test('wait_for sees files, and what is in them', async () => {
    const run = (args: Record<string, string | number>) => host.run(waitFor, { timeout: 0, path: dest, ...args });
    expect(await run({})).toMatchObject({ status: 'failed', result: { msg: `Timeout when waiting for file ${dest}` } });
    expect((await run({ state: 'absent' })).status).toBe('ok');
    const coming = run({ search_regex: '^rea.y$', timeout: 10 });
    setTimeout(() => writeFileSync(dest, 'x\nready\n'), 300);
    expect((await coming).status).toBe('ok');
    expect((await run({ search_regex: 'gone' })).status).toBe('failed');
  });
});
