import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { jest } from '@jest/globals';
import { digest } from '../../../src/tasks/general/written-file.js';
import { localHosts, type PlaybookRun, runPlaybookFiles } from '../../support/run-playbook.js';
import { freePort, SshBed, type Sshd } from '../../transport/sshd.js';

jest.setTimeout(120_000);

const MIB = 1024 * 1024;

/** Stands before an sshd: counts what goes to it, and cuts the first connection after so many bytes. */
class Wire {
  sent = 0;
  cutAfter = Number.POSITIVE_INFINITY;
  port = 0;
  #server: Server | undefined;

  async open(sshd: Sshd): Promise<void> {
    this.port = await freePort();
    this.#server = createServer((socket) => {
      const onward = connect(sshd.port, '127.0.0.1');
      for (const end of [socket, onward]) {
        end.on('error', () => undefined);
        end.on('close', () => [socket, onward].map((each) => each.destroy()));
      }
      onward.pipe(socket);
      socket.pipe(onward);
      socket.on('data', (chunk) => {
        this.sent += chunk.length;
        if (this.sent < this.cutAfter) return;
        this.cutAfter = Number.POSITIVE_INFINITY;
        socket.destroy();
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(this.port, '127.0.0.1', resolve));
  }

  close(): void {
    this.#server?.close();
  }
}

describe('a large file', () => {
  const bed = new SshBed();
  const wires: Wire[] = [];
  let there: string;
  const plain = randomBytes(6 * MIB + 12_345);
  const text = Buffer.from('All work and no play makes a compressible file.\n'.repeat(200_000));

  beforeAll(() => {
    bed.key('user');
    writeFileSync(bed.path('plain'), plain);
    writeFileSync(bed.path('text'), text);
  });
  beforeEach(() => {
    there = mkdtempSync(join(tmpdir(), 'kprov-there-'));
  });
  afterEach(() => rmSync(there, { recursive: true, force: true }));
  afterAll(async () => {
    for (const wire of wires) wire.close();
    await bed.close();
  });

  const wire = async (config: string[] = []): Promise<Wire> => {
    const sshd = await bed.sshd({ config, unknown: true });
    const opened = new Wire();
    wires.push(opened);
    await opened.open(sshd);
    const key = readFileSync(`${bed.path(basename(sshd.hostKeys[0] ?? ''))}.pub`, 'utf8');
    writeFileSync(bed.path('known_hosts'), `[127.0.0.1]:${opened.port} ${key}`, { flag: 'a' });
    return opened;
  };

  const send = (through: Wire, tasks: readonly object[]): Promise<PlaybookRun> => {
    const options = `-F none -o UserKnownHostsFile=${bed.path('known_hosts')}`;
    const host = `ansible_host=127.0.0.1 ansible_port=${through.port} ansible_ssh_private_key_file=${bed.path('user')}`;
    return runPlaybookFiles({
      files: {
        'hosts.ini': `h1 ${host} ansible_ssh_common_args='${options}'\n`,
        'playbook.yml': JSON.stringify([{ hosts: 'h1', gather_facts: false, tasks }]),
      },
    });
  };
  const copyOf = (name: string, more: object = {}) => [
    { copy: { src: bed.path(name), dest: join(there, 'f'), mode: '0640', ...more } },
  ];
  const part = (content: Buffer): string => {
    const staging = join(there, `.kprov-${digest('sha256', join(there, 'f')).slice(0, 16)}`);
    mkdirSync(staging, { mode: 0o700 });
    return join(staging, digest('sha256', content).slice(0, 32));
  };

  test('arrives as it is, with its mode, and nothing is left beside it', async () => {
    const through = await wire();
    const run = await send(through, copyOf('plain'));
    expect(run.recap.h1).toMatchObject({ changed: 1, failed: 0, unreachable: 0 });
    expect(readFileSync(join(there, 'f')).equals(plain)).toBe(true);
    expect(statSync(join(there, 'f')).mode & 0o7777).toBe(0o640);
    expect(readdirSync(there)).toEqual(['f']);
    expect(through.sent).toBeLessThan(plain.length * 1.02 + 100_000);
    const sha1 = createHash('sha1').update(plain).digest('hex');
    expect(run.hosts.h1?.[0]?.result).toMatchObject({ checksum: sha1, size: plain.length, mode: '0640' });
  });

  test('is not sent where it is there already', async () => {
    const through = await wire();
    writeFileSync(join(there, 'f'), plain, { mode: 0o640 });
    const run = await send(through, copyOf('plain'));
    expect(run.recap.h1).toMatchObject({ ok: 1, changed: 0 });
    expect(through.sent).toBeLessThan(100_000);
  });

  test('goes compressed where that saves', async () => {
    const through = await wire();
    const run = await send(through, copyOf('text'));
    expect(run.recap.h1).toMatchObject({ changed: 1 });
    expect(readFileSync(join(there, 'f')).equals(text)).toBe(true);
    expect(through.sent).toBeLessThan(text.length / 4);
  });

  test.each(['plain', 'text'])('goes on where it was when the connection is cut: %s', async (name) => {
    const content = name === 'plain' ? plain : text;
    const through = await wire();
    through.cutAfter = name === 'plain' ? 4 * MIB : 60_000;
    const run = await send(through, copyOf(name));
    expect(run.recap.h1).toMatchObject({ changed: 1, failed: 0, unreachable: 0 });
    expect(readFileSync(join(there, 'f')).equals(content)).toBe(true);
    expect(readdirSync(there)).toEqual(['f']);
    expect(run.events).toContainEqual(
      expect.objectContaining({
        type: 'notice',
        message: expect.stringContaining('connecting again to send the rest'),
      }),
    );
    if (name === 'plain') expect(through.sent).toBeLessThan(1.6 * content.length);
  });

  test('goes on with what a run that was killed has left', async () => {
    const through = await wire();
    writeFileSync(part(plain), plain.subarray(0, 5 * MIB), { mode: 0o600 });
    const run = await send(through, copyOf('plain'));
    expect(run.recap.h1).toMatchObject({ changed: 1, failed: 0 });
    expect(readFileSync(join(there, 'f')).equals(plain)).toBe(true);
    expect(through.sent).toBeLessThan(1.5 * MIB);
  });

  test('begins anew where what is left is not its beginning', async () => {
    const through = await wire();
    writeFileSync(part(plain), randomBytes(5 * MIB), { mode: 0o600 });
    const run = await send(through, copyOf('plain'));
    expect(run.recap.h1).toMatchObject({ changed: 1, failed: 0 });
    expect(readFileSync(join(there, 'f')).equals(plain)).toBe(true);
  });

  test('is not written into a directory that others can write to', async () => {
    const through = await wire();
    chmodSync(join(part(plain), '..'), 0o777);
    const run = await send(through, copyOf('plain'));
    expect(run.recap.h1).toMatchObject({ changed: 0, failed: 1 });
    expect(readdirSync(there).filter((name) => name === 'f')).toEqual([]);
  });

  test('comes through the shell where the server allows one session only', async () => {
    const through = await wire(['MaxSessions 1']);
    const run = await send(through, copyOf('plain'));
    expect(run.recap.h1).toMatchObject({ changed: 1, failed: 0 });
    expect(readFileSync(join(there, 'f')).equals(plain)).toBe(true);
    expect(through.sent).toBeGreaterThan(1.3 * plain.length);
  });

  test('needs no third session', async () => {
    const through = await wire(['MaxSessions 2']);
    const run = await send(through, copyOf('plain'));
    expect(run.recap.h1).toMatchObject({ changed: 1, failed: 0 });
    expect(through.sent).toBeLessThan(plain.length * 1.02 + 100_000);
  });

  test('is told as failed where the host cannot take it', async () => {
    const through = await wire();
    const staging = part(plain);
    mkdirSync(staging);
    writeFileSync(join(staging, 'x'), '');
    const run = await send(through, copyOf('plain'));
    expect(run.recap.h1).toMatchObject({ changed: 0, failed: 1, unreachable: 0 });
    expect(run.hosts.h1?.[0]?.result.msg).toMatch(/^cannot write /);
  });

  test('is in a tree of small ones', async () => {
    const through = await wire();
    mkdirSync(bed.path('tree/sub'), { recursive: true });
    writeFileSync(bed.path('tree/large'), plain);
    writeFileSync(bed.path('tree/sub/large'), text);
    for (let i = 0; i < 50; i++) writeFileSync(bed.path(`tree/sub/${i}`), `${i}\n`);
    const tasks = [{ copy: { src: `${bed.path('tree')}/`, dest: join(there, 'd') } }];
    expect((await send(through, tasks)).recap.h1).toMatchObject({ changed: 1, failed: 0 });
    expect(readFileSync(join(there, 'd/large')).equals(plain)).toBe(true);
    expect(readFileSync(join(there, 'd/sub/large')).equals(text)).toBe(true);
    expect(readFileSync(join(there, 'd/sub/49'), 'utf8')).toBe('49\n');
    expect((await send(through, tasks)).recap.h1).toMatchObject({ ok: 1, changed: 0 });
  });

  test('comes to the machine itself', async () => {
    const run = await runPlaybookFiles({
      files: {
        'hosts.ini': localHosts(['h1']),
        'playbook.yml': JSON.stringify([{ hosts: 'h1', gather_facts: false, tasks: copyOf('plain') }]),
      },
    });
    expect(run.recap.h1).toMatchObject({ changed: 1, failed: 0 });
    expect(readFileSync(join(there, 'f')).equals(plain)).toBe(true);
  });
});
