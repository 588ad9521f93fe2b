import { jest } from '@jest/globals';
import type { AuthContext } from 'ssh2';
import { failure } from './run.js';
import { scriptedServer } from './scripted-server.js';
import { SshBed } from './sshd.js';

// Processes and handshakes of a busy machine take their time.
jest.setTimeout(60_000);

/** Ways to log in that need a server of a kind that is not at hand: ssh2's own, with scripted answers. */
describe('methods of logging in', () => {
  const bed = new SshBed();
  const servers: { close(): void }[] = [];
  beforeAll(() => {
    bed.key('host');
    bed.key('user');
  });
  afterAll(async () => {
    for (const server of servers) server.close();
    await bed.close();
  });

  async function serve(answer: (context: AuthContext) => void): Promise<{ port: number; seen: string[] }> {
    const seen: string[] = [];
    const server = await scriptedServer(bed, (context) => {
      seen.push(context.method);
      answer(context);
    });
    servers.push(server);
    return { port: server.port, seen };
  }

  const connect = (port: number, changes: object = {}) =>
    bed
      .transport({ hostKeyChecking: 'off' })
      .connect({ name: 'n', kind: 'ssh', address: '127.0.0.1', port, user: 'me', password: 'pw', ...changes });

  test('where only keyboard-interactive is accepted, the password answers the hidden question, once', async () => {
    const answers: string[][] = [];
    const { port, seen } = await serve((context) => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
      context.prompt([{ prompt: 'Password: ', echo: false }], (first) => {
        answers.push(first);
        context.prompt(
          [
            { prompt: 'Name of your cat: ', echo: true },
            { prompt: 'Code: ', echo: false },
          ],
          (second) => {
            answers.push(second);
            context.accept();
          },
        );
      });
    });
    await (await connect(port)).close();
    expect(answers).toEqual([['pw'], ['', '']]);
    expect(seen).toEqual(['password', 'keyboard-interactive']);
  });

  test('a refused password is not tried again over the keyboard', async () => {
    const { port, seen } = await serve((context) => context.reject(['password', 'keyboard-interactive']));
    expect((await failure(connect(port))).code).toBe('authentication-failed');
    expect(seen).toEqual(['password']);
  });

  test('an expired password is told, also over the keyboard', async () => {
    const expired = await serve((context) => {
      if (context.method === 'password') context.requestChange('Choose a new one', () => undefined);
    });
    expect((await failure(connect(expired.port))).code).toBe('password-expired');
    const keyboard = await serve((context) => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
      context.prompt([{ prompt: 'New password: ', echo: false }], () => context.reject(['keyboard-interactive']));
    });
    expect((await failure(connect(keyboard.port))).code).toBe('password-expired');
  });

  test('a key and then a password, where both are asked for', async () => {
    const { port, seen } = await serve((context) => {
      if (context.method === 'publickey') {
        return context.signature === undefined ? context.accept() : context.reject(['password'], true);
      }
      if (context.method === 'password' && context.password === 'pw') return context.accept();
      context.reject(['publickey']);
    });
    await (await connect(port, { privateKeyFile: bed.path('user') })).close();
    expect(seen.at(-1)).toBe('password');
  });

  test('PreferredAuthentications leaves the others out', async () => {
    const { port, seen } = await serve((context) => context.reject(['password', 'publickey']));
    const changes = { privateKeyFile: bed.path('user'), commonArgs: '-o PreferredAuthentications=password' };
    await failure(connect(port, changes));
    expect(seen).toEqual(['password']);
  });

  test('a server that stops to answer during the login ends in a timeout', async () => {
    const { port } = await serve(() => undefined);
    expect((await failure(connect(port, { commonArgs: '-o ConnectTimeout=1' }))).code).toBe('timeout');
  });
});
