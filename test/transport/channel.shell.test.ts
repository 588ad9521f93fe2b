import { createHash, randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { type Connection, ConnectionLost } from '../../src/transport/index.js';
import { failure, run } from './run.js';
import { SshBed, type Sshd, until } from './sshd.js';

// Processes and handshakes of a busy machine take their time.
jest.setTimeout(60_000);

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

describe.each(['ssh', 'local'] as const)('a command over %s', (kind) => {
  const bed = new SshBed();
  let connection: Connection;
  beforeAll(async () => {
    bed.key('user');
    const server = await bed.sshd({ config: ['RekeyLimit 1M', 'LogLevel VERBOSE'] });
    connection = await bed.transport({ env: process.env }).connect(server.target({ kind }));
  });
  afterAll(async () => {
    await connection.close();
    await bed.close();
  });

  test.each([
    ['exit 0', { kind: 'exited', code: 0 }],
    ['exit 255', { kind: 'exited', code: 255 }],
    ['kill -9 $$', { kind: 'signalled', signal: 'SIGKILL' }],
    ['kill -TERM $$', { kind: 'signalled', signal: 'SIGTERM' }],
    ['no-such-command-anywhere', { kind: 'exited', code: 127 }],
  ])('%s ends as it ended', async (command, exit) => {
    expect((await run(connection, command)).exit).toEqual(exit);
  });

  test('output and errors come apart', async () => {
    const { stdout, stderr } = await run(connection, 'echo out; echo err >&2');
    expect([stdout.toString(), stderr.toString()]).toEqual(['out\n', 'err\n']);
  });

  test('output that came before anybody listened is not lost', async () => {
    const channel = await connection.exec('echo early; echo early >&2');
    await channel.exit;
    const heard: string[] = [];
    channel.onStdout((chunk) => heard.push(String(chunk)));
    channel.onStderr((chunk) => heard.push(String(chunk)));
    expect(heard).toEqual(['early\n', 'early\n']);
  });

  test('the end is seen when nobody listens', async () => {
    expect(await (await connection.exec('echo unheard')).exit).toEqual({ kind: 'exited', code: 0 });
  });

  test('a character that is split over two chunks arrives byte for byte', async () => {
    const { stdout } = await run(connection, "printf '\\342'; sleep 0.2; printf '\\202\\254'");
    expect(stdout).toEqual(Buffer.from('€'));
  });

  test('24 MiB of random bytes go both ways unchanged, with a new key every MiB', async () => {
    const data = randomBytes(24 * 1024 * 1024);
    const channel = await connection.exec('cat');
    const hash = createHash('sha256');
    let bytes = 0;
    channel.onStdout((chunk) => {
      bytes += chunk.length;
      hash.update(chunk);
    });
    for (let i = 0; i < data.length; i += 300_000) await channel.write(data.subarray(i, i + 300_000));
    channel.end();
    expect(await channel.exit).toEqual({ kind: 'exited', code: 0 });
    expect([bytes, hash.digest('hex')]).toEqual([data.length, sha256(data)]);
  }, 60_000);

  test('writing to a reader that does not read waits', async () => {
    const channel = await connection.exec('sleep 1; cat >/dev/null');
    let isDone = false;
    const writing = channel.write(randomBytes(16 * 1024 * 1024)).then(() => {
      isDone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(isDone).toBe(false);
    await writing;
    channel.end();
    expect(await channel.exit).toEqual({ kind: 'exited', code: 0 });
  }, 30_000);

  test('writing to a command that has ended rejects and never throws', async () => {
    const channel = await connection.exec('exit 3');
    await channel.exit;
    await until(async () => {
      const error = await channel.write('x').then(
        () => undefined,
        (reason) => reason,
      );
      return error instanceof ConnectionLost;
    });
    channel.end();
    channel.close();
  });

  test('a write that waits for a command that ends is rejected', async () => {
    const channel = await connection.exec('sleep 0.3');
    const error = await failure(channel.write(randomBytes(16 * 1024 * 1024)));
    expect(error).toBeInstanceOf(ConnectionLost);
  });

  test('the command sees neither a terminal nor our input after its end', async () => {
    const { stdout } = await run(connection, 'if test -t 0; then echo tty; else cat; fi', 'input');
    expect(stdout.toString()).toBe('input');
  });

  test('many commands run side by side', async () => {
    const ran = await Promise.all([1, 2, 3, 4, 5].map((i) => run(connection, `sleep 0.1; echo ${i}`)));
    expect(ran.map(({ stdout }) => stdout.toString())).toEqual(['1\n', '2\n', '3\n', '4\n', '5\n']);
  });
});

describe('the limits of a connection', () => {
  const bed = new SshBed();
  let server: Sshd;
  beforeAll(async () => {
    bed.key('user');
    server = await bed.sshd({ config: ['MaxSessions 1'] });
  });
  afterAll(() => bed.close());

  test('with MaxSessions 1 the second session is refused as such, and the first goes on', async () => {
    const connection = await bed.transport().connect(server.target());
    const first = await connection.exec('cat');
    const error = await failure(connection.exec('true'));
    expect([error.name, error.code]).toEqual(['ChannelRefused', 'channel-refused']);
    const heard: string[] = [];
    first.onStdout((chunk) => heard.push(String(chunk)));
    await first.write('still here');
    first.end();
    expect(await first.exit).toEqual({ kind: 'exited', code: 0 });
    expect(heard.join('')).toBe('still here');
    expect((await run(connection, 'echo again')).stdout.toString()).toBe('again\n');
    await connection.close();
  });

  test('with MaxSessions 1 a session right after the end of another is not refused', async () => {
    const connection = await bed.transport().connect(server.target());
    for (let i = 0; i < 20; i++) expect((await run(connection, 'true')).exit).toEqual({ kind: 'exited', code: 0 });
    await connection.close();
  });

  test('the real login user is told', async () => {
    const connection = await bed.transport().connect(server.target());
    expect((await run(connection, 'id -un')).stdout.toString().trim()).toBe(connection.user);
    await connection.close();
  });
});
