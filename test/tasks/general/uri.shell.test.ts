import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { uri } from '../../../src/tasks/general/uri.js';
import type { Mapping } from '../../../src/values/index.js';
import { shells } from '../../support/shells.js';
import { TaskHost } from '../../support/task-cases.js';

jest.setTimeout(30_000);

let server: Server;
let base: string;

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
};

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    const body = await read(request);
    if (pathname === '/echo') {
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.end(JSON.stringify({ method: request.method, headers: request.headers, body }));
    } else if (pathname === '/status') {
      response.writeHead(Number(searchParams.get('code')), {
        'x-reason-Header': 'because',
        'content-type': 'text/plain',
      });
      response.end('said so');
    } else if (pathname === '/moved') {
      const location = searchParams.get('to') ?? '/echo';
      response.writeHead(Number(searchParams.get('code') ?? 302), { location, 'set-cookie': 'way=long; Path=/' }).end();
    } else if (pathname === '/ring') {
      response.writeHead(302, { location: '/ring' }).end();
    } else if (pathname === '/cookies') {
      response.setHeader('set-cookie', ['a=1; Path=/', 'b=two; HttpOnly']);
      response.end('ok');
    } else if (pathname === '/dated') {
      response.setHeader('last-modified', 'Thu, 01 Jan 2015 00:00:00 GMT');
      if (request.headers['if-modified-since'] !== undefined) response.writeHead(304).end();
      else response.end('dated');
    } else if (pathname === '/named') {
      response.setHeader('content-disposition', 'attachment; filename="../../evil.txt"');
      response.end('named');
    } else if (pathname === '/secret') {
      const isKnown = request.headers.authorization === `Basic ${btoa('me:p"w')}`;
      response.writeHead(isKnown ? 200 : 401).end();
    } else response.end('plain');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe.each(shells)('uri in %s', (_name, argv) => {
  let host: TaskHost;
  let dir: string;
  let temporary: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kprov-'));
    temporary = mkdtempSync(join(tmpdir(), 'kprov-'));
    host = new TaskHost(argv, { ...process.env, TMPDIR: temporary });
  });
  afterEach(async () => {
    await host.close();
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(dir, { recursive: true });
    rmSync(temporary, { recursive: true });
  });
  const ask = (path: string, args: Mapping = {}) =>
    host.run(uri, { url: /^[a-z]+:\/\//.test(path) ? path : base + path, ...args });
  const echoed = async (args: Mapping) => (await ask('/echo', args)).result.json as Mapping;

  test('a plain answer: status, message, headers, content on request', async () => {
    expect(await ask('/', { return_content: true })).toMatchObject({
      status: 'ok',
      result: {
        status: 200,
        msg: 'OK (5 bytes)',
        content: 'plain',
        content_length: '5',
        redirected: false,
        url: `${base}/`,
      },
    });
    expect((await ask('/')).result).not.toHaveProperty('content');
  });

  test('an answer that was not asked for fails, and names both', async () => {
    expect(await ask('/status?code=404', { return_content: true })).toMatchObject({
      status: 'failed',
      result: {
        status: 404,
        content: 'said so',
        x_reason_header: 'because',
        msg: 'Status code was 404 and not [200]: HTTP Error 404: Not Found',
      },
    });
    expect((await ask('/status?code=404', { status_code: [200, 404] })).status).toBe('ok');
    expect((await ask('/status?code=201', { status_code: '201,202' })).status).toBe('ok');
  });

  test('no answer is status -1', async () => {
    expect(await ask('http://127.0.0.1:1/')).toMatchObject({
      status: 'failed',
      result: {
        status: -1,
        msg: expect.stringMatching(/^Status code was -1 and not \[200\]: Request failed: .*127\.0\.0\.1/),
      },
    });
    expect((await ask('http://127.0.0.1:1/', { status_code: [-1] })).status).toBe('ok');
  });

  test.each<[string, Mapping, string, string]>([
    [
      'json',
      { body_format: 'json', body: { b: [1, 'ä', null], a: true } },
      '{"b": [1, "\\u00e4", null], "a": true}',
      'application/json',
    ],
    ['json that is text already', { body_format: 'json', body: '{"a":1}' }, '{"a":1}', 'application/json'],
    [
      'a form',
      { body_format: 'form-urlencoded', body: { q: "a b&'(", l: ['x', 'y'] } },
      'q=a+b%26%27%28&l=x&l=y',
      'application/x-www-form-urlencoded',
    ],
    [
      'a form of pairs',
      {
        body_format: 'form-urlencoded',
        body: [
          ['a', '1'],
          ['a', '2'],
        ],
      },
      'a=1&a=2',
      'application/x-www-form-urlencoded',
    ],
    [
      'text as it is',
      { body: '@/etc/passwd $(id) "\\\n' },
      '@/etc/passwd $(id) "\\\n',
      'application/x-www-form-urlencoded',
    ],
  ])('sends %s', async (_title, args, body, type) => {
    const seen = await echoed({ method: 'POST', ...args });
    expect([seen.body, seen.method, (seen.headers as Mapping)['content-type']]).toEqual([body, 'POST', type]);
  });

  test('sends parts, files among them', async () => {
    writeFileSync(join(dir, 'f.txt'), 'file\0');
    const body = {
      b: { filename: join(dir, 'f.txt') },
      a: 'text',
      c: { content: '{}', mime_type: 'application/json', filename: 'c' },
    };
    const seen = await echoed({ method: 'POST', body_format: 'form-multipart', body });
    const boundary = /boundary="([^"]+)"/.exec(String((seen.headers as Mapping)['content-type']))?.[1];
    expect(seen.body).toBe(
      [
        `--${boundary}`,
        'Content-Type: text/plain',
        'Content-Disposition: form-data; name="a"',
        '',
        'text',
        `--${boundary}`,
        'Content-Transfer-Encoding: base64',
        'Content-Type: text/plain',
        'Content-Disposition: form-data; name="b"; filename="f.txt"',
        '',
        btoa('file\0'),
        `--${boundary}`,
        'Content-Type: application/json',
        'Content-Disposition: form-data; name="c"; filename="c"',
        '',
        '{}',
        `--${boundary}--`,
        '',
      ].join('\r\n'),
    );
  });

  test('sends files of the control machine, large and binary ones too, and of the host', async () => {
    const bytes = Buffer.alloc(100_000, 'ab\0\xff', 'latin1');
    writeFileSync(join(dir, 'large'), bytes);
    const large = await ask('/echo', { method: 'PUT', src: join(dir, 'large') });
    expect([(large.result.json as Mapping).body === bytes.toString('latin1'), large.roundTrips]).toEqual([true, 2]);
    writeFileSync(join(dir, 'small'), 'small');
    expect((await echoed({ method: 'PUT', src: join(dir, 'small'), remote_src: true })).body).toBe('small');
    expect(await ask('/echo', { method: 'PUT', src: join(dir, 'none'), remote_src: true })).toMatchObject({
      status: 'failed',
      result: { msg: `Unable to open source file ${join(dir, 'none')}` },
    });
  });

  test('methods and headers arrive as given', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      expect((await echoed({ method })).method).toBe(method);
    expect((await ask('/echo', { method: 'HEAD' })).result).toMatchObject({ status: 200 });
    const seen = await echoed({ headers: { 'X-A': '"q" $(id) \\', Accept: 'x/y' }, http_agent: 'me' });
    expect(seen.headers).toMatchObject({ 'x-a': '"q" $(id) \\', accept: 'x/y', 'user-agent': 'me' });
    expect(seen.headers).not.toHaveProperty('content-type');
    expect((await echoed({ method: 'GET', body: 'b' })).body).toBe('b');
  });

  test.each<[string, string, Mapping, Mapping]>([
    ['safe follows GET', '/moved', {}, { status: 200, redirected: true, url: 'BASE/echo' }],
    [
      'safe does not follow POST',
      '/moved',
      { method: 'POST', status_code: [302] },
      { status: 302, location: 'BASE/echo' },
    ],
    [
      'none follows nothing',
      '/moved',
      { follow_redirects: 'none', status_code: [302] },
      { status: 302, redirected: false },
    ],
    [
      'all makes a GET of a moved POST',
      '/moved?code=301',
      { follow_redirects: 'all', method: 'POST', body: 'b' },
      { json: { method: 'GET', body: '' } },
    ],
    [
      'all keeps method and body after 307',
      '/moved?code=307',
      { follow_redirects: 'all', method: 'POST', body: 'b' },
      { json: { method: 'POST', body: 'b' } },
    ],
    [
      'urllib2 follows POST',
      '/moved?code=303',
      { follow_redirects: 'urllib2', method: 'POST', body: 'b' },
      { json: { method: 'GET' } },
    ],
  ])('redirections: %s', async (_title, path, args, expected) => {
    const run = await ask(path, args);
    expect(run.status).toBe('ok');
    expect(run.result).toMatchObject(JSON.parse(JSON.stringify(expected).replaceAll('BASE', base)));
  });

  test('a ring of redirections ends', async () => {
    expect(await ask('/ring')).toMatchObject({
      status: 'failed',
      result: { status: -1, msg: expect.stringContaining('too many') },
    });
  });

  test('cookies are kept on the way, and reported; marked headers are sent once', async () => {
    const run = await ask('/moved', { headers: { 'X-Once': '1', 'X-Ever': '2' }, unredirected_headers: ['x-once'] });
    expect((run.result.json as Mapping).headers).toMatchObject({ cookie: 'way=long', 'x-ever': '2' });
    expect((run.result.json as Mapping).headers).not.toHaveProperty('x-once');
    expect((await ask('/cookies')).result).toMatchObject({
      cookies: { a: '1', b: 'two' },
      cookies_string: 'a=1; b=two',
    });
  });

  test('credentials open, and stay with the server they are for', async () => {
    const who = { url_username: 'me', url_password: 'p"w' };
    expect((await ask('/secret')).result.status).toBe(401);
    expect((await ask('/secret', { ...who, force_basic_auth: true })).status).toBe('ok');
    const other = base.replace('127.0.0.1', 'localhost');
    const away = await ask(`/moved?to=${encodeURIComponent(`${other}/echo`)}`, who);
    expect((away.result.json as Mapping).headers).not.toHaveProperty('authorization');
  });

  test('content goes to a file, again only where the server has a newer one', async () => {
    const dest = join(dir, 'file');
    expect(await ask('/dated', { dest, mode: '0640' })).toMatchObject({
      status: 'changed',
      result: { path: dest, status: 200, mode: '0640' },
    });
    expect([readFileSync(dest, 'utf8'), statSync(dest).mode & 0o777]).toEqual(['dated', 0o640]);
    expect(await ask('/dated', { dest, status_code: [200, 304] })).toMatchObject({
      status: 'ok',
      result: { status: 304, path: dest },
    });
    expect((await ask('/dated', { dest, force: true })).status).toBe('changed');
    expect((await ask('/named', { dest: dir })).result.path).toBe(join(dir, 'evil.txt'));
    expect((await ask('/', { dest: dir })).result.path).toBe(join(dir, 'index.html'));
    expect((await ask('/status?code=404', { dest: join(dir, 'no') })).status).toBe('failed');
    expect(existsSync(join(dir, 'no'))).toBe(false);
  });

  test('creates and removes save the question', async () => {
    expect((await ask('http://127.0.0.1:1/', { creates: dir })).result).toEqual({
      stdout: `skipped, since '${dir}' exists`,
    });
    const none = join(dir, 'none');
    expect((await ask('http://127.0.0.1:1/', { removes: none })).result).toEqual({
      stdout: `skipped, since '${none}' does not exist`,
    });
  });

  test('what is not HTTP is refused, and a dry run asks nothing', async () => {
    expect((await ask('file:///etc/passwd')).status).toBe('failed');
    const local = await ask('/moved?to=file:///etc/passwd', { return_content: true });
    expect(local).toMatchObject({ status: 'failed', result: { content: '' } });
    expect((await host.run(uri, { url: base }, { check: true })).status).toBe('skipped');
  });
});
