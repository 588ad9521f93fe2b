import { createServer, type Server, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import { ConnectionLost } from '../../src/transport/index.js';
import { failure, run } from './run.js';
import { freePort, SshBed, type Sshd } from './sshd.js';

// Processes and handshakes of a busy machine take their time.
jest.setTimeout(60_000);

describe('faults of the connection', () => {
  const bed = new SshBed();
  let server: Sshd;
  const servers: Server[] = [];
  beforeAll(async () => {
    bed.key('user');
    server = await bed.sshd();
  });
  afterAll(async () => {
    for (const each of servers) each.close();
    await bed.close();
  });

  const listen = async (onConnection: (socket: Socket) => void): Promise<number> => {
    const port = await freePort();
    const each = createServer(onConnection);
    servers.push(each);
    await new Promise<void>((resolve) => each.listen(port, '127.0.0.1', resolve));
    return port;
  };

  test('a killed session process loses the connection and the command, and the command is not reported as done', async () => {
    const fresh = await bed.sshd();
    const connection = await bed.transport().connect(fresh.target());
    const channel = await connection.exec('echo started; sleep 60');
    const started = new Promise((resolve) => channel.onStdout(resolve));
    await started;
    fresh.signalSessions('SIGKILL');
    const exit = await channel.exit;
    expect(exit.kind).toBe('lost');
    expect(await connection.lost).toBeInstanceOf(ConnectionLost);
    expect(await failure(connection.exec('true'))).toBeInstanceOf(ConnectionLost);
    expect(await failure(channel.write('x'))).toBeInstanceOf(ConnectionLost);
    channel.end();
    channel.close();
    await connection.close();
  });

  test('our own close is not a loss', async () => {
    const connection = await bed.transport().connect(server.target());
    let isLost = false;
    void connection.lost.then(() => {
      isLost = true;
    });
    const channel = await connection.exec('sleep 60');
    await connection.close();
    expect((await channel.exit).kind).toBe('lost');
    expect(isLost).toBe(false);
  });

  test('a frozen server is noticed by the keepalive', async () => {
    const fresh = await bed.sshd();
    const connection = await bed.transport({ keepaliveIntervalMs: 200 }).connect(fresh.target());
    const channel = await connection.exec('sleep 60');
    fresh.signalSessions('SIGSTOP');
    try {
      expect((await connection.lost).message).toContain('no longer answers');
      expect((await channel.exit).kind).toBe('lost');
    } finally {
      fresh.signalSessions('SIGKILL');
    }
  });

  test('a port that nobody listens on is refused at once', async () => {
    const start = Date.now();
    const error = await failure(bed.transport().connect(server.target({ port: await freePort() })));
    expect(error.code).toBe('connection-refused');
    expect(Date.now() - start).toBeLessThan(8000);
  });

  test('a name without an address is said so', async () => {
    const error = await failure(bed.transport().connect(server.target({ address: 'no-such-host.invalid' })));
    expect(error.code).toBe('name-not-found');
  });

  test('a server that accepts and says nothing ends in a timeout, and is not taken for one that is down', async () => {
    const port = await listen(() => undefined);
    const start = Date.now();
    const error = await failure(bed.transport({ connectTimeoutMs: 700 }).connect(server.target({ port })));
    expect(error.code).toBe('timeout');
    expect(error.message).toMatch(/: no login on 127\.0\.0\.1 port \d+ within 0\.7 s$/);
    expect(error.why).toContain('takes the connection');
    expect(Date.now() - start).toBeGreaterThanOrEqual(690);
    expect(Date.now() - start).toBeLessThan(8000);
  });

  test('ConnectTimeout among the connection arguments counts', async () => {
    const port = await listen(() => undefined);
    const start = Date.now();
    const error = await failure(bed.transport().connect(server.target({ port, commonArgs: '-o ConnectTimeout=1' })));
    expect(error.code).toBe('timeout');
    expect(Date.now() - start).toBeLessThan(8000);
  });

  test('a server that always hangs up is tried until the time is over, and the message says so', async () => {
    let calls = 0;
    const port = await listen((socket) => {
      calls++;
      socket.destroy();
    });
    const error = await failure(bed.transport({ connectTimeoutMs: 1500 }).connect(server.target({ port })));
    expect(error.code).toBe('timeout');
    expect(error.why).toContain('MaxStartups');
    expect(calls).toBeGreaterThan(2);
  });

  test.each([
    ['answers something else', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
    ['never stops talking', 'HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(600)],
  ])('what is no SSH server, as it %s, is told apart', async (_, text) => {
    const port = await listen((socket) => socket.end(text).on('error', () => undefined));
    const start = Date.now();
    const error = await failure(bed.transport().connect(server.target({ port })));
    expect(error.code).toBe('not-ssh');
    expect(Date.now() - start).toBeLessThan(8000);
  });

  test('an aborted connect ends at once with the reason of the signal', async () => {
    const port = await listen(() => undefined);
    const controller = new AbortController();
    const connecting = bed.transport().connect(server.target({ port }), controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 100);
    const start = Date.now();
    expect((await failure(connecting)).message).toBe('enough');
    expect(Date.now() - start).toBeLessThan(8000);
    expect((await failure(bed.transport().connect(server.target(), controller.signal))).message).toBe('enough');
  });

  test('with MaxStartups 2:50:4 none of 30 hosts behind one address is lost', async () => {
    const narrow = await bed.sshd({ config: ['MaxStartups 2:50:4'] });
    const transport = bed.transport();
    const connections = await Promise.all(Array.from({ length: 30 }, () => transport.connect(narrow.target())));
    const ran = await Promise.all(connections.map((connection) => run(connection, 'true')));
    expect(ran.filter(({ exit }) => exit.kind === 'exited' && exit.code === 0)).toHaveLength(30);
    await Promise.all(connections.map((connection) => connection.close()));
  }, 60_000);

  test('a banner and a chatty shell profile change nothing for the connection', async () => {
    const banner = bed.write('banner', `${'Welcome! '.repeat(300)}\n`);
    const chatty = await bed.sshd({ config: [`Banner ${banner}`] });
    const connection = await bed.transport().connect(chatty.target());
    expect((await run(connection, 'echo fine')).stdout.toString()).toBe('fine\n');
    await connection.close();
  });

  test('algorithms that are not offered are named', async () => {
    const old = await bed.sshd({ config: ['KexAlgorithms diffie-hellman-group14-sha1'] });
    expect((await failure(bed.transport().connect(old.target()))).code).toBe('no-common-algorithm');
  });

  test('one signal for many hosts causes no warning of Node about listeners', async () => {
    const warnings: string[] = [];
    const listen = (warning: Error): number => warnings.push(warning.name);
    process.on('warning', listen);
    const narrow = await bed.sshd({ config: ['MaxStartups 2:50:4'] });
    const transport = bed.transport();
    const { signal } = new AbortController();
    const targets = Array.from({ length: 20 }, () => narrow.target());
    const connections = await Promise.all(targets.map((target) => transport.connect(target, signal)));
    await Promise.all(connections.map((connection) => connection.close()));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  }, 60_000);

  test('closing the transport ends what is still connecting and what is open', async () => {
    const silent = await listen(() => undefined);
    const transport = bed.transport();
    const open = await transport.connect(server.target());
    const channel = await open.exec('sleep 60');
    const connecting = failure(transport.connect(server.target({ port: silent })));
    await transport.close();
    expect(await connecting).toBeInstanceOf(ConnectionLost);
    expect((await channel.exit).kind).toBe('lost');
  });

  test('a signal that is aborted later leaves the connection alone', async () => {
    const controller = new AbortController();
    const connection = await bed.transport().connect(server.target(), controller.signal);
    controller.abort(new Error('late'));
    expect((await run(connection, 'echo fine')).stdout.toString()).toBe('fine\n');
    await connection.close();
  });
});
