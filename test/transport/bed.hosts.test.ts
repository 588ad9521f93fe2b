import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { createTransport, type Target, type TransportOptions } from '../../src/transport/index.js';
import { addressOf, type BedHost, readBed } from '../lab/bed.js';
import { failure, run } from './run.js';

// Processes and handshakes of a busy machine take their time.
jest.setTimeout(60_000);

const bed = readBed();
const home = `${bed.state}/transport-home-${process.pid}`;
afterAll(() => rmSync(home, { recursive: true, force: true }));

const transport = (options: Partial<TransportOptions> = {}) =>
  createTransport({
    connectTimeoutMs: 10_000,
    knownHostsFiles: [bed.knownHostsFile],
    sshConfigFile: 'none',
    askPassphrase: async () => undefined,
    warn: () => undefined,
    env: {},
    homeDir: home,
    ...options,
  });

const target = (host: BedHost, changes: Partial<Target> = {}): Target => ({
  name: host,
  kind: 'ssh',
  address: addressOf(bed, host),
  user: 'root',
  privateKeyFile: bed.privateKeyFile,
  ...changes,
});

const ops = (password: string): Partial<Target> => ({ user: 'ops', password, privateKeyFile: undefined });

describe('the transport on real hosts', () => {
  test.each(['node1', 'node2', 'node3'] as const)(
    'root logs in to %s with a key and a known host key',
    async (host) => {
      const connection = await transport({ hostKeyChecking: 'strict' }).connect(target(host));
      expect((await run(connection, 'hostname')).stdout.toString()).toBe(`${host}\n`);
      await connection.close();
    },
  );

  test('a password logs in', async () => {
    const connection = await transport().connect(target('node2', ops(bed.users.ops.password)));
    expect((await run(connection, 'id -un')).stdout.toString()).toBe('ops\n');
    await connection.close();
  });

  test('a wrong password is refused and shown nowhere', async () => {
    const error = await failure(transport().connect(target('node2', ops('wrong-Pa55word'))));
    expect(error.code).toBe('authentication-failed');
    expect(error.why).toContain('The password was refused');
    expect([error.message, error.why, error.fix, error.stack].join()).not.toContain('wrong-Pa55word');
  });

  test('a host behind the bastion is reached through it, and not without it', async () => {
    const through = transport({ sshConfigFile: bed.sshConfigFile, knownHostsFiles: undefined });
    const connection = await through.connect({ name: 'inner', kind: 'ssh', address: 'inner' });
    expect((await run(connection, 'hostname')).stdout.toString()).toBe('inner\n');
    await connection.close();
    await through.close();
    const error = await failure(transport({ connectTimeoutMs: 1500 }).connect(target('inner')));
    expect(['timeout', 'unreachable', 'connection-refused']).toContain(error.code);
  });

  test('the ssh_config of the bed names users, keys and known hosts for itself', async () => {
    const own = transport({ sshConfigFile: bed.sshConfigFile, knownHostsFiles: undefined });
    const connection = await own.connect({ name: 'n', kind: 'ssh', address: 'node3' });
    expect((await run(connection, 'hostname')).stdout.toString()).toBe('node3\n');
    await connection.close();
  });

  test('a host key that belongs to another host is refused before the password is sent', async () => {
    const lines = readFileSync(bed.knownHostsFile, 'utf8').split('\n');
    const other = lines.find((line) => line.includes(addressOf(bed, 'node3')) && line.includes('ssh-ed25519')) ?? '';
    const [, type, key] = other.split(' ');
    mkdirSync(home, { recursive: true });
    writeFileSync(`${home}/wrong`, `${addressOf(bed, 'node2')} ${type} ${key}\n`);
    const wrong = transport({ knownHostsFiles: [`${home}/wrong`] });
    const error = await failure(wrong.connect(target('node2', ops(bed.users.ops.password))));
    expect(error.code).toBe('host-key-changed');
  });

  test("with sshd's default MaxStartups none of 40 simultaneous logins to one host is lost", async () => {
    const shared = transport();
    const connections = await Promise.all(Array.from({ length: 40 }, () => shared.connect(target('node2'))));
    const ran = await Promise.all(connections.map((connection) => run(connection, 'true')));
    expect(ran.filter(({ exit }) => exit.kind === 'exited' && exit.code === 0)).toHaveLength(40);
    await Promise.all(connections.map((connection) => connection.close()));
  }, 120_000);

  test('a machine that is down is a timeout or unreachable', async () => {
    const error = await failure(
      transport({ connectTimeoutMs: 1500 }).connect(
        target('node1', { address: addressOf(bed, 'node1').replace(/\d+$/, '250') }),
      ),
    );
    expect(['timeout', 'unreachable']).toContain(error.code);
  });
});
