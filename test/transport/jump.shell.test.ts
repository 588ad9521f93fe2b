import { jest } from '@jest/globals';
import { failure, run } from './run.js';
import { freePort, SshBed, type Sshd } from './sshd.js';

// Processes and handshakes of a busy machine take their time.
jest.setTimeout(60_000);

describe('jump hosts', () => {
  const bed = new SshBed();
  let first: Sshd;
  let second: Sshd;
  let goal: Sshd;
  let config = '';
  beforeAll(async () => {
    for (const key of ['user', 'first', 'second']) bed.key(key);
    first = await bed.sshd({ authorized: ['first'] });
    second = await bed.sshd({ authorized: ['second'] });
    goal = await bed.sshd();
    config = bed.write(
      'config',
      [
        ...['first', 'second'].flatMap((name) => [
          `Host ${name}`,
          '  HostName 127.0.0.1',
          `  Port ${name === 'first' ? first.port : second.port}`,
          `  IdentityFile ${bed.path(name)}`,
        ]),
        'Host goal-by-config',
        '  HostName 127.0.0.1',
        '  ProxyJump first,second',
      ].join('\n'),
    );
  });
  afterAll(() => bed.close());

  const transport = () => bed.transport({ sshConfigFile: config });

  test.each([
    ['-o ProxyJump=first,second'],
    ['-J first,second'],
    ["-o ProxyCommand='ssh -W %h:%p -q second' -o ControlMaster=auto -o ControlPersist=60s -C"],
  ])('%s leads to the host', async (commonArgs) => {
    const connection = await transport().connect(goal.target({ commonArgs }));
    expect((await run(connection, 'echo there')).stdout.toString()).toBe('there\n');
    await connection.close();
  });

  test('two hops of ssh_config are followed, and the second is reached through the first', async () => {
    const before = first.log.length;
    const connection = await transport().connect(goal.target({ address: 'goal-by-config' }));
    expect((await run(connection, 'echo there')).stdout.toString()).toBe('there\n');
    expect(first.log.slice(before)).toContain(`port ${second.port}`);
    expect(second.log).toContain(`port ${goal.port}`);
    await connection.close();
  });

  test('many hosts share one connection to their jump host', async () => {
    const before = first.log.split('Accepted publickey').length;
    const shared = transport();
    const targets = Array.from({ length: 12 }, () => goal.target({ commonArgs: '-J first' }));
    const connections = await Promise.all(targets.map((target) => shared.connect(target)));
    expect(first.log.split('Accepted publickey').length - before).toBe(1);
    const ran = await Promise.all(connections.map((connection) => run(connection, 'true')));
    expect(ran.every(({ exit }) => exit.kind === 'exited' && exit.code === 0)).toBe(true);
    await Promise.all(connections.map((connection) => connection.close()));
  });

  test('a wrong key of the jump host is refused before it sees a credential', async () => {
    const stranger = await bed.sshd({ unknown: true });
    const error = await failure(transport().connect(goal.target({ commonArgs: `-J 127.0.0.1:${stranger.port}` })));
    expect(error.code).toBe('host-key-unknown');
    expect(error.message).toContain('node1: the host key of jump host 127.0.0.1');
    expect(stranger.log).not.toContain('userauth-request');
  });

  test('a jump host that refuses our login is named with the way to give it its own key', async () => {
    const error = await failure(transport().connect(goal.target({ commonArgs: `-J 127.0.0.1:${first.port}` })));
    expect(error.code).toBe('authentication-failed');
    expect(error.message).toContain('jump host');
    expect(error.fix).toContain('IdentityFile');
  });

  test('a port that nobody listens on behind the jump host is a refused connection', async () => {
    const target = goal.target({ commonArgs: '-J first', port: await freePort() });
    expect((await failure(transport().connect(target))).code).toBe('connection-refused');
  });

  test('a name that the jump host cannot resolve is said so', async () => {
    const target = goal.target({ commonArgs: '-J first', address: 'no-such-host.invalid' });
    const error = await failure(transport().connect(target));
    expect(error.code).toBe('name-not-found');
  });

  test('a jump host that may not forward is said so', async () => {
    const closed = await bed.sshd({ authorized: ['first'], config: ['AllowTcpForwarding no'] });
    const own = bed.write(
      'closed-config',
      `Host closed\n  HostName 127.0.0.1\n  Port ${closed.port}\n  IdentityFile ${bed.path('first')}\n`,
    );
    const error = await failure(
      bed.transport({ sshConfigFile: own }).connect(goal.target({ commonArgs: '-J closed' })),
    );
    expect(error.code).toBe('unreachable');
    expect(error.why).toContain('AllowTcpForwarding');
  });

  test('when the jump host dies, the hosts behind it are lost and its commands are not taken for finished', async () => {
    const dying = await bed.sshd();
    const own = bed.write(
      'dying-config',
      `Host dying\n  HostName 127.0.0.1\n  Port ${dying.port}\n  IdentityFile ${bed.path('user')}\n`,
    );
    const connection = await bed.transport({ sshConfigFile: own }).connect(goal.target({ commonArgs: '-J dying' }));
    const channel = await connection.exec('sleep 60');
    dying.signalSessions('SIGKILL');
    await connection.lost;
    expect((await channel.exit).kind).toBe('lost');
  });

  test('jump hosts that lead in a circle are refused', async () => {
    const circle = bed.write('circle', 'Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n');
    const error = await failure(
      bed.transport({ sshConfigFile: circle }).connect({ name: 'a', kind: 'ssh', address: 'a' }),
    );
    expect(error.message).toContain('circle');
  });

  test('a jump host that its own rule covers is reached directly', async () => {
    const star = bed.write(
      'star',
      `Host hop\n  HostName 127.0.0.1\n  Port ${first.port}\n  IdentityFile ${bed.path('first')}\nHost *\n  ProxyJump hop\n`,
    );
    const connection = await bed.transport({ sshConfigFile: star }).connect(goal.target());
    await connection.close();
  });
});
