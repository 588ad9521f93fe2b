import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import type { HostKeyChecking } from '../../src/transport/index.js';
import { failure, run } from './run.js';
import { SshBed, type Sshd } from './sshd.js';

// Processes and handshakes of a busy machine take their time.
jest.setTimeout(60_000);

describe('host keys', () => {
  const bed = new SshBed();
  let server: Sshd;
  const known = bed.path('known_hosts');
  const name = (): string => `[127.0.0.1]:${server.port}`;
  const publicHostKey = (index = 0): string => readFileSync(`${server.hostKeys[index]}.pub`, 'utf8').trim();
  const connect = (checking?: HostKeyChecking) => bed.transport({ hostKeyChecking: checking }).connect(server.target());

  /** Fails as expected, and the server's own log shows that nobody tried to log in. */
  const refusedUnseen = async (checking?: HostKeyChecking) => {
    const before = server.log.length;
    const error = await failure(connect(checking));
    expect(server.log.slice(before)).not.toMatch(/userauth-request|Accepted|Failed/);
    return error;
  };

  beforeAll(async () => {
    bed.key('user');
    bed.key('other');
    server = await bed.sshd({ hostKeyTypes: ['ed25519', 'ecdsa', 'rsa'], unknown: true });
  });
  beforeEach(() => {
    writeFileSync(known, '');
    bed.warnings.length = 0;
  });
  afterAll(() => bed.close());

  test('an unknown host is refused before any credential is sent, with the command that makes it known', async () => {
    const error = await refusedUnseen();
    expect(error.code).toBe('host-key-unknown');
    expect(error.why).toContain(
      execFileSync('ssh-keygen', ['-lf', `${server.hostKeys[0]}.pub`])
        .toString()
        .split(' ')[1],
    );
    const command = String(error.fix).split('\n')[1] ?? '';
    expect(command).toContain('ssh-keyscan');
    execFileSync('sh', ['-c', command], { stdio: 'ignore' });
    await (await connect()).close();
  });

  test.each(['ed25519', 'ecdsa', 'rsa'])('a host that is known by its %s key alone is known', async (type) => {
    server.learn(type);
    await (await connect('strict')).close();
  });

  test('a hashed name is found', async () => {
    server.learn();
    execFileSync('ssh-keygen', ['-q', '-H', '-f', known], { stdio: 'ignore' });
    expect(readFileSync(known, 'utf8')).toMatch(/^\|1\|/);
    await (await connect('strict')).close();
  });

  test('a line for the bare host serves another port of it too', async () => {
    writeFileSync(known, `127.0.0.1 ${publicHostKey()}\n`);
    await (await connect('strict')).close();
  });

  test.each(['strict', 'accept-new'] as const)(
    'a changed key is refused before any credential is sent (%s)',
    async (checking) => {
      writeFileSync(known, `${name()} ${bed.publicKey('other')}\n`);
      const error = await refusedUnseen(checking);
      expect(error.code).toBe('host-key-changed');
      expect(readFileSync(known, 'utf8')).toBe(`${name()} ${bed.publicKey('other')}\n`);
      const command = String(error.fix).split('\n')[1] ?? '';
      execFileSync('sh', ['-c', command], { stdio: 'ignore' });
      expect(readFileSync(known, 'utf8')).toBe('');
    },
  );

  test('a host that is known by a type it no longer shows is not taken for new', async () => {
    const only = await bed.sshd({ hostKeyTypes: ['ecdsa'], unknown: true });
    writeFileSync(known, `[127.0.0.1]:${only.port} ${bed.publicKey('other')}\n`);
    const error = await failure(bed.transport({ hostKeyChecking: 'accept-new' }).connect(only.target()));
    expect(error.code).toBe('host-key-changed');
  });

  test.each(['strict', 'accept-new', 'off'] as const)('a revoked key is refused (%s)', async (checking) => {
    writeFileSync(known, `@revoked * ${publicHostKey(0)}\n${name()} ${publicHostKey(0)}\n`);
    expect((await refusedUnseen(checking)).code).toBe('host-key-revoked');
  });

  test('a host that only a certificate authority vouches for is told apart', async () => {
    writeFileSync(known, `@cert-authority * ${bed.publicKey('other')}\n`);
    const error = await refusedUnseen();
    expect(error.code).toBe('host-key-unknown');
    expect(error.why).toContain('host certificates are not supported');
  });

  test('accept-new adds an unknown key once and after that holds on to it', async () => {
    writeFileSync(known, '# mine, without a newline at its end');
    const transport = bed.transport({ hostKeyChecking: 'accept-new' });
    const connections = await Promise.all([1, 2, 3].map(() => transport.connect(server.target())));
    for (const connection of connections) await connection.close();
    expect(readFileSync(known, 'utf8').split('\n')).toEqual([
      '# mine, without a newline at its end',
      `${name()} ${publicHostKey().split(' ').slice(0, 2).join(' ')}`,
      '',
    ]);
    expect(bed.warnings.filter((warning) => warning.includes('added the host key'))).toHaveLength(1);
    await (await connect('strict')).close();
  });

  test('accept-new hides the name where ssh_config says HashKnownHosts', async () => {
    const config = bed.write('hash-config', 'HashKnownHosts yes\n');
    const transport = bed.transport({ hostKeyChecking: 'accept-new', sshConfigFile: config });
    await (await transport.connect(server.target())).close();
    expect(readFileSync(known, 'utf8')).toMatch(/^\|1\|[^ ]+ ssh-ed25519 /);
    expect(execFileSync('ssh-keygen', ['-F', name(), '-f', known]).toString()).toContain('found');
  });

  test('off takes any key and says so loudly, once', async () => {
    const transport = bed.transport({ hostKeyChecking: 'off' });
    for (let i = 0; i < 2; i++) await (await transport.connect(server.target())).close();
    expect(bed.warnings.filter((warning) => warning.includes('HOST KEY CHECKING IS OFF'))).toHaveLength(1);
    expect(readFileSync(known, 'utf8')).toBe('');
  });

  test.each([
    ['no', undefined],
    ['accept-new', undefined],
    ['yes', 'host-key-unknown'],
  ])(
    'StrictHostKeyChecking=%s among the connection arguments decides where the command line does not',
    async (value, code) => {
      const target = server.target({ commonArgs: `-o StrictHostKeyChecking=${value}` });
      const connecting = bed.transport().connect(target);
      if (code !== undefined) expect((await failure(connecting)).code).toBe(code);
      else await (await connecting).close();
    },
  );

  test('the command line is stricter than the connection arguments', async () => {
    const target = server.target({ commonArgs: '-o StrictHostKeyChecking=no' });
    expect((await failure(bed.transport({ hostKeyChecking: 'strict' }).connect(target))).code).toBe('host-key-unknown');
  });

  test('UserKnownHostsFile and HostKeyAlias of ssh_config say where and under which name to look', async () => {
    bed.write('elsewhere', `machine ${publicHostKey()}\n`);
    const config = bed.write(
      'alias-config',
      `Host alias\n  HostName 127.0.0.1\n  Port ${server.port}\n  HostKeyAlias machine\n  UserKnownHostsFile ${bed.path('elsewhere')}\n  IdentityFile %d/user\n`,
    );
    const transport = bed.transport({ sshConfigFile: config, knownHostsFiles: undefined });
    const connection = await transport.connect({ name: 'n', kind: 'ssh', address: 'alias' });
    expect((await run(connection, 'true')).exit).toEqual({ kind: 'exited', code: 0 });
    await connection.close();
  });
});
