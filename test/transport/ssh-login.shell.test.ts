import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { failure, run } from './run.js';
import { SshBed, type Sshd } from './sshd.js';

// Processes and handshakes of a busy machine take their time.
jest.setTimeout(60_000);

describe('logging in', () => {
  const bed = new SshBed();
  let server: Sshd;
  beforeAll(async () => {
    bed.key('user');
    bed.key('rsa', 'rsa');
    bed.key('ecdsa', 'ecdsa', 'open sesame');
    bed.key('locked', 'ed25519', 'open sesame');
    bed.key('old-pem', 'rsa', 'open sesame', 'PEM');
    bed.key('stranger');
    server = await bed.sshd({ authorized: ['user', 'rsa', 'ecdsa', 'locked', 'old-pem'] });
  });
  afterAll(() => bed.close());

  test.each(['user', 'rsa'])('a key without a passphrase (%s) opens the door', async (name) => {
    const connection = await bed.transport().connect(server.target({ privateKeyFile: bed.path(name) }));
    const { exit, stdout } = await run(connection, 'echo $((6*7))');
    expect({ exit, text: stdout.toString() }).toEqual({ exit: { kind: 'exited', code: 0 }, text: '42\n' });
    await connection.close();
  });

  test.each(['locked', 'ecdsa', 'old-pem'])(
    'an encrypted key (%s) asks for its passphrase once for many hosts',
    async (name) => {
      const asked: string[] = [];
      const transport = bed.transport({
        askPassphrase: async (file) => {
          asked.push(file);
          return 'open sesame';
        },
      });
      const target = server.target({ privateKeyFile: bed.path(name) });
      const connections = await Promise.all([transport.connect(target), transport.connect(target)]);
      expect(asked).toEqual([bed.path(name)]);
      for (const connection of connections) await connection.close();
    },
  );

  test('an encrypted key that the server does not know is not asked for', async () => {
    bed.key('locked-stranger', 'ed25519', 'open sesame');
    const asked: string[] = [];
    const transport = bed.transport({
      askPassphrase: async (file) => {
        asked.push(file);
        return 'open sesame';
      },
    });
    const error = await failure(transport.connect(server.target({ privateKeyFile: bed.path('locked-stranger') })));
    expect(error.code).toBe('authentication-failed');
    expect(asked).toEqual([]);
  });

  test('time before a passphrase prompt does not count as connect time', async () => {
    const transport = bed.transport({
      connectTimeoutMs: 4000,
      askPassphrase: () => new Promise((resolve) => setTimeout(() => resolve('open sesame'), 5000)),
    });
    const connection = await transport.connect(server.target({ privateKeyFile: bed.path('locked') }));
    await connection.close();
  });

  test('a wrong passphrase is said and the key left out', async () => {
    const transport = bed.transport({ askPassphrase: async () => 'guess' });
    const error = await failure(transport.connect(server.target({ privateKeyFile: bed.path('locked') })));
    expect(error.code).toBe('authentication-failed');
    expect(bed.warnings.join()).toContain(`wrong passphrase for the key ${bed.path('locked')}`);
  });

  test('keys of a real ssh agent open the door through SSH_AUTH_SOCK', async () => {
    const socket = await bed.agent(bed.path('user'));
    const transport = bed.transport({ env: { SSH_AUTH_SOCK: socket } });
    const connection = await transport.connect(server.target({ privateKeyFile: undefined }));
    expect((await run(connection, 'true')).exit).toEqual({ kind: 'exited', code: 0 });
    await connection.close();
  });

  test('an RSA key of the agent is used with SHA-2', async () => {
    const socket = await bed.agent(bed.path('rsa'));
    const transport = bed.transport({ env: { SSH_AUTH_SOCK: socket } });
    await (await transport.connect(server.target({ privateKeyFile: undefined }))).close();
    expect(server.log).toMatch(/Accepted publickey for .* RSA/);
  });

  test('an agent that is gone is a warning, not the end', async () => {
    const transport = bed.transport({ env: { SSH_AUTH_SOCK: bed.path('no-agent') } });
    await (await transport.connect(server.target())).close();
    expect(bed.warnings.join()).toContain('does not answer');
  });

  test('among many agent keys the one that matches the key file comes first, also with a low MaxAuthTries', async () => {
    const strangers = Array.from({ length: 9 }, (_, i) => bed.key(`agent-stranger-${i}`));
    const socket = await bed.agent(...strangers, bed.path('user'));
    const strict = await bed.sshd({ config: ['MaxAuthTries 2'] });
    const transport = bed.transport({ env: { SSH_AUTH_SOCK: socket } });
    await (await transport.connect(strict.target({ privateKeyFile: `${bed.path('user')}.pub` }))).close();

    const error = await failure(transport.connect(strict.target({ privateKeyFile: undefined })));
    expect(error.code).toBe('too-many-keys');
    expect(error.fix).toContain('IdentitiesOnly');
  });

  test('a key that the server does not know is named in the error', async () => {
    const error = await failure(bed.transport().connect(server.target({ privateKeyFile: bed.path('stranger') })));
    expect(error.code).toBe('authentication-failed');
    expect(error.why).toContain(bed.path('stranger'));
    expect(error.why).toContain('The server accepts: publickey');
  });

  test('a key file that others may read is refused with the command that mends it', async () => {
    const open = bed.write('open-key', readFileSync(bed.path('user'), 'utf8'), 0o644);
    const error = await failure(bed.transport().connect(server.target({ privateKeyFile: open })));
    expect(error.fix).toBe(`chmod 600 ${open}`);
  });

  test('a wrong password fails once and is in no message', async () => {
    const target = server.target({ privateKeyFile: undefined, password: 'not-the-password' });
    const before = server.log.split('Failed password').length;
    const error = await failure(bed.transport().connect(target));
    expect(error.code).toBe('authentication-failed');
    expect(error.why).toContain('The password was refused');
    expect(`${error.message}${error.why}${error.fix}${error.stack}`).not.toContain('not-the-password');
    expect(server.log.split('Failed password').length - before).toBe(1);
  });

  test('the login costs no question of type none', async () => {
    const fresh = await bed.sshd();
    await (await bed.transport().connect(fresh.target())).close();
    expect(fresh.log).toContain('method publickey');
    expect(fresh.log).not.toContain('method none');
  });

  test('when the server has enough of our keys, the password still gets its turn', async () => {
    const strangers = Array.from({ length: 3 }, (_, i) => bed.key(`more-strangers-${i}`));
    const strict = await bed.sshd({ config: ['MaxAuthTries 2'] });
    const transport = bed.transport({ env: { SSH_AUTH_SOCK: await bed.agent(...strangers) } });
    const target = strict.target({ privateKeyFile: undefined, password: 'not-the-password' });
    expect((await failure(transport.connect(target))).code).toBe('authentication-failed');
    expect(strict.log).toContain('Failed password');
  });

  test('without any option, ~/.ssh has the configuration, the known hosts and the key', async () => {
    bed.write('.ssh/config', `Include conf.d/*\nHost plain\n  HostName 127.0.0.1\n`);
    bed.write('.ssh/conf.d/port', `Host plain\n  Port ${server.port}\n`);
    bed.write('.ssh/known_hosts', readFileSync(bed.path('known_hosts'), 'utf8'));
    bed.write('.ssh/id_ed25519', readFileSync(bed.path('user'), 'utf8'));
    const transport = bed.transport({ sshConfigFile: undefined, knownHostsFiles: undefined });
    const connection = await transport.connect({ name: 'n', kind: 'ssh', address: 'plain' });
    expect((await run(connection, 'true')).exit).toEqual({ kind: 'exited', code: 0 });
    await connection.close();
  });

  test('-A takes the agent along', async () => {
    const transport = bed.transport({ env: { SSH_AUTH_SOCK: await bed.agent(bed.path('user')) } });
    const connection = await transport.connect(server.target({ commonArgs: '-A' }));
    expect((await run(connection, 'ssh-add -l')).stdout.toString()).toContain('user (ED25519)');
    const without = await transport.connect(server.target());
    expect((await run(without, 'ssh-add -l')).exit).toEqual({ kind: 'exited', code: 2 });
  });
});
