import { jest } from '@jest/globals';
import { delayedProxy } from '../support/delayed-proxy.js';
import { scriptedServer } from './scripted-server.js';
import { SshBed } from './sshd.js';

// Processes and handshakes of a busy machine take their time.
jest.setTimeout(60_000);

const bed = new SshBed();
beforeAll(() => {
  for (const name of ['user', 'other', 'host']) bed.key(name);
  bed.key('rsa', 'rsa');
  bed.key('ecdsa', 'ecdsa');
});
afterAll(() => bed.close());

// Who we are, our algorithms, our keys; then the login, the session, the command, and what is written to it.
const LEAST = 7;

test.each([
  ['a key at hand', 'user', LEAST],
  ['an RSA key at hand', 'rsa', LEAST],
  ['an ECDSA key at hand', 'ecdsa', LEAST],
  ['a second key, after one that is refused', 'other', LEAST + 2],
])('logging in with %s, running a command and writing to it: no round trip too many', async (_, key, most) => {
  const server = await bed.sshd({ authorized: ['user', 'rsa', 'ecdsa'], unknown: true });
  const proxy = await delayedProxy(server.port, 30);
  const second = key === 'other' ? { commonArgs: `-o IdentityFile=${bed.path('user')}` } : {};
  try {
    const target = server.target({ port: proxy.port, privateKeyFile: bed.path(key), ...second });
    const connection = await bed.transport({ hostKeyChecking: 'off' }).connect(target);
    const channel = await connection.exec('cat');
    const echoed = new Promise((resolve) => channel.onStdout((chunk) => resolve(String(chunk))));
    await channel.write('hello');
    expect(await echoed).toBe('hello');
    // A message of the login may come in two pieces.
    expect(proxy.roundTrips()).toBeLessThanOrEqual(most + 1);
    expect(proxy.roundTrips()).toBeGreaterThanOrEqual(LEAST);
    // Nor is the goodbye waited for: the other side's has not come when the connection counts as closed.
    const before = proxy.roundTrips();
    await connection.close();
    expect(proxy.roundTrips()).toBe(before);
  } finally {
    proxy.close();
  }
});

test('only the first key is signed for before the server has said that it would do', async () => {
  const seen: string[] = [];
  const { port, close } = await scriptedServer(bed, (context) => {
    if (context.method !== 'publickey') return context.reject(['publickey']);
    seen.push(`${context.key.algo} ${context.signature === undefined ? 'asked' : 'signed'}`);
    if (context.key.algo === 'ssh-ed25519') return context.reject(['publickey']);
    context.accept();
  });
  const target = { name: 'n', kind: 'ssh', address: '127.0.0.1', port, user: 'me' } as const;
  const keys = { privateKeyFile: bed.path('user'), commonArgs: `-o IdentityFile=${bed.path('rsa')}` };
  const connection = await bed.transport({ hostKeyChecking: 'off' }).connect({ ...target, ...keys });
  expect(seen).toEqual(['ssh-ed25519 signed', 'ssh-rsa asked', 'ssh-rsa signed']);
  await connection.close();
  close();
});
