import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { jest } from '@jest/globals';
import { localHosts, type PlaybookRun, runPlaybookFiles } from '../../support/run-playbook.js';
import { freePort, SshBed, type Sshd } from '../../transport/sshd.js';

jest.setTimeout(120_000);

const MIB = 1024 * 1024;
const content = randomBytes(21 * MIB + 12_345);
const sum = (name: string) => createHash(name).update(content).digest('hex');

let folder: string;
let source: string;
let dest: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kprov-fetch-'));
  [source, dest] = [join(folder, 'source'), join(folder, 'fetched')];
  writeFileSync(source, content);
});
afterEach(() => rmSync(folder, { recursive: true }));

const fetching = (hosts: string, more: object = {}, args: string[] = []): Promise<PlaybookRun> =>
  runPlaybookFiles({
    args,
    files: {
      'hosts.ini': hosts,
      'playbook.yml': JSON.stringify([
        { hosts: 'h1', gather_facts: false, tasks: [{ fetch: { src: source, dest, flat: true, ...more } }] },
      ]),
    },
  });
const here = localHosts(['h1']);

test('a large file comes in pieces, and is not brought again', async () => {
  const first = await fetching(here);
  expect(first.recap.h1).toMatchObject({ changed: 1, failed: 0 });
  expect(readFileSync(dest).equals(content)).toBe(true);
  const sums = { checksum: sum('sha1'), remote_checksum: sum('sha1'), md5sum: sum('md5'), remote_md5sum: null };
  expect(first.hosts.h1?.[0]?.result).toMatchObject({ dest, ...sums });
  const second = await fetching(here);
  expect(second.recap.h1).toMatchObject({ ok: 1, changed: 0 });
  expect(second.hosts.h1?.[0]?.result).toMatchObject({ dest, ...sums });
  expect(readdirSync(folder).sort()).toEqual(['fetched', 'source']);
});

test('one of the same size and other content is replaced', async () => {
  writeFileSync(dest, randomBytes(content.length));
  expect((await fetching(here)).recap.h1).toMatchObject({ changed: 1 });
  expect(readFileSync(dest).equals(content)).toBe(true);
});

test('a dry run brings nothing', async () => {
  const run = await fetching(here, {}, ['--check']);
  expect(run.recap.h1).toMatchObject({ changed: 1, failed: 0 });
  expect(readdirSync(folder)).toEqual(['source']);
});

test('where it cannot be put, that is said', async () => {
  mkdirSync(join(dest, 'in-the-way'), { recursive: true });
  const run = await fetching(here);
  expect(run.recap.h1).toMatchObject({ failed: 1 });
  expect(run.hosts.h1?.[0]?.result.msg).toMatch(/^cannot write on the control machine: (EISDIR|ENOTEMPTY|EEXIST)/);
  expect(readdirSync(folder).sort()).toEqual(['fetched', 'source']);
});

describe('over a connection that is cut', () => {
  const bed = new SshBed();
  let server: Server | undefined;
  let came = 0;
  beforeAll(() => void bed.key('user'));
  afterAll(async () => {
    server?.close();
    await bed.close();
  });

  async function cutAfter(sshd: Sshd, bytes: number): Promise<number> {
    const port = await freePort();
    let isCut = false;
    server = createServer((socket) => {
      const onward = connect(sshd.port, '127.0.0.1');
      for (const end of [socket, onward]) {
        end.on('error', () => undefined);
        end.on('close', () => [socket, onward].map((each) => each.destroy()));
      }
      socket.pipe(onward);
      onward.pipe(socket);
      onward.on('data', (chunk) => {
        came += chunk.length;
        if (isCut || came < bytes) return;
        isCut = true;
        socket.destroy();
      });
    });
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
    const key = readFileSync(`${bed.path(basename(sshd.hostKeys[0] ?? ''))}.pub`, 'utf8');
    writeFileSync(bed.path('known_hosts'), `[127.0.0.1]:${port} ${key}`);
    return port;
  }

  test('a large file goes on where it was', async () => {
    const port = await cutAfter(await bed.sshd({ unknown: true }), 13 * MIB);
    const login = `ansible_host=127.0.0.1 ansible_port=${port} ansible_ssh_private_key_file=${bed.path('user')}`;
    const options = `-F none -o UserKnownHostsFile=${bed.path('known_hosts')}`;
    const run = await fetching(`h1 ${login} ansible_ssh_common_args='${options}'\n`);
    expect(run.recap.h1).toMatchObject({ changed: 1, failed: 0, unreachable: 0 });
    expect(readFileSync(dest).equals(content)).toBe(true);
    expect(came).toBeLessThan(content.length + 10 * MIB);
    expect(run.events).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('connecting again for the rest') }),
    );
  });
});
